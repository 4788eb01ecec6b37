// The clock on its own, moved by hand.
using Skywire.Testing;
using Xunit;

namespace Skywire.Simulation.Tests.Testing;

public sealed class VirtualTimeTests
{
    private readonly VirtualTime _time = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
    private readonly List<string> _fired = [];

    [Fact]
    public void Advance_TimersFireInOrderOfDueTimeThenSetting()
    {
        Set("late", 2);
        Set("first", 1);
        Set("second", 1);
        _time.Advance(TimeSpan.FromSeconds(1.5));
        Assert.Equal(["first@1", "second@1"], _fired);
        _time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(["first@1", "second@1", "late@2"], _fired);
        Assert.Equal(TimeSpan.FromSeconds(6.5), _time.Elapsed);
    }

    [Fact]
    public void Advance_PeriodicTimer_FiresOncePerPeriodAtItsInstant()
    {
        using var timer = _time.CreateTimer(Fired, "tick", TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2));
        _time.Advance(TimeSpan.FromSeconds(6));
        Assert.Equal(["tick@1", "tick@3", "tick@5"], _fired);
    }

    [Fact]
    public void Change_Rearmed_ForgetsTheFirstSetting()
    {
        using var timer = _time.CreateTimer(Fired, "x", TimeSpan.FromSeconds(1), Timeout.InfiniteTimeSpan);
        Assert.True(timer.Change(TimeSpan.FromSeconds(4), Timeout.InfiniteTimeSpan));
        _time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(["x@4"], _fired);
    }

    [Fact]
    public void Dispose_Armed_NeverFires()
    {
        var timer = _time.CreateTimer(Fired, "x", TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1));
        timer.Dispose();
        Assert.False(timer.Change(TimeSpan.FromSeconds(1), Timeout.InfiniteTimeSpan));
        _time.Advance(TimeSpan.FromSeconds(10));
        Assert.Empty(_fired);
        Assert.Equal(0, _time.PendingTimers);
    }

    [Fact]
    public void CreateTimer_ManyCancelled_AreForgotten()
    {
        Set("keep", 100);
        for (var i = 0; i < 10_000; i++)
        {
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30), _time);
        }

        Assert.Equal(1, _time.PendingTimers);
        _time.Advance(TimeSpan.FromSeconds(100));
        Assert.Equal(["keep@100"], _fired);
    }

    [Fact]
    public void JumpWallClock_MovesUtcButNeitherTimersNorTimestamps()
    {
        Set("x", 10);
        var stamp = _time.GetTimestamp();
        _time.JumpWallClock(TimeSpan.FromDays(-400));
        Assert.Equal(new DateTimeOffset(2025, 1, 25, 12, 0, 0, TimeSpan.Zero), _time.GetUtcNow());
        Assert.Equal(stamp, _time.GetTimestamp());
        _time.Advance(TimeSpan.FromSeconds(9));
        Assert.Empty(_fired);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(["x@10"], _fired);
        Assert.Equal(TimeSpan.FromSeconds(10), _time.GetElapsedTime(stamp));
    }

    [Fact]
    public void CreateTimer_NegativeTime_Throws()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => _time.CreateTimer(Fired, "x", TimeSpan.FromSeconds(-2), Timeout.InfiniteTimeSpan));
        Assert.Throws<ArgumentOutOfRangeException>(() => _time.Advance(TimeSpan.FromTicks(-1)));
    }

    [Fact]
    public void CreateTimer_AsyncLocal_FlowsToTheCallback()
    {
        var local = new AsyncLocal<string> { Value = "outer" };
        using var timer = _time.CreateTimer(_ => _fired.Add(local.Value ?? "none"), null, TimeSpan.Zero, Timeout.InfiniteTimeSpan);
        local.Value = "changed";
        _time.Advance(TimeSpan.Zero);
        Assert.Equal(["outer"], _fired);
    }

    private void Set(string name, int seconds) => _time.CreateTimer(Fired, name, TimeSpan.FromSeconds(seconds), Timeout.InfiniteTimeSpan);

    private void Fired(object? name) => _fired.Add(FormattableString.Invariant($"{name}@{_time.Elapsed.TotalSeconds:0.#}"));
}
