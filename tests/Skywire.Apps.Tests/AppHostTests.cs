// Starting, watching and stopping apps.
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Skywire.Testing;

namespace Skywire.Apps.Tests;

public sealed class AppHostTests
{
    [Fact]
    public void Start_App_GoesThroughItsStatus() => Run(1, async (sim, host) =>
    {
        var seen = new List<string>();
        host.Changed += state => seen.Add($"{(int)state.Status} {state.Detail}");
        host.Register(new AppDefinition { Name = "a", Port = 3, AutoStart = true, Create = _ => new FakeApp(AppDetail.Connecting, AppDetail.Running) });
        host.Register(new AppDefinition { Name = "b", Create = _ => new FakeApp() });
        Assert.Equal(AppStatus.Stopped, host.Find("a")!.Status);
        host.StartAll();
        host.Start("a");
        await Task.Delay(TimeSpan.FromSeconds(1), sim.Time);
        var state = host.Find("a")!;
        Assert.Equal((AppStatus.Running, AppDetail.Running, "", (ushort)3, true, 0), (state.Status, state.Detail, state.Error, state.Port, state.AutoStart, state.Restarts));
        Assert.Equal(sim.Time.GetUtcNow() - TimeSpan.FromSeconds(1), state.StartedAt);
        Assert.Equal(AppStatus.Stopped, host.Find("b")!.Status);
        Assert.True(await host.StopAsync("a"));
        Assert.Equal(["3 Starting", "3 Starting", "1 Connecting", "1 Running", "1 Shutting down", "0 Stopped"], seen);
        Assert.Null(host.Find("a")!.StartedAt);
        Assert.Equal(["a", "b"], host.List().Select(app => app.Name));
    });

    [Fact]
    public void Start_AppThatFails_IsRestartedWithGrowingWaits() => Run(2, async (sim, host) =>
    {
        var starts = new List<TimeSpan>();
        host.Register(new AppDefinition
        {
            Name = "a",
            Create = _ =>
            {
                starts.Add(sim.Time.Elapsed);
                throw new InvalidOperationException("no luck");
            },
        });
        host.Start("a");
        await Task.Delay(TimeSpan.FromMinutes(30), sim.Time);
        var waits = starts.Zip(starts.Skip(1), (a, b) => b - a).ToList();
        Assert.All(waits.Zip(waits.Skip(1)).Take(3), pair => Assert.True(pair.Second > pair.First * 0.9));
        Assert.All(waits, wait => Assert.InRange(wait, TimeSpan.FromSeconds(0.5), TimeSpan.FromMinutes(1)));
        Assert.InRange(starts.Count, 30, 70);
        var state = host.Find("a")!;
        Assert.Equal((AppStatus.Errored, "no luck", starts.Count - 1), (state.Status, state.Error, state.Restarts));
        Assert.Contains(host.Logs("a", default), line => line.Level == LogLevel.Warning && line.Text.Contains("no luck", StringComparison.Ordinal));
        Assert.True(await host.StopAsync("a"));
        Assert.Equal(AppStatus.Stopped, host.Find("a")!.Status);
    });

    [Fact]
    public void Start_AppThatEndsByItself_IsAFailureToo() => Run(3, async (sim, host) =>
    {
        host.Register(new AppDefinition { Name = "a", RestartOnFailure = false, Create = _ => new FakeApp { EndsAfter = TimeSpan.FromSeconds(5), Time = sim.Time } });
        host.Start("a");
        await Task.Delay(TimeSpan.FromSeconds(10), sim.Time);
        Assert.Equal((AppStatus.Errored, "ended by itself"), (host.Find("a")!.Status, host.Find("a")!.Error));
        host.Start("a");
        Assert.Equal((AppStatus.Starting, ""), (host.Find("a")!.Status, host.Find("a")!.Error));
        await Task.Delay(TimeSpan.FromSeconds(10), sim.Time);
        Assert.True(await host.StopAsync("a"));
        Assert.Equal(AppStatus.Stopped, host.Find("a")!.Status);
    });

