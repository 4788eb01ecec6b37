using Skywire.Crypto;
using Skywire.Discovery;
using Skywire.Dmsg.Objects;
using Skywire.Dmsg.Sessions;
using Skywire.Noise;
using Skywire.Testing;
using Skywire.Wire;
using Skywire.Wire.Yamux;

namespace Skywire.Dmsg.Tests;

public sealed class DmsgNetworkTests
{
    private const int Megabyte = 1 << 20;

    private static readonly DmsgClientOptions OneSession = new() { MinSessions = 1 };

    [Fact]
    public void TwoClients_OneServer_ExchangeAMegabyteBothWays() => SimulationRun.Execute(1, async sim =>
    {
        await using var lab = new DmsgLab(sim);
        var server = await lab.ServerAsync(1);
        var alice = await lab.ReadyClientAsync("alice", 1, OneSession);
        var bob = await lab.ReadyClientAsync("bob", 2, OneSession);
        await using var listener = bob.Listen(80);
        var accepting = listener.AcceptAsync(CancellationToken.None);
        await using var dialed = await alice.DialAsync(bob.LocalKey, 80, CancellationToken.None);
        await using var accepted = await accepting;
        Assert.Equal(alice.LocalKey, accepted.RemoteKey);
        Assert.Equal(bob.LocalKey, dialed.RemoteKey);
        Assert.Equal((80, 49153), (dialed.RemotePort, dialed.LocalPort));
        Assert.Equal((49153, 80), (accepted.RemotePort, accepted.LocalPort));

        var data = new byte[Megabyte];
        sim.Entropy.For("data").Fill(data);
        var writing = Task.WhenAll(dialed.WriteAsync(data, CancellationToken.None).AsTask(), accepted.WriteAsync(data, CancellationToken.None).AsTask());
        Assert.Equal(data, await ReadAsync(accepted, Megabyte));
        Assert.Equal(data, await ReadAsync(dialed, Megabyte));
        await writing;
        await lab.UntilAsync(() => server.RelayedBytes >= 2 * Megabyte, "both megabytes counted");

        await dialed.DisposeAsync();
        Assert.Equal(0, await accepted.ReadAsync(new byte[1], CancellationToken.None));
        Assert.Equal(0, alice.Ports.EphemeralInUse);
    });

    [Fact]
    public void Dial_NobodyListens_IsToldAtOnce() => SimulationRun.Execute(2, async sim =>
    {
        await using var lab = new DmsgLab(sim);
        await lab.ServerAsync(1);
        var alice = await lab.ReadyClientAsync("alice", 1, OneSession);
        var bob = await lab.ReadyClientAsync("bob", 2, OneSession);
        var before = sim.Time.Elapsed;
        for (var i = 0; i < 3; i++)
        {
            // Three times: the peer was reached and said no, which is nothing to back off from.
            var error = await Assert.ThrowsAsync<ProtocolException>(() => alice.DialAsync(bob.LocalKey, 81, CancellationToken.None));
            Assert.Equal(ProtocolError.NoListener, error.Error);
        }

        Assert.True(sim.Time.Elapsed - before < TimeSpan.FromSeconds(1));
        Assert.Equal(0, alice.Ports.EphemeralInUse);
        Assert.Equal(3, bob.Causes[ProtocolError.NoListener]);
        Assert.Equal(3, alice.Causes[ProtocolError.NoListener]);
        Assert.Single(bob.SessionServers);
    });

    [Fact]
    public void Dial_UnknownPeer_FailsAndBacksOff() => SimulationRun.Execute(3, async sim =>
    {
        await using var lab = new DmsgLab(sim);
        await lab.ServerAsync(1);
        var alice = await lab.ReadyClientAsync("alice", 1, OneSession);
        using var nobody = lab.Key("nobody");
        Assert.Equal(ProtocolError.EntryNotFound, (await Dial()).Error);
        var gets = lab.Counted.Gets;
        Assert.Equal(ProtocolError.EntryNotFound, (await Dial()).Error);
        Assert.Equal(gets, lab.Counted.Gets);
        await Task.Delay(TimeSpan.FromSeconds(2.5), sim.Time);
        await Dial();
        Assert.Equal(gets + 1, lab.Counted.Gets);

        Task<ProtocolException> Dial() => Assert.ThrowsAsync<ProtocolException>(() => alice.DialAsync(nobody.PublicKey, 80, CancellationToken.None));
    });

