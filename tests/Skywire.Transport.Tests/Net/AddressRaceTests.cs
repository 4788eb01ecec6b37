// Several addresses of a peer: none waited out, none left behind.
using Skywire.Testing;
using Skywire.Transport.Net;
using Xunit;

namespace Skywire.Transport.Tests.Net;

public sealed class AddressRaceTests
{
    private static readonly TimeSpan Stagger = TimeSpan.FromMilliseconds(250);

    [Theory]
    [InlineData("ok@100,ok@1", "0", 100)]
    [InlineData("fail@10,ok@10", "1", 20)]
    [InlineData("hang,ok@10", "1", 260)]
    [InlineData("hang,hang,ok@10", "2", 510)]
    [InlineData("ok@400,ok@100", "1", 350)]
    [InlineData("fail@1,fail@1,ok@1", "2", 3)]
    [InlineData("hang,fail@5,ok@5", "2", 260)]
    public void RunAsync_Candidates_FirstSuccessWinsInItsTime(string plan, string winner, int milliseconds) => SimulationRun.Execute(1, async sim =>
    {
        var (running, discarded) = (0, new List<string>());
        var result = await AddressRace.RunAsync(Names(plan), AttemptAsync, discarded.Add, Stagger, sim.Time, CancellationToken.None);
        Assert.Equal(winner, result);
        Assert.Equal(milliseconds, sim.Time.Elapsed.TotalMilliseconds);
        Assert.Equal(0, running);

        async Task<string> AttemptAsync(string name, CancellationToken cancellationToken)
        {
            running++;
            try
            {
                return await PlayAsync(plan, name, sim, cancellationToken);
            }
            finally
            {
                running--;
            }
        }
    });

    [Fact]
    public void RunAsync_AllFail_TellsEveryReason() => SimulationRun.Execute(1, async sim =>
    {
        const string Plan = "fail@5,fail@300,fail@1";
        var e = await Assert.ThrowsAsync<IOException>(() => AddressRace.RunAsync(Names(Plan), (name, cancel) => PlayAsync(Plan, name, sim, cancel), _ => { }, Stagger, sim.Time, CancellationToken.None));
        Assert.Contains("0 failed", e.Message, StringComparison.Ordinal);
        Assert.Contains("1 failed", e.Message, StringComparison.Ordinal);
        Assert.Contains("2 failed", e.Message, StringComparison.Ordinal);
    });

    [Fact]
    public void RunAsync_Cancelled_EndsAllAttempts() => SimulationRun.Execute(1, async sim =>
    {
        using var cancel = new CancellationTokenSource(TimeSpan.FromSeconds(1), sim.Time);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => AddressRace.RunAsync(Names("hang,hang"), (name, token) => PlayAsync("hang,hang", name, sim, token), _ => { }, Stagger, sim.Time, cancel.Token));
        Assert.Equal(TimeSpan.FromSeconds(1), sim.Time.Elapsed);
    });

    [Fact]
    public void RunAsync_LoserSucceedsAnyway_IsDiscarded() => SimulationRun.Execute(1, async sim =>
    {
        var discarded = new List<string>();
        var result = await AddressRace.RunAsync<string, string>(["stubborn", "quick"], AttemptAsync, discarded.Add, Stagger, sim.Time, CancellationToken.None);
        Assert.Equal("quick", result);
        Assert.Equal(["stubborn"], discarded);

        async Task<string> AttemptAsync(string name, CancellationToken cancellationToken)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(name == "quick" ? 10 : 400), sim.Time, CancellationToken.None);
            return name;
        }
    });

    private static string[] Names(string plan) => [.. Enumerable.Range(0, plan.Split(',').Length).Select(i => $"{i}")];

    private static async Task<string> PlayAsync(string plan, string name, SimulationRun sim, CancellationToken cancellationToken)
    {
        var what = plan.Split(',')[int.Parse(name, System.Globalization.CultureInfo.InvariantCulture)].Split('@');
        await Task.Delay(what[0] == "hang" ? Timeout.InfiniteTimeSpan : TimeSpan.FromMilliseconds(int.Parse(what[1], System.Globalization.CultureInfo.InvariantCulture)), sim.Time, cancellationToken);
        return what[0] == "ok" ? name : throw new IOException($"{name} failed");
    }
}