    [Fact]
    public void StopAsync_StuckApp_IsReportedAndDoesNotHoldUpOthers() => Run(4, async (sim, host) =>
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        host.Register(new AppDefinition { Name = "stuck", Create = _ => new FakeApp(AppDetail.Running) { Gate = gate.Task } });
        host.Register(new AppDefinition { Name = "good", Create = _ => new FakeApp(AppDetail.Running) });
        host.Start("stuck");
        host.Start("good");
        await Task.Delay(TimeSpan.FromSeconds(1), sim.Time);
        var started = sim.Time.GetTimestamp();
        Assert.True(await host.StopAsync("good"));
        Assert.Equal(TimeSpan.Zero, sim.Time.GetElapsedTime(started));
        Assert.False(await host.StopAsync("stuck"));
        Assert.Equal(TimeSpan.FromSeconds(10), sim.Time.GetElapsedTime(started));
        Assert.Equal(AppStatus.Errored, host.Find("stuck")!.Status);
        Assert.Throws<InvalidOperationException>(() => host.Start("stuck"));
        gate.SetResult();
        await Task.Delay(TimeSpan.FromSeconds(1), sim.Time);
        Assert.Equal(AppStatus.Stopped, host.Find("stuck")!.Status);
        host.Start("stuck");
        Assert.True(await host.StopAsync("stuck"));
    });

    [Fact]
    public void RestartAsync_RunningApp_MakesANewOne() => Run(5, async (sim, host) =>
    {
        var made = 0;
        host.Register(new AppDefinition { Name = "a", Create = _ => new FakeApp(AppDetail.Running) { OnRun = () => made++ } });
        host.Start("a");
        await Task.Delay(TimeSpan.FromSeconds(1), sim.Time);
        await host.RestartAsync("a");
        await Task.Delay(TimeSpan.FromSeconds(1), sim.Time);
        Assert.Equal(2, made);
        Assert.Equal(AppStatus.Running, host.Find("a")!.Status);
        Assert.True(await host.UnregisterAsync("a"));
        Assert.Null(host.Find("a"));
        Assert.False(await host.UnregisterAsync("a"));
        Assert.Throws<KeyNotFoundException>(() => host.Start("a"));
    });

    [Fact]
    public void Logs_ManyLines_KeepsTheLastAndFiltersByTime()
    {
        var time = new VirtualTime();
        var log = new AppLog(NullLogger.Instance, time);
        for (var i = 0; i < AppLog.MaxLines + 100; i++)
        {
            time.Advance(TimeSpan.FromSeconds(1));
#pragma warning disable CA1848, CA2254 // Lines of changing text are the point.
            log.LogInformation(new string('x', 2000) + i);
#pragma warning restore CA1848, CA2254
        }

        Assert.Equal(AppLog.MaxLines, log.Since(default).Count);
        Assert.Equal(10, log.Since(time.GetUtcNow() - TimeSpan.FromSeconds(10)).Count);
        Assert.All(log.Since(default), line => Assert.Equal(AppLog.MaxLine, line.Text.Length));
    }

    private static void Run(int seed, Func<SimulationRun, AppHost, Task> body) => SimulationRun.Execute(seed, async sim =>
    {
        await using var host = new AppHost(sim.Time, sim.Entropy.For("apps"), NullLogger.Instance, AppHostOptions.Default);
        await body(sim, host);
    });

    private sealed class FakeApp(params string[] reports) : IApp
    {
        public TimeSpan? EndsAfter { get; init; }

        public TimeProvider? Time { get; init; }

        public Task? Gate { get; init; }

        public Action? OnRun { get; init; }

        public async Task RunAsync(AppScope scope, CancellationToken cancellationToken)
        {
            OnRun?.Invoke();
            foreach (var report in reports)
            {
                scope.Report(report);
            }

            if (EndsAfter is { } time)
            {
                await Task.Delay(time, Time!, cancellationToken);
                return;
            }

            if (Gate is not null)
            {
                await Gate;
            }

            await Task.Delay(Timeout.Infinite, cancellationToken);
        }
    }
}