    [Fact]
    public void Dial_PeerHasLeftItsServer_IsRefusedWithinSeconds() => SimulationRun.Execute(4, async sim =>
    {
        await using var lab = new DmsgLab(sim);
        await lab.ServerAsync(1);
        var alice = await lab.ReadyClientAsync("alice", 1, OneSession);
        using var gone = lab.Key("gone");
        await lab.Discovery.PostEntryAsync(new DmsgEntry { Static = gone.PublicKey, DelegatedServers = [lab.ServerKey(1).PublicKey], Timestamp = 1 }.Sign(gone), CancellationToken.None);
        var before = sim.Time.Elapsed;
        var error = await Assert.ThrowsAsync<ProtocolException>(() => alice.DialAsync(gone.PublicKey, 80, CancellationToken.None));
        Assert.Equal(ProtocolError.DialRefused, error.Error);
        Assert.True(sim.Time.Elapsed - before < TimeSpan.FromSeconds(5));
        Assert.Equal(0, alice.Ports.EphemeralInUse);
    });

    [Fact]
    public void Dial_PeerOnAnotherServer_JoinsThatServer() => SimulationRun.Execute(5, async sim =>
    {
        await using var lab = new DmsgLab(sim);
        await lab.ServerAsync(1);
        var alice = await lab.ReadyClientAsync("alice", 1, OneSession);
        await lab.ServerAsync(2);
        var onTwo = new StaticDmsgDiscovery([StaticDmsgDiscovery.ServerEntry(lab.ServerKey(2).PublicKey, $"{DmsgLab.ServerAddress(2)}:{DmsgLab.ServerPort}")], null);
        var service = lab.Client("service", 2, OneSession with { PublishEntry = false }, onTwo);
        await service.WaitReadyAsync(CancellationToken.None);
        await using var listener = service.Listen(36);

        // The service publishes nothing: whoever wants it has it in a table.
        var table = new StaticDmsgDiscovery([StaticDmsgDiscovery.ClientEntry(service.LocalKey, [lab.ServerKey(2).PublicKey])], lab.Discovery);
        var carol = lab.Client("carol", 3, OneSession, table);
        await carol.WaitReadyAsync(CancellationToken.None);
        Assert.Equal(ProtocolError.EntryNotFound, (await Assert.ThrowsAsync<ProtocolException>(() => alice.DialAsync(service.LocalKey, 36, CancellationToken.None))).Error);
        await using var stream = await carol.DialAsync(service.LocalKey, 36, CancellationToken.None);
        await using var accepted = await listener.AcceptAsync(CancellationToken.None);
        Assert.Equal(carol.LocalKey, accepted.RemoteKey);
        Assert.Contains(lab.ServerKey(2).PublicKey, carol.SessionServers);
    });

    [Fact]
    public void ServerRestart_Clients_ComeBackAndWorkAgain() => SimulationRun.Execute(6, async sim =>
    {
        await using var lab = new DmsgLab(sim);
        var server = await lab.ServerAsync(1);
        var alice = await lab.ReadyClientAsync("alice", 1, OneSession);
        var bob = await lab.ReadyClientAsync("bob", 2, OneSession);
        await using var listener = bob.Listen(80);
        await using var old = await alice.DialAsync(bob.LocalKey, 80, CancellationToken.None);
        await server.DisposeAsync();
        await lab.UntilAsync(() => alice.SessionServers.Count == 0 && bob.SessionServers.Count == 0, "sessions gone");
        Assert.False(alice.IsReady);
        Assert.NotEmpty(alice.NotReadyReason);
        await Assert.ThrowsAnyAsync<IOException>(async () =>
        {
            while (await old.ReadAsync(new byte[100], CancellationToken.None) > 0)
            {
            }

            throw new IOException("ended in good order, which will do as well");
        });

        var again = await lab.ServerAsync(1);
        await lab.UntilAsync(() => again.SessionCount == 2, "both clients back", 90);
        await (await listener.AcceptAsync(CancellationToken.None)).DisposeAsync();
        await using var stream = await alice.DialAsync(bob.LocalKey, 80, CancellationToken.None);
        await using var accepted = await listener.AcceptAsync(CancellationToken.None);
        await stream.WriteAsync("hello"u8.ToArray(), CancellationToken.None);
        Assert.Equal("hello"u8.ToArray(), await ReadAsync(accepted, 5));
        Assert.Equal("", alice.NotReadyReason);
    });

