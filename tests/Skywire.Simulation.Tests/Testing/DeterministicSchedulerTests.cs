// What may be awaited inside a simulated run, and what is caught when it may not.
using System.Threading.Channels;
using System.Threading.Tasks.Sources;
using Skywire.Testing;
using Skywire.Wire;
using Xunit;

namespace Skywire.Simulation.Tests.Testing;

public sealed class DeterministicSchedulerTests
{
    private static readonly SimulationOptions Quick = new() { VirtualBudget = TimeSpan.FromMinutes(5), RealBudget = TimeSpan.FromSeconds(5) };

    [Fact]
    public void Await_TaskCompletionSource_StaysOnThread() => Execute(async sim =>
    {
        var source = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        var waiting = source.Task;
        source.SetResult(4);
        Assert.Equal(4, await waiting);
        await Later(sim, () => { });
    });

    [Fact]
    public void Await_Delay_MovesVirtualTimeOnly() => Execute(async sim =>
    {
        await Task.Delay(TimeSpan.FromMinutes(4), sim.Time);
        Assert.Equal(TimeSpan.FromMinutes(4), sim.Time.Elapsed);
    });

    [Fact]
    public void Await_DelayCancelled_ThrowsAtThatInstant() => Execute(async sim =>
    {
        using var cancel = new CancellationTokenSource(TimeSpan.FromSeconds(3), sim.Time);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Task.Delay(TimeSpan.FromMinutes(1), sim.Time, cancel.Token));
        Assert.Equal(TimeSpan.FromSeconds(3), sim.Time.Elapsed);
    });

    [Fact]
    public void Await_StayWaitAsync_TimesOutInVirtualTime() => Execute(async sim =>
    {
        var source = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await Assert.ThrowsAsync<TimeoutException>(() => source.Task.Stay().WaitAsync(TimeSpan.FromSeconds(2), sim.Time));
        Assert.Equal(TimeSpan.FromSeconds(2), sim.Time.Elapsed);
    });

    [Fact]
    public void Await_StayWaitAsync_CompletesInPlace() => Execute(async sim =>
    {
        var source = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        var later = Later(sim, () => source.SetResult(7));
        Assert.Equal(7, await source.Task.Stay().WaitAsync(TimeSpan.FromSeconds(2), sim.Time));
        await later;
    });

    [Fact]
    public void Await_StayWhenAnyAndWhenAll_CompleteInPlace() => Execute(async sim =>
    {
        var a = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var b = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var later = Later(sim, a.SetResult);
        await Task.WhenAny(a.Task.Stay(), b.Task.Stay());
        b.SetResult();
        await Task.WhenAll(a.Task.Stay(), b.Task.Stay(), later);
    });

    [Fact]
    public void Await_Channel_StaysOnThread() => Execute(async sim =>
    {
        var channel = Channel.CreateBounded<int>(1);
        var later = Later(sim, () => channel.Writer.TryWrite(1));
        using var cancel = new CancellationTokenSource(TimeSpan.FromSeconds(5), sim.Time);
        Assert.Equal(1, await channel.Reader.ReadAsync(cancel.Token));
        await channel.Writer.WriteAsync(2);
        var third = channel.Writer.WriteAsync(3).Stay();
        Assert.Equal(2, await channel.Reader.ReadAsync());
        await third;
        Assert.Equal(3, await channel.Reader.ReadAsync().Stay());
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await channel.Reader.WaitToReadAsync(cancel.Token));
        await later;
    });

    [Fact]
    public void Await_SignalAndLock_StayOnThread() => Execute(async sim =>
    {
        var signal = new AsyncSignal();
        var guard = new AsyncLock();
        var held = await guard.EnterAsync(default);
        var second = guard.EnterAsync(default).Stay();
        var later = Later(sim, signal.Set);
        await signal.WaitAsync(default);
        held.Dispose();
        (await second).Dispose();
        await later;
    });

    [Fact]
    public void Await_ValueTaskSource_StaysOnThread() => Execute(async sim =>
    {
        var source = new Source();
        var later = Later(sim, () => source.Core.SetResult(5));
        Assert.Equal(5, await new ValueTask<int>(source, source.Core.Version));
        await later;
    });

    [Fact]
    public void Post_Order_IsFirstInFirstOut() => Execute(async sim =>
    {
        var order = new List<int>();
        await Task.WhenAll(Enumerable.Range(0, 50).Select(async i =>
        {
            await Task.Yield();
            order.Add(i);
        }));
        Assert.Equal(Enumerable.Range(0, 50), order);
    });

    [Fact]
    public void Run_ConfigureAwaitFalse_FailsAsEscape() => Fails("escape from the scheduler", async sim =>
    {
        // Long enough not to be over before it is awaited, on the busiest machine.
        await Task.Delay(100, CancellationToken.None).ConfigureAwait(false);
        await Task.Delay(TimeSpan.FromSeconds(1), sim.Time);
    });

    [Fact]
    public void Run_TaskRun_FailsAsEscape() => Fails("escape from the scheduler", async _ => await Task.Run(() => Thread.Sleep(100)));

    [Fact]
    public void Run_WaitAsyncOverCompletionSource_FailsAsEscapeNamingTheRemedy() => Fails("Stay()", async sim =>
    {
        var source = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var later = Later(sim, source.SetResult);
        await source.Task.WaitAsync(TimeSpan.FromMinutes(1), sim.Time);
        await later;
    });

    [Fact]
    public void Run_NothingLeft_FailsAsDeadlock() => Fails("deadlock", async _ => await new TaskCompletionSource().Task);

    [Fact]
    public void Run_EndlessTimers_FailsAtVirtualBudget() => Fails("virtual time of 00:05:00", async sim =>
    {
        while (true)
        {
            await Task.Delay(TimeSpan.FromSeconds(30), sim.Time);
        }
    });

    [Fact]
    public void Run_EndlessWithoutTime_FailsAtRealBudget() => Fails(
        "real time",
        async _ =>
        {
            while (true)
            {
                await Task.Yield();
            }
        },
        Quick with { RealBudget = TimeSpan.FromMilliseconds(200) });

    [Fact]
    public void Run_BlockedStep_FailsAtRealBudget() => Fails(
        "one step has not returned",
        _ =>
        {
            Thread.Sleep(TimeSpan.FromSeconds(8));
            return Task.CompletedTask;
        },
        Quick with { RealBudget = TimeSpan.FromMilliseconds(200) });

    [Fact]
    public void Run_BodyThrows_FailsWithSeedTraceAndCause()
    {
        var failure = Assert.Throws<SimulationException>(() => SimulationRun.Execute(77, async sim =>
        {
            sim.Trace("before the fall");
            await Task.Yield();
            throw new InvalidDataException("broken");
        }));
        Assert.Contains("broken", failure.Message, StringComparison.Ordinal);
        Assert.Contains("before the fall", failure.Message, StringComparison.Ordinal);
        Assert.Contains("SKYWIRE_SEED=", failure.Message, StringComparison.Ordinal);
        Assert.IsType<InvalidDataException>(failure.InnerException);
    }

    private static void Execute(Func<SimulationRun, Task> body) => SimulationRun.Execute(1, body, Quick);

    private static void Fails(string expected, Func<SimulationRun, Task> body, SimulationOptions? options = null)
    {
        var failure = Assert.Throws<SimulationException>(() => SimulationRun.Execute(1, body, options ?? Quick));
        Assert.Contains(expected, failure.Message, StringComparison.Ordinal);
    }

    // Acts after the caller has begun to wait.
    private static async Task Later(SimulationRun sim, Action action)
    {
        await Task.Delay(TimeSpan.FromMilliseconds(10), sim.Time);
        action();
    }

    private sealed class Source : IValueTaskSource<int>
    {
        public ManualResetValueTaskSourceCore<int> Core = new() { RunContinuationsAsynchronously = true };

        public int GetResult(short token) => Core.GetResult(token);

        public ValueTaskSourceStatus GetStatus(short token) => Core.GetStatus(token);

        public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) => Core.OnCompleted(continuation, state, token, flags);
    }
}
