using Skywire.Boards.Clock;
using Skywire.Testing;

namespace Skywire.Boards.Tests.Clock;

public sealed class ClockTests : IDisposable
{
    private static readonly DateTimeOffset Built = new(2026, 11, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset Saved = new(2026, 12, 24, 18, 0, 0, TimeSpan.Zero);
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Make_SavedTimeIsLater_SetsItAndDoesNotVouchForIt()
        => Assert.Equal(new ClockDecision(Saved, ClockSource.LastKnown), ClockDecision.Make(Built, Saved, Built, null));

    [Fact]
    public void Make_ClockIsLaterAlready_LeavesIt()
        => Assert.Equal(new ClockDecision(null, ClockSource.LastKnown), ClockDecision.Make(Saved.AddHours(1), Saved, Built, null));

    [Fact]
    public void Make_FirstBoot_StartsAtTheImagesBirth()
        => Assert.Equal(new ClockDecision(Built, ClockSource.Unknown), ClockDecision.Make(DateTimeOffset.UnixEpoch, null, Built, null));

    [Fact]
    public void Make_HardwareClockRanOn_IsBelieved()
    {
        Assert.Equal(new ClockDecision(null, ClockSource.Hardware), ClockDecision.Make(Saved.AddDays(3), Saved, Built, Saved.AddDays(3)));
        Assert.Equal(new ClockDecision(Saved.AddDays(3), ClockSource.Hardware), ClockDecision.Make(Built, Saved, Built, Saved.AddDays(3)));
    }

    [Fact]
    public void Make_HardwareClockWithoutBattery_IsNotBelieved()
        => Assert.Equal(new ClockDecision(Saved, ClockSource.LastKnown), ClockDecision.Make(Built, Saved, Built, DateTimeOffset.UnixEpoch.AddMinutes(1)));

    [Theory]
    [InlineData(-1)]
    [InlineData(365 * 40)]
    public void Make_DamagedSavedTime_IsIgnored(int days)
        => Assert.Equal(new ClockDecision(null, ClockSource.Unknown), ClockDecision.Make(Built, Built.AddDays(days), Built, null));

    [Fact]
    public void Store_SavesAndLoads_NeverBackwards()
    {
        var store = new ClockStore(_folder.File("data/skyminer"));
        Assert.Null(store.Load());
        Assert.True(store.Save(Saved));
        Assert.Equal(Saved, store.Load());
        Assert.False(store.Save(Saved));
        Assert.False(store.Save(Built));
        Assert.Equal(Saved, store.Load());
    }

    [Theory]
    [InlineData("")]
    [InlineData("2026-12-24")]
    [InlineData("2026-12-24T18:00:00Z and much more that does not belong here and goes on")]
    [InlineData("2026-13-24T18:00:00Z")]
    public void Store_DamagedFile_IsNone(string text)
    {
        _folder.Write("clock", text);
        Assert.Null(new ClockStore(_folder.Path).Load());
    }

    [Theory]
    [InlineData("{\"version\":\"1\",\"image\":\"x\",\"commit\":\"c\",\"built\":\"2026-11-01T00:00:00Z\"}")]
    [InlineData("{\"version\":\"1\",\"image\":\"x\",\"commit\":\"c\",\"built\":1793491200}")]
    public void Release_Built_IsReadAsDateOrSeconds(string text) => Assert.Equal(new ImageRelease("1", "c", "x", Built), ImageRelease.Load(_folder.Write("release.json", text)));

    [Theory]
    [InlineData("{")]
    [InlineData("[]")]
    public void Release_Damaged_IsNone(string text) => Assert.Null(ImageRelease.Load(_folder.Write("release.json", text)));

    [Fact]
    public void Routes_Default_IsSeen()
    {
        _folder.Write("net/route", "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\nend0\t0000A8C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\n");
        Assert.False(NetworkRoutes.HasDefault(_folder.File("net")));
        _folder.Write("net/ipv6_route", "00000000000000000000000000000000 00 00000000000000000000000000000000 00 00000000000000000000000000000000 ffffffff 00000001 00000000 00200200       lo\n");
        Assert.False(NetworkRoutes.HasDefault(_folder.File("net")));
        _folder.Write("net/route", "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\nend0\t00000000\t0101A8C0\t0003\t0\t0\t100\t00000000\n");
        Assert.True(NetworkRoutes.HasDefault(_folder.File("net")));
    }

    [Fact]
    public void WaitAsync_Synchronized_EndsAtOnce() => Wait(new FakeFacts { SynchronizedAt = 0 }, ClockWait.Synchronized, 0);

    [Fact]
    public void WaitAsync_TimeServiceComes_EndsWithIt() => Wait(new FakeFacts { RouteAt = 2, SynchronizedAt = 5 }, ClockWait.Synchronized, 5);

    [Fact]
    public void WaitAsync_NoWayOut_EndsBeforeTheLimit() => Wait(new FakeFacts(), ClockWait.NoRoute, 8);

    [Fact]
    public void WaitAsync_TimeServiceIsBlocked_AsksTheWeb() => Wait(new FakeFacts { RouteAt = 3, WebWorks = true }, ClockWait.WebDate, 11);

    [Fact]
    public void WaitAsync_NothingWorks_GivesUpAtTheLimit()
    {
        var facts = new FakeFacts { RouteAt = 0 };
        Wait(facts, ClockWait.GaveUp, 20);
        Assert.Equal(1, facts.Asked);
    }

    [Fact]
    public void WaitAsync_WebNeverAnswers_EndsAtTheLimit() => Wait(new FakeFacts { RouteAt = 0, WebHangs = true }, ClockWait.GaveUp, 20);

    private static void Wait(FakeFacts facts, ClockWait end, double seconds) => SimulationRun.Execute(1, async sim =>
    {
        facts.Time = sim.Time;
        Assert.Equal(end, await ClockGate.WaitAsync(facts, TimeSpan.FromSeconds(20), sim.Time, CancellationToken.None));
        Assert.InRange(sim.Time.Elapsed.TotalSeconds, seconds, seconds + 0.5);
    });

    private sealed class FakeFacts : IClockFacts
    {
        public VirtualTime Time { get; set; } = null!;

        public double RouteAt { get; init; } = double.MaxValue;

        public double SynchronizedAt { get; init; } = double.MaxValue;

        public bool WebWorks { get; init; }

        public bool WebHangs { get; init; }

        public int Asked { get; private set; }

        public bool IsSynchronized => Time.Elapsed.TotalSeconds >= SynchronizedAt;

        public bool HasRoute => Time.Elapsed.TotalSeconds >= RouteAt;

        public async Task<bool> TrySetFromWebAsync(CancellationToken cancellationToken)
        {
            Asked++;
            if (WebHangs)
            {
                var stopped = new TaskCompletionSource();
                await using var registration = cancellationToken.UnsafeRegister(_ => stopped.TrySetResult(), null);
                await stopped.Task;
                cancellationToken.ThrowIfCancellationRequested();
            }

            return WebWorks;
        }
    }
}