    [Fact]
    public void ServerSilent_Client_NoticesByPingAndGoesToAnother() => SimulationRun.Execute(7, async sim =>
    {
        await using var lab = new DmsgLab(sim);
        await lab.ServerAsync(1);
        var alice = await lab.ReadyClientAsync("alice", 1, OneSession);
        await lab.ServerAsync(2);
        using (sim.Network.Cut("10.0.0.1", DmsgLab.ServerAddress(1)))
        {
            await lab.UntilAsync(() => alice.SessionServers.Contains(lab.ServerKey(2).PublicKey), "joined the other server", 180);
            Assert.DoesNotContain(lab.ServerKey(1).PublicKey, alice.SessionServers);
        }
    });

    [Fact]
    public void MinSessionsZero_Client_JoinsEveryServerAndNewOnes() => SimulationRun.Execute(8, async sim =>
    {
        await using var lab = new DmsgLab(sim);
        await lab.ServerAsync(1);
        await lab.ServerAsync(2);
        var service = await lab.ReadyClientAsync("service", 1, new DmsgClientOptions { MinSessions = 0 });
        await lab.UntilAsync(() => service.SessionServers.Count == 2, "both servers joined");
        await lab.ServerAsync(3);
        await lab.UntilAsync(() => service.SessionServers.Count == 3, "third server joined", 90);
    });

    [Fact]
    public void Entry_Idle_IsRefreshedEveryFiveMinutesOnly() => SimulationRun.Execute(9, async sim =>
    {
        await using var lab = new DmsgLab(sim);
        await lab.ServerAsync(1);
        await lab.ServerAsync(2);
        var alice = await lab.ReadyClientAsync("alice", 1);
        await lab.UntilAsync(() => alice.SessionServers.Count == 2, "two sessions");
        await Task.Delay(TimeSpan.FromSeconds(5), sim.Time);
        var entry = await lab.Discovery.GetEntryAsync(alice.LocalKey, CancellationToken.None);
        Assert.True(entry!.Verify());
        Assert.Equal("visor", entry.ClientType);
        Assert.Equal(alice.SessionServers.ToHashSet(), entry.DelegatedServers!.ToHashSet());
        Assert.InRange(entry.Sequence, 0UL, 1UL);
        var posts = lab.Counted.Posts[alice.LocalKey];
        await Task.Delay(TimeSpan.FromMinutes(4), sim.Time);
        Assert.Equal(posts, lab.Counted.Posts[alice.LocalKey]);
        await Task.Delay(TimeSpan.FromMinutes(6), sim.Time);
        Assert.Equal(posts + 2, lab.Counted.Posts[alice.LocalKey]);
        await alice.DisposeAsync();
        Assert.Null(await lab.Discovery.GetEntryAsync(alice.LocalKey, CancellationToken.None));
    });

    [Fact]
    public void Entry_ServerLost_IsWrittenAgainWithoutIt() => SimulationRun.Execute(10, async sim =>
    {
        await using var lab = new DmsgLab(sim);
        var first = await lab.ServerAsync(1);
        await lab.ServerAsync(2);
        var alice = await lab.ReadyClientAsync("alice", 1);
        await lab.UntilAsync(() => alice.SessionServers.Count == 2, "two sessions");
        await Task.Delay(TimeSpan.FromSeconds(3), sim.Time);
        await first.DisposeAsync();
        await Task.Delay(TimeSpan.FromSeconds(3), sim.Time);
        var entry = await lab.Discovery.GetEntryAsync(alice.LocalKey, CancellationToken.None);
        Assert.Equal([lab.ServerKey(2).PublicKey], entry!.DelegatedServers);
    });

    [Fact]
    public void Entry_DiscoveryDown_IsReportedAndWrittenLater() => SimulationRun.Execute(11, async sim =>
    {
        await using var lab = new DmsgLab(sim);
        await lab.ServerAsync(1);
        lab.Counted.IsDown = true;
        var alice = lab.Client("alice", 1, OneSession);
        await Task.Delay(TimeSpan.FromSeconds(10), sim.Time);
        Assert.False(alice.IsReady);
        Assert.Contains("no answer", alice.NotReadyReason, StringComparison.Ordinal);
        lab.Counted.IsDown = false;
        await alice.WaitReadyAsync(CancellationToken.None);
        Assert.True(alice.IsReady);
    });

