// All transports of a visor: made, shared, doubled, lost, made again, told to the discovery.
using System.Globalization;
using Skywire.Crypto;
using Skywire.Discovery;
using Skywire.Testing;
using Skywire.Transport.Stcpr;
using Skywire.Transport.Tests.Support;
using Skywire.Wire;
using Xunit;

namespace Skywire.Transport.Tests;

public sealed class TransportManagerTests
{
    private const string AddressA = "203.0.113.11";
    private const string AddressB = "203.0.113.12";

    private static readonly LinkOptions Wan = new() { Latency = TimeSpan.FromMilliseconds(20), Jitter = TimeSpan.FromMilliseconds(10) };

    [Fact]
    public void SaveAsync_ManyCallers_ShareOneDialAndBothSidesSeeTheTransport() => Run(1, async (sim, net) =>
    {
        var saved = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => net.A.SaveAsync(net.B, TransportLabels.Automatic)));
        Assert.All(saved, t => Assert.Same(saved[0], t));
        Assert.Equal(1, sim.Network.ConnectionCount);
        await net.A.AssertReachesAsync(net.B);
        await net.B.AssertReachesAsync(net.A);
        var atA = Assert.Single(net.A.Manager.Snapshot());
        var atB = Assert.Single(net.B.Manager.Snapshot());
        Assert.True(atA.IsInitiator);
        Assert.False(atB.IsInitiator);
        Assert.Equal(TransportLabels.Automatic, atB.Label);
        Assert.Equal(5, atA.SentBytes);
        Assert.Equal(5, atA.ReceivedBytes);
        Assert.Same(saved[0], net.A.Manager.FindByRemote(net.B.PublicKey));
        Assert.Same(saved[0], await net.A.SaveAsync(net.B));
        Assert.Equal([(net.A.IdWith(net.B), true)], net.A.Changes);
        Assert.Equal([(net.A.IdWith(net.B), true)], net.B.Changes);
    });

    [Fact]
    public void Discovery_AfterSettlement_HearsFromTheResponderAndAgainEvery90Seconds() => Run(2, async (sim, net) =>
    {
        await net.A.SaveAsync(net.B);
        await Task.Delay(TimeSpan.FromSeconds(6), sim.Time);
        var registered = Assert.Single(net.Discovery.Registered);
        Assert.True(registered.IsSignedBy(net.A.PublicKey));
        Assert.True(registered.IsSignedBy(net.B.PublicKey));
        await Task.Delay(TimeSpan.FromSeconds(100), sim.Time);
        Assert.Equal(2, net.Discovery.Reregistrations.Count);
        Assert.All(net.Discovery.Reregistrations, r => Assert.Equal(registered.Entry.Id, Assert.Single(r).Id));
        await Task.Delay(TimeSpan.FromSeconds(90), sim.Time);
        Assert.Equal(4, net.Discovery.Reregistrations.Count);

        Assert.True(await net.A.Manager.RemoveAsync(registered.Entry.Id, CancellationToken.None));
        Assert.False(await net.A.Manager.RemoveAsync(registered.Entry.Id, CancellationToken.None));
        await Task.Delay(TimeSpan.FromSeconds(6), sim.Time);
        Assert.Equal([registered.Entry.Id, registered.Entry.Id], net.Discovery.Deleted);
        Assert.Empty(net.B.Manager.Snapshot());
        Assert.Equal((registered.Entry.Id, false), net.B.Changes[^1]);
    });

    [Fact]
    public void Discovery_Down_EverythingElseWorksAndItHearsLater() => Run(3, async (sim, net) =>
    {
        net.Discovery.IsDown = true;
        await net.A.SaveAsync(net.B);
        await net.A.AssertReachesAsync(net.B);
        await Task.Delay(TimeSpan.FromMinutes(5), sim.Time);
        Assert.InRange(net.B.Manager.Causes[ProtocolError.ServiceUnreachable], 4, 20);
        Assert.InRange(net.Discovery.Requests, 4, 40);
        net.Discovery.IsDown = false;
        await Task.Delay(TimeSpan.FromMinutes(2), sim.Time);
        Assert.Single(net.Discovery.Registered);
        await net.B.AssertReachesAsync(net.A);
    });

    [Fact]
    public void Dispose_TellsTheDiscoveryThenCloses_AndIsBounded() => Run(4, async (sim, net) =>
    {
        await net.A.SaveAsync(net.B);
        await Task.Delay(TimeSpan.FromSeconds(6), sim.Time);
        await net.A.DisposeAsync();
        Assert.Equal([net.A.IdWith(net.B)], net.Discovery.Deleted);
        await Task.Delay(TimeSpan.FromSeconds(1), sim.Time);
        Assert.Empty(net.B.Manager.Snapshot());
        Assert.DoesNotContain(net.A.PublicKey, net.Resolver.Bound);
        await net.B.DisposeAsync();
        Assert.Equal(0, sim.Network.Host(AddressA).OpenStreams);
        Assert.Equal(0, sim.Network.Host(AddressB).OpenStreams);
        await Assert.ThrowsAsync<ProtocolException>(() => net.A.SaveAsync(net.B));
    });

    [Theory]
    [MemberData(nameof(Seeds), 30)]
    public void SaveAsync_BothDialAtOnce_EndsOnOneLinkWhateverTheOrder(int seed) => Run(seed, async (sim, net) =>
    {
        var offset = TimeSpan.FromMilliseconds((seed * 13 % 120) - 60);
        var results = await Task.WhenAll(SaveLaterAsync(net.A, net.B, offset), SaveLaterAsync(net.B, net.A, -offset));
        Assert.All(results, Assert.NotNull);
        await Task.Delay(TimeSpan.FromSeconds(30), sim.Time);
        var atA = net.A.Manager.Find(net.A.IdWith(net.B));
        Assert.NotNull(atA);
        Assert.NotNull(net.B.Manager.Find(net.A.IdWith(net.B)));
        await net.A.AssertReachesAsync(net.B);
        await net.B.AssertReachesAsync(net.A);
        Assert.Equal(1, sim.Network.Host(AddressA).OpenStreams);
        Assert.Equal(1, sim.Network.Host(AddressB).OpenStreams);
        Assert.DoesNotContain((net.A.IdWith(net.B), false), net.A.Changes);
        Assert.DoesNotContain((net.A.IdWith(net.B), false), net.B.Changes);

        async Task<ITransport> SaveLaterAsync(TestVisor from, TestVisor to, TimeSpan delay)
        {
            await Task.Delay(delay > TimeSpan.Zero ? delay : TimeSpan.Zero, sim.Time);
            return await from.SaveAsync(to);
        }
    });

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Accept_PeerLostPowerAndComesBack_NewLinkReplacesTheDeadOne(bool leastComesBack) => Run(5, async (sim, net) =>
    {
        var (least, most) = net.A.PublicKey < net.B.PublicKey ? (net.A, net.B) : (net.B, net.A);
        var (comesBack, stays) = leastComesBack ? (least, most) : (most, least);
        await comesBack.SaveAsync(stays);

        // Long enough for pings to be answered, so that silence means something.
        await Task.Delay(TimeSpan.FromSeconds(20), sim.Time);
        using (sim.Network.Cut(AddressA, AddressB))
        {
            await comesBack.DisposeAsync();
        }

        await using var again = TestVisor.Create(sim, comesBack.Key, comesBack.Address, net.Resolver, net.Discovery);
        await again.StartAsync();
        await Task.Delay(TimeSpan.FromSeconds(1), sim.Time);
        await again.SaveAsync(stays);
        await again.AssertReachesAsync(stays);
        await Task.Delay(TimeSpan.FromSeconds(30), sim.Time);
        await stays.AssertReachesAsync(again);
        Assert.Single(stays.Manager.Snapshot());
    });

    [Fact]
    public void Accept_SecondLinkWhileTheFirstLives_LeastSignificantEdgeKeepsTheFirst() => Run(6, async (sim, net) =>
    {
        var (least, most) = net.A.PublicKey < net.B.PublicKey ? (net.A, net.B) : (net.B, net.A);
        await least.SaveAsync(most);
        var kept = least.Manager.Find(least.IdWith(most));
        await Task.Delay(TimeSpan.FromSeconds(10), sim.Time);

        // The same key dials again from a second process, as a copied configuration does.
        await using var copy = TestVisor.Create(sim, most.Key, "203.0.113.99", new FakeResolver(), options: new TransportManagerOptions());
        await using var dialler = TestVisor.Create(sim, most.Key, "203.0.113.98", net.Resolver);
        await copy.StartAsync();
        await dialler.StartAsync();
        var e = await Assert.ThrowsAsync<ProtocolException>(() => dialler.SaveAsync(least));
        Assert.NotEqual(ProtocolError.TimedOut, e.Error);
        Assert.Same(kept, least.Manager.Find(least.IdWith(most)));
        Assert.Equal(1, least.Manager.Causes[ProtocolError.DuplicateTransport]);
        await least.AssertReachesAsync(most);
    });

    [Fact]
    public void Persistent_LostAndFoundAgain_IsRedialledWithPauses() => Run(
        7,
        async (sim, net) =>
        {
            await Task.Delay(TimeSpan.FromSeconds(2), sim.Time);
            await net.A.AssertReachesAsync(net.B);
            await Task.Delay(TimeSpan.FromSeconds(60), sim.Time);

            // A reset is repaired at once.
            sim.Network.ResetStreams(AddressB);
            await Task.Delay(TimeSpan.FromSeconds(1), sim.Time);
            await net.A.AssertReachesAsync(net.B);

            // A long outage is met with growing pauses.
            var attempts = sim.Network.ConnectionCount;
            using (sim.Network.Cut(AddressA, AddressB, CutMode.Refuse))
            {
                await Task.Delay(TimeSpan.FromMinutes(10), sim.Time);
                Assert.Null(net.A.Manager.Find(net.A.IdWith(net.B)));
                Assert.InRange(net.A.Manager.Causes[ProtocolError.DialFailed], 8, 30);
            }

            await Task.Delay(TimeSpan.FromSeconds(65), sim.Time);
            await net.A.AssertReachesAsync(net.B);
            Assert.InRange(sim.Network.ConnectionCount - attempts, 1, 2);

            // Removed by the operator it stays away.
            Assert.True(await net.A.Manager.RemoveAsync(net.A.IdWith(net.B), CancellationToken.None));
            await Task.Delay(TimeSpan.FromMinutes(5), sim.Time);
            Assert.Empty(net.A.Manager.Snapshot());
        },
        persistent: true);

    [Fact]
    public void SaveAsync_Impossible_SaysWhyAtOnce() => Run(8, async (sim, net) =>
    {
        async Task<ProtocolError> CauseAsync(PubKey remote, string type) => (await Assert.ThrowsAsync<ProtocolException>(() => net.A.Manager.SaveAsync(remote, type, TransportLabels.User, CancellationToken.None))).Error;

        Assert.Equal(ProtocolError.TypeNotEnabled, await CauseAsync(net.B.PublicKey, "sudph"));
        Assert.Equal(ProtocolError.WrongDestination, await CauseAsync(net.A.PublicKey, TransportTypes.Stcpr));
        Assert.Equal(ProtocolError.AddressUnknown, await CauseAsync(TestKeys.Seeded(77).PublicKey, TransportTypes.Stcpr));
        Assert.Equal(ProtocolError.AddressUnknown, await CauseAsync(net.B.PublicKey, TransportTypes.Stcp));
        net.Resolver.IsDown = true;
        Assert.Equal(ProtocolError.ServiceUnreachable, await CauseAsync(net.B.PublicKey, TransportTypes.Stcpr));
        net.Resolver.IsDown = false;
        net.Resolver.Set(net.B.PublicKey, new ResolvedAddress("203.0.113.200", false, "1", []));
        var before = sim.Time.Elapsed;
        Assert.Contains(await CauseAsync(net.B.PublicKey, TransportTypes.Stcpr), new[] { ProtocolError.DialFailed, ProtocolError.TimedOut });
        Assert.InRange(sim.Time.Elapsed - before, TimeSpan.Zero, TimeSpan.FromSeconds(3.1));
        Assert.Equal(1, net.A.Manager.Causes[ProtocolError.TypeNotEnabled]);
    });

    [Fact]
    public void SaveAsync_OneCallerGivesUp_TheOthersStillGetIt() => Run(9, async (sim, net) =>
    {
        using var cancel = new CancellationTokenSource();
        var impatient = net.A.Manager.SaveAsync(net.B.PublicKey, TransportTypes.Stcpr, TransportLabels.User, cancel.Token);
        var patient = net.A.SaveAsync(net.B);
        cancel.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => impatient);
        Assert.True((await patient).IsUp);
    });

    [Fact]
    public void Stcpr_PeerWithDeadAddresses_IsReachedByTheLivingOne() => Run(10, async (sim, net) =>
    {
        net.Resolver.Set(net.B.PublicKey, new ResolvedAddress(AddressB, true, $"{TestVisor.Port}", ["192.168.7.1", "192.168.7.2", "nonsense", "fe80::1", AddressB]));
        sim.Network.SetDown("192.168.7.1");
        sim.Network.SetDown("192.168.7.2");
        var before = sim.Time.Elapsed;
        await net.A.SaveAsync(net.B);
        Assert.InRange(sim.Time.Elapsed - before, TimeSpan.Zero, TimeSpan.FromSeconds(1.5));
        await net.A.AssertReachesAsync(net.B);
    });

    [Fact]
    public void Stcpr_ResolverDownAtStart_AcceptsAndIsAnnouncedLater() => SimulationRun.Execute(11, async sim =>
    {
        var (a, b) = TestKeys.Ordered(11);
        var resolver = new FakeResolver { IsDown = true };
        await using var left = TestVisor.Create(sim, a, AddressA, resolver);
        await using var right = TestVisor.Create(sim, b, AddressB, resolver);
        await left.StartAsync();
        await right.StartAsync();
        await Task.Delay(TimeSpan.FromSeconds(30), sim.Time);
        Assert.Contains("connection refused", right.Stcpr.AnnounceStatus, StringComparison.Ordinal);
        resolver.IsDown = false;
        resolver.Refusals = 2;
        await Task.Delay(TimeSpan.FromMinutes(6), sim.Time);
        Assert.Contains("announced with port 7770", right.Stcpr.AnnounceStatus, StringComparison.Ordinal);
        Assert.InRange(right.Stcpr.Causes[ProtocolError.ServiceUnreachable], 2, 5);
        await left.SaveAsync(right);
        await left.AssertReachesAsync(right);
    });

    [Fact]
    public void Stcpr_OnlyPrivateAddresses_IsAnnouncedOnlyWhenAllowed() => SimulationRun.Execute(12, async sim =>
    {
        var (a, b) = TestKeys.Ordered(12);
        var resolver = new FakeResolver();
        await using var left = TestVisor.Create(sim, a, "192.168.1.2", resolver);
        await using var right = TestVisor.Create(sim, b, "192.168.1.3", resolver, stcprOptions: new StcprOptions { AllowPrivate = true });
        await left.StartAsync();
        await right.StartAsync();
        await Task.Delay(TimeSpan.FromSeconds(30), sim.Time);
        Assert.Contains("no public address", left.Stcpr.AnnounceStatus, StringComparison.Ordinal);
        Assert.Equal([b.PublicKey], resolver.Bound.Keys);
        await left.SaveAsync(right);
        await right.AssertReachesAsync(left);
    });

    [Fact]
    public void Accept_FloodOfSilentCallers_DoesNotShutOthersOut() => Run(13, async (sim, net) =>
    {
        var attacker = sim.Network.Host("203.0.113.66");
        var silent = new List<IByteStream>();
        for (var i = 0; i < 500; i++)
        {
            silent.Add(await attacker.ConnectAsync($"{AddressB}:{TestVisor.Port}", CancellationToken.None));
            await Task.Delay(TimeSpan.FromMilliseconds(2), sim.Time);
        }

        await net.A.SaveAsync(net.B);
        await net.A.AssertReachesAsync(net.B);
        await Task.Delay(TimeSpan.FromSeconds(15), sim.Time);
        Assert.Equal(500, net.B.Stcpr.Causes[ProtocolError.LimitReached] + net.B.Stcpr.Causes[ProtocolError.HandshakeTimeout]);
        Assert.Equal(1, sim.Network.Host(AddressB).OpenStreams);
    });

    [Fact]
    public void BandwidthLog_OfARun_HoldsWhatWasCarried() => SimulationRun.Execute(14, async sim =>
    {
        var folder = Directory.CreateTempSubdirectory("bandwidth");
        var (a, b) = TestKeys.Ordered(14);
        var resolver = new FakeResolver();
        await using (var left = TestVisor.Create(sim, a, AddressA, resolver, options: new TransportManagerOptions { LogFolder = folder.FullName }))
        await using (var right = TestVisor.Create(sim, b, AddressB, resolver))
        {
            await left.StartAsync();
            await right.StartAsync();
            await Task.Delay(TimeSpan.FromSeconds(1), sim.Time);
            await left.SaveAsync(right);
            await left.AssertReachesAsync(right);
            await right.AssertReachesAsync(left);
            await right.AssertReachesAsync(left);
            await Task.Delay(TimeSpan.FromSeconds(70), sim.Time);
            var lines = File.ReadAllLines(Path.Combine(folder.FullName, "2026-01-01.csv"));
            Assert.Equal("tp_id,recv,sent,time_stamp", lines[0]);
            Assert.StartsWith(string.Create(CultureInfo.InvariantCulture, $"{left.IdWith(right)},10,5,"), lines[1], StringComparison.Ordinal);
            await right.AssertReachesAsync(left);
        }

        Assert.Contains(",15,5,", File.ReadAllText(Path.Combine(folder.FullName, "2026-01-01.csv")), StringComparison.Ordinal);
        folder.Delete(recursive: true);
    });

    [Fact]
    public void Run_SameSeed_IsTheSameRun()
    {
        var first = Traced();
        var second = Traced();
        Assert.Equal(first.TraceDigest, second.TraceDigest);
        Assert.True(first.TraceCount > 4);

        static SimulationRun Traced() => SimulationRun.ExecuteTraced(21, async sim =>
        {
            sim.Network.DefaultLink = Wan;
            var (a, b) = TestKeys.Ordered(21);
            var resolver = new FakeResolver();
            await using var left = TestVisor.Create(sim, a, AddressA, resolver);
            await using var right = TestVisor.Create(sim, b, AddressB, resolver);
            left.Manager.Changed += (t, up) => sim.Trace($"left {t.Id} {up}");
            right.Manager.Changed += (t, up) => sim.Trace($"right {t.Id} {up}");
            await left.StartAsync();
            await right.StartAsync();
            await Task.Delay(TimeSpan.FromSeconds(1), sim.Time);
            await Task.WhenAll(left.SaveAsync(right), right.SaveAsync(left));
            await left.AssertReachesAsync(right);
            await Task.Delay(TimeSpan.FromSeconds(100), sim.Time);
            sim.Trace($"{left.Manager.Snapshot()[0].RoundTrip}");
            sim.Network.ResetStreams(AddressA);
            await Task.Delay(TimeSpan.FromSeconds(10), sim.Time);
            sim.Trace($"{left.Manager.Snapshot().Count}");
        });
    }

    public static IEnumerable<TheoryDataRow<int>> Seeds(int count) => Enumerable.Range(100, count).Select(i => new TheoryDataRow<int>(i));

    private static void Run(int seed, Func<SimulationRun, Net, Task> body, bool persistent = false) => SimulationRun.Execute(seed, async sim =>
    {
        sim.Network.DefaultLink = Wan;
        var a = TestKeys.Seeded(seed);
        var b = TestKeys.Seeded(seed + 1000);
        var resolver = new FakeResolver();
        var discovery = new FakeDiscovery();
        var options = new TransportManagerOptions { Persistent = persistent ? [new PersistentTransport(b.PublicKey, TransportTypes.Stcpr)] : [] };
        await using var left = TestVisor.Create(sim, a, AddressA, resolver, discovery, options);
        await using var right = TestVisor.Create(sim, b, AddressB, resolver, discovery);
        await left.StartAsync();
        await right.StartAsync();
        await Task.Delay(TimeSpan.FromMilliseconds(100), sim.Time);
        await body(sim, new Net(left, right, resolver, discovery));
    });

    private sealed record Net(TestVisor A, TestVisor B, FakeResolver Resolver, FakeDiscovery Discovery);
}
