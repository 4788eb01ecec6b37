using Skywire.Testing;

namespace Skywire.Wire.Tests.Async;

public sealed class OwnedTasksTests
{
    [Fact]
    public void WhenIdle_NothingOwned_IsCompleted() => Assert.True(new OwnedTasks(Unexpected).WhenIdleAsync().IsCompletedSuccessfully);

    [Fact]
    public void Run_Body_StartsAfterTheCallerHasGoneOn() => SimulationRun.Execute(1, async _ =>
    {
        var tasks = new OwnedTasks(Unexpected);
        var order = new List<string>();
        tasks.Run(() =>
        {
            order.Add("body");
            return Task.CompletedTask;
        });
        order.Add("caller");
        Assert.Equal(1, tasks.Count);
        await tasks.WhenIdleAsync();
        Assert.Equal(["caller", "body"], order);
        Assert.Equal(0, tasks.Count);
    });

    [Fact]
    public void WhenIdle_TasksStartOthers_WaitsForTheLast() => SimulationRun.Execute(2, async sim =>
    {
        var tasks = new OwnedTasks(Unexpected);
        tasks.Run(async () =>
        {
            await Task.Delay(TimeSpan.FromSeconds(1), sim.Time, CancellationToken.None);
            tasks.Add(Task.Delay(TimeSpan.FromSeconds(2), sim.Time, CancellationToken.None));
        });
        await tasks.WhenIdleAsync();
        Assert.Equal(TimeSpan.FromSeconds(3), sim.Time.Elapsed);
    });

    [Fact]
    public void WhenIdle_OwnedAgainAfterIdle_WaitsAnew() => SimulationRun.Execute(3, async sim =>
    {
        var tasks = new OwnedTasks(Unexpected);
        tasks.Add(Task.Delay(TimeSpan.FromSeconds(1), sim.Time, CancellationToken.None));
        await tasks.WhenIdleAsync();
        tasks.Add(Task.Delay(TimeSpan.FromSeconds(1), sim.Time, CancellationToken.None));
        await tasks.WhenIdleAsync();
        Assert.Equal(TimeSpan.FromSeconds(2), sim.Time.Elapsed);
    });

    [Fact]
    public void RunAndAdd_Failures_AreReportedAndTheTasksLeave() => SimulationRun.Execute(4, async _ =>
    {
        var reported = new List<string>();
        var tasks = new OwnedTasks(e => reported.Add(e.Message));
        tasks.Add(Task.FromException(new IOException("added")));
        tasks.Run(() => throw new IOException("at once"));
        tasks.Run(async () =>
        {
            await Task.Yield();
            throw new IOException("later");
        });
        await tasks.WhenIdleAsync();
        Assert.Equal(["added", "at once", "later"], reported);
        Assert.Equal(0, tasks.Count);
    });

    [Fact]
    public void RunAndAdd_Cancelled_IsNoFailure() => SimulationRun.Execute(5, async _ =>
    {
        var tasks = new OwnedTasks(Unexpected);
        tasks.Add(Task.FromCanceled(new CancellationToken(canceled: true)));
        tasks.Run(() => throw new OperationCanceledException());
        await tasks.WhenIdleAsync();
        Assert.Equal(0, tasks.Count);
    });

    private static void Unexpected(Exception e) => Assert.Fail(e.ToString());
}