    [Fact]
    public void ServerEntry_Session_CountsDownAvailableSessions() => SimulationRun.Execute(12, async sim =>
    {
        await using var lab = new DmsgLab(sim);
        var server = await lab.ServerAsync(1, o => o with { MaxSessions = 10 });
        Assert.Equal(10, (await lab.Discovery.GetEntryAsync(server.LocalKey, CancellationToken.None))!.Server!.AvailableSessions);
        var alice = await lab.ReadyClientAsync("alice", 1, OneSession);
        await Task.Delay(TimeSpan.FromSeconds(2), sim.Time);
        Assert.Equal(9, (await lab.Discovery.GetEntryAsync(server.LocalKey, CancellationToken.None))!.Server!.AvailableSessions);
        await alice.DisposeAsync();
        await Task.Delay(TimeSpan.FromSeconds(2), sim.Time);
        Assert.Equal(10, (await lab.Discovery.GetEntryAsync(server.LocalKey, CancellationToken.None))!.Server!.AvailableSessions);
        var posts = lab.Counted.Posts[server.LocalKey];
        await Task.Delay(TimeSpan.FromMinutes(3), sim.Time);
        Assert.Equal(posts + 3, lab.Counted.Posts[server.LocalKey]);
    });

    [Fact]
    public void Server_SecondSessionOfAKey_ReplacesTheFirst() => SimulationRun.Execute(13, async sim =>
    {
        await using var lab = new DmsgLab(sim);
        var server = await lab.ServerAsync(1);
        using var key = lab.Key("twice");
        await using var first = await ConnectAsync(sim, lab, key, "10.0.0.7");
        await using var second = await ConnectAsync(sim, lab, key, "10.0.0.8");
        await first.Mux.Completion;
        Assert.Equal(1, server.SessionCount);
        Assert.False(second.Mux.Completion.IsCompleted);
        await second.Mux.PingAsync(CancellationToken.None);
    });

    [Fact]
    public void Server_TooManySessionsOfOneAddress_AreClosedNotLeftSilent() => SimulationRun.Execute(14, async sim =>
    {
        await using var lab = new DmsgLab(sim);
        var server = await lab.ServerAsync(1, o => o with { MaxSessionsPerAddress = 2 });
        using var a = lab.Key("a");
        using var b = lab.Key("b");
        using var c = lab.Key("c");
        await using var first = await ConnectAsync(sim, lab, a, "10.0.0.7");
        await using var second = await ConnectAsync(sim, lab, b, "10.0.0.7");
        await Assert.ThrowsAnyAsync<IOException>(() => ConnectAsync(sim, lab, c, "10.0.0.7"));
        await using var elsewhere = await ConnectAsync(sim, lab, c, "10.0.0.8");
        Assert.Equal(1, server.Causes[ProtocolError.LimitReached]);
        await first.DisposeAsync();
        await lab.UntilAsync(() => server.SessionCount == 2, "the place is free");
        using var d = lab.Key("d");
        await using var third = await ConnectAsync(sim, lab, d, "10.0.0.7");
    });

    [Fact]
    public void Server_SilentConnection_IsClosedAfterTheHandshakeLimit() => SimulationRun.Execute(15, async sim =>
    {
        await using var lab = new DmsgLab(sim);
        var server = await lab.ServerAsync(1);
        var stream = await sim.Network.Host("10.0.0.9").ConnectAsync($"{DmsgLab.ServerAddress(1)}:{DmsgLab.ServerPort}", CancellationToken.None);
        await Assert.ThrowsAnyAsync<IOException>(async () => await stream.ReadAsync(new byte[1], CancellationToken.None));
        Assert.Equal(1, server.Causes[ProtocolError.HandshakeTimeout]);
    });

