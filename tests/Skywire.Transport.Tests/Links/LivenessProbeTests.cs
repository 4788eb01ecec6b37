// When a link is pinged and when its silence ends it (spec 23 §5).
using Skywire.Testing;
using Skywire.Transport.Links;
using Xunit;

namespace Skywire.Transport.Tests.Links;

public sealed class LivenessProbeTests
{
    private static readonly TimeSpan First = TimeSpan.FromSeconds(3);

    private readonly VirtualTime _time = new();

    [Fact]
    public void Tick_IdleAndBusy_PingsAtTheirIntervals()
    {
        var probe = new LivenessProbe(_time, First);
        Assert.Equal(ProbeAction.None, probe.Tick(0, busy: false, readerBlocked: false, out _));
        _time.Advance(First);
        Assert.Equal(ProbeAction.SendPing, probe.Tick(0, busy: false, readerBlocked: false, out var value));
        Assert.Equal((_time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * 100, value);
        _time.Advance(LivenessProbe.BusyInterval);
        Assert.Equal(ProbeAction.None, probe.Tick(0, busy: false, readerBlocked: false, out _));
        Assert.Equal(ProbeAction.SendPing, probe.Tick(0, busy: true, readerBlocked: false, out _));
        _time.Advance(LivenessProbe.IdleInterval);
        Assert.Equal(ProbeAction.SendPing, probe.Tick(0, busy: false, readerBlocked: false, out _));
    }

    [Fact]
    public void Tick_PeerNeverAnswered_IsNeverClosed()
    {
        var probe = new LivenessProbe(_time, First);
        for (var i = 0; i < 100; i++)
        {
            _time.Advance(LivenessProbe.IdleInterval);
            Assert.Equal(ProbeAction.SendPing, probe.Tick(0, busy: false, readerBlocked: false, out _));
        }
    }

    [Fact]
    public void Tick_PeerAnsweredOnceThenSilent_ClosesAfterThreeMisses()
    {
        var probe = new LivenessProbe(_time, First);
        probe.OnPong(Ping(probe, 0));
        Assert.NotNull(probe.RoundTrip);
        for (var i = 0; i < LivenessProbe.MaxMisses; i++)
        {
            _time.Advance(LivenessProbe.IdleInterval);
            Assert.Equal(ProbeAction.SendPing, probe.Tick(10, busy: false, readerBlocked: false, out _));
        }

        _time.Advance(LivenessProbe.IdleInterval);
        Assert.Equal(ProbeAction.Close, probe.Tick(10, busy: false, readerBlocked: false, out _));
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public void Tick_TrafficOrOwnBackPressure_IsNoMiss(bool traffic, bool blocked)
    {
        var probe = new LivenessProbe(_time, First);
        probe.OnPong(Ping(probe, 0));
        for (var i = 1; i < 20; i++)
        {
            _time.Advance(LivenessProbe.IdleInterval);
            Assert.Equal(ProbeAction.SendPing, probe.Tick(traffic ? i : 0, busy: false, blocked, out _));
        }
    }

    [Fact]
    public void OnPong_OfLatestPingOnly_IsASample()
    {
        var probe = new LivenessProbe(_time, First);
        var old = Ping(probe, 0);
        var latest = Ping(probe, 0);
        _time.Advance(TimeSpan.FromMilliseconds(80));
        probe.OnPong(old);
        Assert.Null(probe.RoundTrip);
        probe.OnPong(latest);
        Assert.Equal(TimeSpan.FromMilliseconds(80), probe.RoundTrip);
        probe.OnPong(latest);
        Assert.Equal(TimeSpan.FromMilliseconds(80), probe.RoundTrip);
        var next = Ping(probe, 0);
        _time.Advance(TimeSpan.FromMilliseconds(160));
        probe.OnPong(next);
        Assert.Equal(TimeSpan.FromMilliseconds(90), probe.RoundTrip);
    }

    [Fact]
    public void RoundTrip_WallClockJumps_IsNotDisturbed()
    {
        var probe = new LivenessProbe(_time, First);
        var value = Ping(probe, 0);
        _time.JumpWallClock(TimeSpan.FromDays(-400));
        _time.Advance(TimeSpan.FromMilliseconds(5));
        probe.OnPong(value);
        Assert.Equal(TimeSpan.FromMilliseconds(5), probe.RoundTrip);
    }

    private long Ping(LivenessProbe probe, long received)
    {
        _time.Advance(LivenessProbe.IdleInterval);
        Assert.Equal(ProbeAction.SendPing, probe.Tick(received, busy: false, readerBlocked: false, out var value));
        return value;
    }
}
