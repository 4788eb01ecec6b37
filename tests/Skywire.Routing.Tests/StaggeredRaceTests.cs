using Skywire.Testing;

namespace Skywire.Routing.Tests;

public sealed class StaggeredRaceTests
{
    [Fact]
    public void RunAsync_FirstHangs_SecondStartsAfterTheStaggerAndWins() => SimulationRun.Execute(1, async sim =>
    {
        var discarded = new List<string>();
        var race = Race(sim, discarded);
        race.Add(async token =>
        {
            await Task.Delay(TimeSpan.FromSeconds(30), sim.Time, token);
            return "slow";
        });
        race.Add(async token =>
        {
            await Task.Delay(TimeSpan.FromMilliseconds(200), sim.Time, token);
            return "second";
        });
        race.Complete();
        Assert.Equal("second", await race.RunAsync(CancellationToken.None));
        Assert.Equal(TimeSpan.FromMilliseconds(1200), sim.Time.Elapsed);
        await race.DisposeAsync();
        Assert.Equal(TimeSpan.FromMilliseconds(1200), sim.Time.Elapsed);
        Assert.Empty(discarded);
    });

    [Fact]
    public void RunAsync_FirstFails_SecondStartsAtOnce() => SimulationRun.Execute(2, async sim =>
    {
        var race = Race(sim, []);
        race.Add(_ => Task.FromException<string>(new IOException("no")));
        race.Add(_ => Task.FromResult("second"));
        race.Complete();
        Assert.Equal("second", await race.RunAsync(CancellationToken.None));
        Assert.Equal(TimeSpan.Zero, sim.Time.Elapsed);
        await race.DisposeAsync();
    });

    [Fact]
    public void RunAsync_AllFail_GivesEveryFailureInOrder() => SimulationRun.Execute(3, async sim =>
    {
        var race = Race(sim, []);
        foreach (var name in new[] { "a", "b", "c" })
        {
            race.Add(_ => Task.FromException<string>(new IOException(name)));
        }

        race.Complete();
        var lost = await Assert.ThrowsAsync<RaceLostException>(() => race.RunAsync(CancellationToken.None));
        Assert.Equal(["a", "b", "c"], lost.Failures.Select(failure => failure.Message));
        await race.DisposeAsync();
    });

    [Fact]
    public void RunAsync_NothingAdded_IsLostOnceComplete() => SimulationRun.Execute(4, async sim =>
    {
        var race = Race(sim, []);
        var run = race.RunAsync(CancellationToken.None);
        await Task.Delay(TimeSpan.FromSeconds(5), sim.Time);
        Assert.False(run.IsCompleted);
        race.Complete();
        Assert.Empty((await Assert.ThrowsAsync<RaceLostException>(() => run)).Failures);
        await race.DisposeAsync();
    });

    [Fact]
    public void RunAsync_CandidateAddedLate_IsStartedAtOnceWhenNothingRuns() => SimulationRun.Execute(5, async sim =>
    {
        var race = Race(sim, []);
        var run = race.RunAsync(CancellationToken.None);
        await Task.Delay(TimeSpan.FromSeconds(5), sim.Time);
        race.Add(_ => Task.FromResult("late"));
        Assert.Equal("late", await run);
        Assert.Equal(TimeSpan.FromSeconds(5), sim.Time.Elapsed);
        await race.DisposeAsync();
    });

    [Fact]
    public void RunAsync_NeverMoreThanTheLimitAtOnce_FinalFailureEndsIt() => SimulationRun.Execute(6, async sim =>
    {
        var (running, most) = (0, 0);
        var race = new StaggeredRace<string>(TimeSpan.FromMilliseconds(10), 2, sim.Time, static _ => default) { IsFinal = failure => failure.Message == "final" };
        for (var i = 0; i < 6; i++)
        {
            var text = i == 4 ? "final" : "no";
            race.Add(async token =>
            {
                most = Math.Max(most, ++running);
                await Task.Delay(TimeSpan.FromSeconds(1), sim.Time, token);
                running--;
                throw new IOException(text);
            });
        }

        var lost = await Assert.ThrowsAsync<RaceLostException>(() => race.RunAsync(CancellationToken.None));
        Assert.Equal("final", Assert.Single(lost.Failures).Message);
        Assert.Equal(2, most);
        await race.DisposeAsync();
    });

    [Fact]
    public void DisposeAsync_LoserSucceedsLate_IsDiscarded() => SimulationRun.Execute(7, async sim =>
    {
        var discarded = new List<string>();
        var race = Race(sim, discarded);
        race.Add(async _ =>
        {
            await Task.Delay(TimeSpan.FromSeconds(3), sim.Time, CancellationToken.None);
            return "stubborn";
        });
        race.Add(_ => Task.FromResult("winner"));
        Assert.Equal("winner", await race.RunAsync(CancellationToken.None));
        await race.DisposeAsync();
        Assert.Equal(["stubborn"], discarded);
    });

    [Fact]
    public void RunAsync_Cancelled_CancelsTheCandidates() => SimulationRun.Execute(8, async sim =>
    {
        var race = Race(sim, []);
        var wasCancelled = false;
        race.Add(async token =>
        {
            try
            {
                await Task.Delay(TimeSpan.FromHours(1), sim.Time, token);
            }
            catch (OperationCanceledException)
            {
                wasCancelled = true;
                throw;
            }

            return "never";
        });
        using var cancel = new CancellationTokenSource(TimeSpan.FromSeconds(2), sim.Time);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => race.RunAsync(cancel.Token));
        await race.DisposeAsync();
        Assert.True(wasCancelled);
    });

    private static StaggeredRace<string> Race(SimulationRun sim, List<string> discarded) => new(TimeSpan.FromSeconds(1), 3, sim.Time, item =>
    {
        discarded.Add(item);
        return default;
    });
}