    [Fact]
    public void Server_HostileStreams_AreRefusedAndTheSessionLives() => SimulationRun.Execute(16, async sim =>
    {
        await using var lab = new DmsgLab(sim);
        var server = await lab.ServerAsync(1);
        var bob = await lab.ReadyClientAsync("bob", 2, OneSession);
        await using var listener = bob.Listen(80);
        using var eve = lab.Key("eve");
        using var other = lab.Key("other");
        await using var session = await ConnectAsync(sim, lab, eve, "10.0.0.7");
        using var handshake = new HandshakeState(HandshakePattern.KK, true, eve, bob.LocalKey, sim.Entropy.For("eve"));
        var message = new byte[HandshakeState.MaxMessage];
        var noise = message[..handshake.WriteMessage([], message)];
        var good = new StreamRequest(1, new DmsgAddress(eve.PublicKey, 50000), new DmsgAddress(bob.LocalKey, 80), noise);

        await Refused(good.Sign(other), ProtocolError.BadSignedObject);
        await Refused((good with { Source = new DmsgAddress(other.PublicKey, 50000) }).Sign(other), ProtocolError.WrongSource);
        await Refused((good with { Destination = new DmsgAddress(other.PublicKey, 80) }).Sign(eve), ProtocolError.NoNextSession);
        await Refused((good with { NoiseMessage = new byte[49] }).Sign(eve), ProtocolError.BadHandshake);
        await Refused((good with { NoiseMessage = [] }).Sign(eve), ProtocolError.BadHandshake);
        await Refused(new byte[65], ProtocolError.BadSignedObject);
        await Refused(new byte[500], ProtocolError.BadSignedObject);

        // Bytes that are no object at all; one that is too long; one that never comes whole.
        await RefusedRaw([0, 30, .. new byte[30]], ProtocolError.ReplayedCounter);
        await RefusedRaw([0, 30, 1, 2, 3, 4, 5, 6, 7, 8, .. new byte[22]], ProtocolError.BadTag);
        await RefusedRaw([255, 255, 0], ProtocolError.FrameTooLong);
        await RefusedRaw([0, 30, 1], ProtocolError.HandshakeTimeout);

        Assert.False(session.Mux.Completion.IsCompleted);
        Assert.Equal(0, bob.Causes.Snapshot().Sum(c => c.Value));
        var stream = await session.Mux.OpenAsync(CancellationToken.None);
        await session.Objects.WriteAsync(stream, good.Sign(eve), CancellationToken.None);
        await using var accepted = await listener.AcceptAsync(CancellationToken.None);
        Assert.Equal(eve.PublicKey, accepted.RemoteKey);

        async Task Refused(byte[] signed, ProtocolError cause)
        {
            var before = server.Causes[cause];
            var stream = await session.Mux.OpenAsync(CancellationToken.None);
            await session.Objects.WriteAsync(stream, signed, CancellationToken.None);
            Assert.Equal(0, await stream.ReadAsync(new byte[1], CancellationToken.None));
            Assert.Equal(before + 1, server.Causes[cause]);
            await stream.DisposeAsync();
        }

        async Task RefusedRaw(byte[] bytes, ProtocolError cause)
        {
            var before = server.Causes[cause];
            var stream = await session.Mux.OpenAsync(CancellationToken.None);
            await stream.WriteAsync(bytes, CancellationToken.None);
            Assert.Equal(0, await stream.ReadAsync(new byte[1], CancellationToken.None));
            Assert.Equal(before + 1, server.Causes[cause]);
            await stream.DisposeAsync();
        }
    });

    [Fact]
    public void Client_HostileStreams_DoNotEndTheSession() => SimulationRun.Execute(17, async sim =>
    {
        // A server of our own making, so that it can send what it likes.
        await using var lab = new DmsgLab(sim);
        using var serverKey = lab.Key("hostile server");
        var listening = sim.Network.Host("10.0.2.1").Listen(new System.Net.IPEndPoint(System.Net.IPAddress.Any, 8081));
        var table = new StaticDmsgDiscovery([StaticDmsgDiscovery.ServerEntry(serverKey.PublicKey, "10.0.2.1:8081")], null);
        var bob = lab.Client("bob", 2, OneSession, table);
        await using var listener = bob.Listen(80);
        var settings = new SessionSettings(TimeSpan.FromSeconds(5), TimeSpan.Zero, YamuxOptions.Default, new CauseCounters("test"));
        await using var session = await DmsgSession.AcceptAsync(
            await listening.AcceptAsync(CancellationToken.None), serverKey, settings, sim.Entropy.For("s"), sim.Time, CancellationToken.None);
        await bob.WaitReadyAsync(CancellationToken.None);
        using var alice = lab.Key("alice");
        using var handshake = new HandshakeState(HandshakePattern.KK, true, alice, bob.LocalKey, sim.Entropy.For("alice"));
        var message = new byte[HandshakeState.MaxMessage];
        var noise = message[..handshake.WriteMessage([], message)];
        var good = new StreamRequest(1, new DmsgAddress(alice.PublicKey, 50000), new DmsgAddress(bob.LocalKey, 80), noise);

        // An end before the request; garbage; a request for somebody else; a bad Noise message: each closed, none harmful.
        var silent = await session.Mux.OpenAsync(CancellationToken.None);
        await silent.DisposeAsync();
        await ClosedAfter(new byte[100]);
        await ClosedAfter((good with { Destination = new DmsgAddress(alice.PublicKey, 80) }).Sign(alice));
        await ClosedAfter((good with { NoiseMessage = new byte[49] }).Sign(alice));
        await ClosedAfter((good with { NoiseMessage = [2, .. new byte[48]] }).Sign(alice));

        // One that hangs does not hold up the next.
        var hanging = await session.Mux.OpenAsync(CancellationToken.None);
        var signed = good.Sign(alice);
        var stream = await session.Mux.OpenAsync(CancellationToken.None);
        await session.Objects.WriteAsync(stream, signed, CancellationToken.None);
        var answer = (await session.Objects.ReadAsync(stream, false, CancellationToken.None)).Object;
        Assert.Equal(DmsgErrorCode.None, StreamResponse.TryParse(answer, StreamResponse.HashOf(signed), bob.LocalKey, out var response));
        Assert.True(response!.Accepted);
        Assert.True(handshake.TryReadMessage(response.NoiseMessage));
        await using var accepted = await listener.AcceptAsync(CancellationToken.None);
        Assert.Equal(0, await hanging.ReadAsync(new byte[1], CancellationToken.None));
        Assert.Single(bob.SessionServers);
        Assert.Equal(2, bob.Causes[ProtocolError.BadHandshake]);
        Assert.Equal(1, bob.Causes[ProtocolError.WrongDestination]);
        Assert.Equal(1, bob.Causes[ProtocolError.HandshakeTimeout]);

        async Task ClosedAfter(byte[] signed)
        {
            var stream = await session.Mux.OpenAsync(CancellationToken.None);
            await session.Objects.WriteAsync(stream, signed, CancellationToken.None);
            Assert.Equal(0, await stream.ReadAsync(new byte[1], CancellationToken.None));
            await stream.DisposeAsync();
        }
    });

    [Fact]
    public void Listener_QueueFull_IsARefusalNotALostStream() => SimulationRun.Execute(18, async sim =>
    {
        await using var lab = new DmsgLab(sim);
        await lab.ServerAsync(1);
        var alice = await lab.ReadyClientAsync("alice", 1, OneSession);
        var bob = await lab.ReadyClientAsync("bob", 2, OneSession with { ListenBacklog = 2 });
        await using var listener = bob.Listen(80);
        await using var first = await alice.DialAsync(bob.LocalKey, 80, CancellationToken.None);
        await using var second = await alice.DialAsync(bob.LocalKey, 80, CancellationToken.None);
        var error = await Assert.ThrowsAsync<ProtocolException>(() => alice.DialAsync(bob.LocalKey, 80, CancellationToken.None));
        Assert.Equal(ProtocolError.BacklogFull, error.Error);
        await (await listener.AcceptAsync(CancellationToken.None)).DisposeAsync();
        await using var third = await alice.DialAsync(bob.LocalKey, 80, CancellationToken.None);
    });

    [Fact]
    public void Bridge_Idle_IsClosedByTheServer() => SimulationRun.Execute(19, async sim =>
    {
        await using var lab = new DmsgLab(sim);
        var server = await lab.ServerAsync(1);
        var alice = await lab.ReadyClientAsync("alice", 1, OneSession);
        var bob = await lab.ReadyClientAsync("bob", 2, OneSession);
        await using var listener = bob.Listen(80);
        await using var stream = await alice.DialAsync(bob.LocalKey, 80, CancellationToken.None);
        await using var accepted = await listener.AcceptAsync(CancellationToken.None);
        await Task.Delay(TimeSpan.FromMinutes(4), sim.Time);
        await stream.WriteAsync(new byte[1], CancellationToken.None);
        Assert.Equal(1, await accepted.ReadAsync(new byte[1], CancellationToken.None));
        await Task.Delay(TimeSpan.FromMinutes(4), sim.Time);
        await stream.WriteAsync(new byte[1], CancellationToken.None);
        Assert.Equal(1, await accepted.ReadAsync(new byte[1], CancellationToken.None));
        var since = sim.Time.Elapsed;
        Assert.Equal(0, await accepted.ReadAsync(new byte[1], CancellationToken.None));
        Assert.Equal(5, (sim.Time.Elapsed - since).TotalMinutes, 0.01);
        Assert.Equal(1, server.Causes[ProtocolError.TimedOut]);
    });

    [Fact]
    public void Dial_Cancelled_ReleasesThePortAndTheStream() => SimulationRun.Execute(20, async sim =>
    {
        await using var lab = new DmsgLab(sim);
        await lab.ServerAsync(1);
        var alice = await lab.ReadyClientAsync("alice", 1, OneSession);
        var bob = await lab.ReadyClientAsync("bob", 2, OneSession);
        await using var listener = bob.Listen(80);
        using (sim.Network.Cut("10.0.0.2", DmsgLab.ServerAddress(1)))
        {
            using var impatient = new CancellationTokenSource(TimeSpan.FromSeconds(1), sim.Time);
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => alice.DialAsync(bob.LocalKey, 80, impatient.Token));
            Assert.Equal(0, alice.Ports.EphemeralInUse);
        }

        // The caller gave up, not the peer: no back-off.
        await using var stream = await alice.DialAsync(bob.LocalKey, 80, CancellationToken.None);
    });

    [Fact]
    public void Server_AddressLookupAndPingMarker_AreAnswered() => SimulationRun.Execute(21, async sim =>
    {
        await using var lab = new DmsgLab(sim);
        var server = await lab.ServerAsync(1);
        using var key = lab.Key("new");
        await using var session = await ConnectAsync(sim, lab, key, "10.0.0.7");
        var stream = await session.Mux.OpenAsync(CancellationToken.None);
        await stream.WriteAsync(new byte[2], CancellationToken.None);
        Assert.Equal(new byte[2], await ReadAsync(stream, 2));
        Assert.Equal(0, await stream.ReadAsync(new byte[1], CancellationToken.None));

        // The lookup request of the vectors is for another server; the recorded object shows that it is told apart.
        stream = await session.Mux.OpenAsync(CancellationToken.None);
        await session.Objects.WriteAsync(stream, Vectors.Load("dmsg.json").GetProperty("signed_objects")[4].Hex("signed_object"), CancellationToken.None);
        Assert.Equal(0, await stream.ReadAsync(new byte[1], CancellationToken.None));
        Assert.Equal(1, server.Causes[ProtocolError.WrongSource]);
    });

    [Fact]
    public void Dial_OneServerOfThePeerIsDead_TheOtherAnswersAfterTheStagger() => SimulationRun.Execute(23, async sim =>
    {
        await using var lab = new DmsgLab(sim);
        await lab.ServerAsync(1);
        await lab.ServerAsync(2);
        var alice = await lab.ReadyClientAsync("alice", 1);
        var bob = await lab.ReadyClientAsync("bob", 2);
        await lab.UntilAsync(() => alice.SessionServers.Count == 2 && bob.SessionServers.Count == 2, "all sessions");
        await Task.Delay(TimeSpan.FromSeconds(3), sim.Time);
        await using var listener = bob.Listen(80);
        foreach (var dead in new[] { 1, 2 })
        {
            using var cut = sim.Network.Cut("10.0.0.2", DmsgLab.ServerAddress(dead));
            var before = sim.Time.Elapsed;
            await using var stream = await alice.DialAsync(bob.LocalKey, 80, CancellationToken.None);
            Assert.True(sim.Time.Elapsed - before < TimeSpan.FromSeconds(1), "raced");
            await stream.WriteAsync("x"u8.ToArray(), CancellationToken.None);

            // The attempt that lost may still reach the peer, late, as a stream that ends at once.
            var buffer = new byte[1];
            while (buffer[0] != 'x')
            {
                await using var accepted = await listener.AcceptAsync(CancellationToken.None);
                await accepted.ReadAsync(buffer, CancellationToken.None);
            }
        }

        await lab.UntilAsync(() => alice.Ports.EphemeralInUse == 0, "no port leaked");
    });

    [Fact]
    public void Session_FirstMuxByte_ComesWellBehindTheHandshake() => SimulationRun.Execute(24, async sim =>
    {
        await using var lab = new DmsgLab(sim);
        using var serverKey = lab.Key("server of 2024");
        var listening = sim.Network.Host("10.0.2.1").Listen(new System.Net.IPEndPoint(System.Net.IPAddress.Any, 8081));
        var table = new StaticDmsgDiscovery([StaticDmsgDiscovery.ServerEntry(serverKey.PublicKey, "10.0.2.1:8081")], null);
        lab.Client("bob", 2, OneSession, table);
        var stream = await listening.AcceptAsync(CancellationToken.None);
        using var handshake = new HandshakeState(HandshakePattern.XK, false, serverKey, default, sim.Entropy.For("s"));
        await NoiseHandshake.RunAsync(stream, handshake, TimeSpan.FromSeconds(5), sim.Time, CancellationToken.None);
        var since = sim.Time.Elapsed;
        await stream.ReadAsync(new byte[100], CancellationToken.None);
        Assert.Equal(100, (sim.Time.Elapsed - since).TotalMilliseconds);
    });

    [Fact]
    public void Dispose_DialsUnderWay_EndAtOnce() => SimulationRun.Execute(25, async sim =>
    {
        await using var lab = new DmsgLab(sim);
        await lab.ServerAsync(1);
        var alice = await lab.ReadyClientAsync("alice", 1, OneSession);
        var bob = await lab.ReadyClientAsync("bob", 2, OneSession);
        await using var listener = bob.Listen(80);
        using var cut = sim.Network.Cut("10.0.0.2", DmsgLab.ServerAddress(1));
        var dialing = alice.DialAsync(bob.LocalKey, 80, CancellationToken.None);
        await Task.Delay(TimeSpan.FromSeconds(1), sim.Time);
        await alice.DisposeAsync();
        Assert.Equal(ProtocolError.ShuttingDown, (await Assert.ThrowsAsync<ProtocolException>(() => dialing)).Error);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => alice.DialAsync(bob.LocalKey, 80, CancellationToken.None));
        Assert.Throws<ObjectDisposedException>(() => alice.Listen(81));
        Assert.Equal(0, alice.Ports.EphemeralInUse);
    });

    [Fact]
    public void SameSeed_GivesTheSameRun()
    {
        Assert.Equal(Run(), Run());

        static string Run() => SimulationRun.ExecuteTraced(22, async sim =>
        {
            sim.Network.DefaultLink = new LinkOptions { Latency = TimeSpan.FromMilliseconds(20), Jitter = TimeSpan.FromMilliseconds(10) };
            await using var lab = new DmsgLab(sim);
            var server = await lab.ServerAsync(1);
            await lab.ServerAsync(2);
            var alice = await lab.ReadyClientAsync("alice", 1);
            var bob = await lab.ReadyClientAsync("bob", 2);
            await using var listener = bob.Listen(80);
            for (var i = 0; i < 5; i++)
            {
                await using var stream = await alice.DialAsync(bob.LocalKey, 80, CancellationToken.None);
                sim.Trace($"dialed {i} from {stream.LocalPort}");
                await using var accepted = await listener.AcceptAsync(CancellationToken.None);
                await stream.WriteAsync(new byte[100_000], CancellationToken.None);
                await ReadAsync(accepted, 100_000);
                sim.Trace("read");
            }

            await server.DisposeAsync();
            await Task.Delay(TimeSpan.FromSeconds(30), sim.Time);
            sim.Trace(string.Join(' ', alice.SessionServers));
        }).TraceDigest;
    }

    private static async Task<DmsgSession> ConnectAsync(SimulationRun sim, DmsgLab lab, SecKey key, string host)
    {
        var settings = new SessionSettings(TimeSpan.FromSeconds(5), TimeSpan.Zero, YamuxOptions.Default, new CauseCounters("test"));
        var stream = await sim.Network.Host(host).ConnectAsync($"{DmsgLab.ServerAddress(1)}:{DmsgLab.ServerPort}", CancellationToken.None);
        var session = await DmsgSession.ConnectAsync(stream, key, lab.ServerKey(1).PublicKey, settings, sim.Entropy.For("raw " + host), sim.Time, CancellationToken.None);
        await session.Mux.PingAsync(CancellationToken.None);
        return session;
    }

    private static async Task<byte[]> ReadAsync(IByteStream stream, int count)
    {
        var data = new byte[count];
        Assert.Equal(count, await stream.FillAsync(data, CancellationToken.None));
        return data;
    }
}
