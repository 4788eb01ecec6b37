using System.Buffers.Binary;
using System.Security.Cryptography;
using Skywire.Crypto;
using Skywire.Noise;
using Skywire.Routing.Tests.Kit;
using Skywire.Testing;
using Skywire.Transport;
using Skywire.Wire;

namespace Skywire.Routing.Tests;

/// <summary>Route groups between visors A, B and C in a chain, set up by a setup node, on virtual time.</summary>
public sealed class RouteGroupTests
{
    private const ushort Port = 44;

    [Fact]
    public void Dial_TwoHops_TrafficBothWaysAndRulesOnTheWay() => SimulationRun.Execute(1, async sim =>
    {
        await using var mesh = new TestMesh(sim);
        var (a, b, c) = await ChainAsync(mesh);
        var (client, server) = await ConnectAsync(a, c);
        Assert.Equal(a.Key, server.Descriptor.SourceKey);
        Assert.Equal(c.Key, client.Descriptor.SourceKey);
        Assert.Equal(Port, client.Descriptor.SourcePort);
        Assert.Equal(2, b.Router.Table.Count);
        Assert.Equal(2, a.Router.Table.Count);
        Assert.All(b.Router.Table.Snapshot(), rule => Assert.Equal(RuleType.Intermediary, rule.Type));
        await client.WriteAsync("hello"u8.ToArray(), CancellationToken.None);
        Assert.Equal("hello"u8.ToArray(), await Io.ReadExactlyAsync(server, 5));
        await server.WriteAsync("and back"u8.ToArray(), CancellationToken.None);
        Assert.Equal("and back"u8.ToArray(), await Io.ReadExactlyAsync(client, 8));
        await client.DisposeAsync();
        Assert.Empty(await Io.ReadToEndAsync(server));
        await server.DisposeAsync();
        await Task.Delay(TimeSpan.FromSeconds(3), sim.Time);
        Assert.Equal((0, 0, 0), (a.Router.Table.Count, b.Router.Table.Count, c.Router.Table.Count));
        Assert.Empty(a.Router.Groups);
        Assert.Empty(c.Router.Groups);
        Assert.Equal(1, mesh.SetupNode.Succeeded);
    });

    [Fact]
    public void Stream_TenMegabytesBothWays_ArrivesWhole() => SimulationRun.Execute(2, async sim =>
    {
        const int Size = 10 * 1024 * 1024;
        await using var mesh = new TestMesh(sim);
        var (a, b, c) = await ChainAsync(mesh);
        var (client, server) = await ConnectAsync(a, c);
        var (up, down) = (Io.Pattern(Size, 1), Io.Pattern(Size, 2));
        var sums = await Task.WhenAll(SumAsync(server, Size), SumAsync(client, Size), SendAsync(client, up), SendAsync(server, down));
        Assert.Equal(Convert.ToHexString(SHA256.HashData(up)), sums[0]);
        Assert.Equal(Convert.ToHexString(SHA256.HashData(down)), sums[1]);
        Assert.Equal(Size, client.SentBytes);
        Assert.Equal(Size, client.ReceivedBytes);
        Assert.Empty(b.Router.Causes.Snapshot());
    });

    [Fact]
    public void ReadMessage_WritesOfUpTo4070Bytes_StayOneMessageEach() => SimulationRun.Execute(3, async sim =>
    {
        await using var mesh = new TestMesh(sim);
        var (a, _, c) = await ChainAsync(mesh);
        var (client, server) = await ConnectAsync(a, c);
        int[] sizes = [1, 4037, 4038, 4070, 2];
        foreach (var size in sizes)
        {
            await client.WriteAsync(Io.Pattern(size, size), CancellationToken.None);
        }

        var buffer = new byte[8192];
        foreach (var size in sizes)
        {
            var n = await server.ReadMessageAsync(buffer, CancellationToken.None);
            Assert.Equal(Io.Pattern(size, size), buffer[..n]);
        }

        await client.WriteAsync(Io.Pattern(10_000, 9), CancellationToken.None);
        foreach (var size in new[] { 4037, 4037, 1926 })
        {
            Assert.Equal(size, await server.ReadMessageAsync(buffer, CancellationToken.None));
        }

        await client.WriteAsync(Io.Pattern(100, 10), CancellationToken.None);
        await client.WriteAsync(Io.Pattern(100, 11), CancellationToken.None);
        Assert.Equal(60, await server.ReadMessageAsync(buffer.AsMemory(0, 60), default));
        Assert.Equal(40, await server.ReadMessageAsync(buffer.AsMemory(60), default));
        Assert.Equal(Io.Pattern(100, 10), buffer[..100]);
        Assert.Equal(Io.Pattern(100, 11), await Io.ReadExactlyAsync(server, 100));
    });

    [Fact]
    public void Read_ManySmallMessages_AreJoinedIntoOneCall() => SimulationRun.Execute(4, async sim =>
    {
        await using var mesh = new TestMesh(sim);
        var (a, _, c) = await ChainAsync(mesh);
        var (client, server) = await ConnectAsync(a, c);
        for (var i = 0; i < 50; i++)
        {
            await client.WriteAsync(new byte[] { (byte)i }, CancellationToken.None);
        }

        await Task.Delay(TimeSpan.FromSeconds(1), sim.Time);
        var buffer = new byte[4096];
        Assert.Equal(50, await server.ReadAsync(buffer, CancellationToken.None));
        Assert.Equal(Enumerable.Range(0, 50).Select(i => (byte)i), buffer[..50]);
    });

    [Fact]
    public void Packets_OnTheWire_FitOneHopFrameAndCarryOneNoiseFrame() => SimulationRun.Execute(5, async sim =>
    {
        await using var mesh = new TestMesh(sim);
        var (a, b) = (await mesh.AddAsync("a"), await mesh.AddAsync("b"));
        var (atA, _) = mesh.Link(a, b);
        var packets = new List<byte[]>();
        atA.Observe = packets.Add;
        var (client, server) = await ConnectAsync(a, b);
        await client.WriteAsync(new byte[20_000], CancellationToken.None);
        await Io.ReadExactlyAsync(server, 20_000);
        Assert.Equal([3, 1, 1], packets[0][..1].Concat(packets[0][PacketHeader.Size..]).Append((byte)packets.Count(packet => packet[0] == 3)));
        var data = packets.Where(packet => packet[0] == 0).ToList();
        Assert.Equal(51, data[0].Length - PacketHeader.Size);
        Assert.All(data, packet =>
        {
            Assert.True(packet.Length <= NoiseFrame.MaxPlaintext);
            Assert.Equal(packet.Length - PacketHeader.Size - 2, BinaryPrimitives.ReadUInt16BigEndian(packet.AsSpan(PacketHeader.Size)));
        });
        Assert.Equal(NoiseFrame.MaxPlaintext, data[1].Length);
    });

    [Fact]
    public void Read_ReaderStops_OthersOnTheSameTransportGoOnAfterThePatience() => SimulationRun.Execute(6, async sim =>
    {
        await using var mesh = new TestMesh(sim);
        var (a, b, c) = await ChainAsync(mesh, options => options with { Router = options.Router with { ReceiveBuffer = 64 * 1024 } });
        var listener = c.Router.Listen(Port);
        var (stuck, stuckServer) = await ConnectAsync(a, c, listener);
        var (lively, livelyServer) = await ConnectAsync(a, c, listener);
        var fill = WriteUntilEndAsync(stuck);
        await Task.Delay(TimeSpan.FromSeconds(1), sim.Time);
        var start = sim.Time.GetTimestamp();
        await lively.WriteAsync(new byte[1000], CancellationToken.None);
        await Io.ReadExactlyAsync(livelyServer, 1000);
        Assert.InRange(sim.Time.GetElapsedTime(start), TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(11));
        Assert.Equal(ProtocolError.ReceiverTooSlow, ((RouteGroup)stuckServer).CloseCause);
        Assert.Equal(1, c.Router.Causes[ProtocolError.ReceiverTooSlow]);
        Assert.Contains("did not read", (await fill).Message, StringComparison.Ordinal);
        await SendAsync(lively, new byte[100_000]);
        await Io.ReadExactlyAsync(livelyServer, 100_000);

        // What had arrived before is still the app's to read, then it learns the cause.
        var error = await Assert.ThrowsAsync<ProtocolException>(() => Io.ReadToEndAsync(stuckServer));
        Assert.Equal(ProtocolError.ReceiverTooSlow, error.Error);
        Assert.True(stuckServer.ReceivedBytes > 50_000);
    });

    [Fact]
    public void Read_ReaderStops_OtherTransportsOfTheVisorNotice_Nothing() => SimulationRun.Execute(7, async sim =>
    {
        await using var mesh = new TestMesh(sim);
        var (a, b, c) = await ChainAsync(mesh, options => options with { Router = options.Router with { ReceiveBuffer = 64 * 1024 } });
        var d = await mesh.AddAsync("d");
        mesh.Link(d, c);
        var listener = c.Router.Listen(Port);
        var (stuck, _) = await ConnectAsync(a, c, listener);
        var (lively, livelyServer) = await ConnectAsync(d, c, listener);
        var fill = WriteUntilEndAsync(stuck);
        await Task.Delay(TimeSpan.FromSeconds(1), sim.Time);
        var start = sim.Time.GetTimestamp();
        var transfer = SendAsync(lively, new byte[1_000_000]);
        await Io.ReadExactlyAsync(livelyServer, 1_000_000);
        await transfer;
        Assert.Equal(TimeSpan.Zero, sim.Time.GetElapsedTime(start));
        await fill;
    });

    [Fact]
    public void Read_SlowReader_PushesBackOnTheWriterWithoutLoss() => SimulationRun.Execute(8, async sim =>
    {
        await using var mesh = new TestMesh(sim);
        var (a, b, c) = await ChainAsync(mesh, options => options with { Router = options.Router with { ReceiveBuffer = 64 * 1024 } });
        var (client, server) = await ConnectAsync(a, c);
        var data = Io.Pattern(2_000_000, 8);
        var send = SendAsync(client, data);
        var received = new MemoryStream();
        var buffer = new byte[20_000];
        while (received.Length < data.Length)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(200), sim.Time);
            Assert.True(((RouteGroup)server).HeldBytes <= 64 * 1024);
            received.Write(buffer, 0, await server.ReadAsync(buffer, CancellationToken.None));
        }

        await send;
        Assert.Equal(data, received.ToArray());
        Assert.Equal(0, c.Router.Causes[ProtocolError.ReceiverTooSlow]);
    });

    [Fact]
    public void Data_LostOnTheWay_EndsTheStreamInsteadOfAHole() => SimulationRun.Execute(9, async sim =>
    {
        await using var mesh = new TestMesh(sim);
        var (a, b) = (await mesh.AddAsync("a"), await mesh.AddAsync("b"));
        var (atA, _) = mesh.Link(a, b);
        var (client, server) = await ConnectAsync(a, b);
        await client.WriteAsync("first"u8.ToArray(), CancellationToken.None);
        atA.Drop = header => header.Type == PacketType.Data;
        await client.WriteAsync("lost"u8.ToArray(), CancellationToken.None);
        atA.Drop = null;
        await client.WriteAsync("third"u8.ToArray(), CancellationToken.None);
        await client.WriteAsync("fourth"u8.ToArray(), CancellationToken.None);
        Assert.Equal("first"u8.ToArray(), await Io.ReadExactlyAsync(server, 5));
        for (var i = 0; i < 3; i++)
        {
            var error = await Assert.ThrowsAsync<ProtocolException>(async () => await server.ReadAsync(new byte[100], CancellationToken.None));
            Assert.Equal(ProtocolError.LostRecord, error.Error);
        }

        Assert.Equal(1, b.Router.Causes[ProtocolError.LostRecord]);
        Assert.Empty(await Io.ReadToEndAsync(client));
        Assert.Contains("lost", client.CloseReason, StringComparison.Ordinal);
    });

    [Fact]
    public void Data_Forged_EndsTheStream() => SimulationRun.Execute(10, async sim =>
    {
        await using var mesh = new TestMesh(sim);
        var (a, b) = (await mesh.AddAsync("a"), await mesh.AddAsync("b"));
        var (atA, atB) = mesh.Link(a, b);
        var (client, server) = await ConnectAsync(a, b);
        var id = ((RouteGroup)server).Consume.KeyRouteId;
        foreach (var (payload, cause) in new[] { (new byte[5], ProtocolError.RecordTooShort), })
        {
            var packet = new byte[PacketHeader.Size + payload.Length];
            new PacketHeader(PacketType.Data, id, (ushort)payload.Length).Write(packet);
            Assert.True(b.Router.TryHandle(atB, PacketHeader.Read(packet), packet));
            var error = await Assert.ThrowsAsync<ProtocolException>(async () => await server.ReadAsync(new byte[100], CancellationToken.None));
            Assert.Equal(cause, error.Error);
        }

        var (_, second) = await ConnectAsync(a, b);
        var forged = new byte[PacketHeader.Size + 2 + 40];
        new PacketHeader(PacketType.Data, ((RouteGroup)second).Consume.KeyRouteId, 42).Write(forged);
        forged[PacketHeader.Size + 1] = 40;
        forged[PacketHeader.Size + 9] = 1;
        Assert.True(b.Router.TryHandle(atB, PacketHeader.Read(forged), forged));
        var bad = await Assert.ThrowsAsync<ProtocolException>(async () => await second.ReadAsync(new byte[100], CancellationToken.None));
        Assert.Equal(ProtocolError.BadTag, bad.Error);
    });

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(20)]
    public void Handshake_FirstPacketsLostEitherWay_IsRepeatedUntilItArrives(int lost) => SimulationRun.Execute(11, async sim =>
    {
        await using var mesh = new TestMesh(sim);
        var (a, b) = (await mesh.AddAsync("a"), await mesh.AddAsync("b"));
        var (atA, atB) = mesh.Link(a, b);
        var (left, right) = (lost, lost / 2);
        atA.Drop = header => header.Type == PacketType.Handshake && left-- > 0;
        atB.Drop = header => header.Type == PacketType.Handshake && right-- > 0;
        var start = sim.Time.GetTimestamp();
        var (client, server) = await ConnectAsync(a, b);
        Assert.InRange(sim.Time.GetElapsedTime(start), TimeSpan.FromMilliseconds(300 * lost), TimeSpan.FromMilliseconds(300 * ((lost * 2) + 1)));
        await client.WriteAsync(new byte[10], CancellationToken.None);
        await Io.ReadExactlyAsync(server, 10);
    });

    [Fact]
    public void Handshake_NeverAnswered_FailsWithTheReasonAndLeavesNothing() => SimulationRun.Execute(12, async sim =>
    {
        await using var mesh = new TestMesh(sim);
        var (a, b) = (await mesh.AddAsync("a"), await mesh.AddAsync("b"));
        var (_, atB) = mesh.Link(a, b);
        b.Router.Listen(Port);
        atB.Drop = _ => true;
        var error = await Assert.ThrowsAsync<ProtocolException>(() => a.Router.DialAsync(b.Key, Port, RouteDialOptions.Default, CancellationToken.None));
        Assert.Equal(ProtocolError.HandshakeTimeout, error.Error);
        Assert.Contains("no handshake came", error.Message, StringComparison.Ordinal);
        await Task.Delay(TimeSpan.FromSeconds(70), sim.Time);
        Assert.Empty(a.Router.Groups);
        Assert.Empty(b.Router.Groups);
        Assert.Equal(0, a.Router.Table.Count + b.Router.Table.Count);
        Assert.Equal(0, a.Router.Table.ReservedCount + b.Router.Table.ReservedCount);
    });

    [Fact]
    public void Handshake_PeerWantsNoEncryption_IsRefusedUnlessAllowed() => SimulationRun.Execute(13, async sim =>
    {
        foreach (var allowed in new[] { false, true })
        {
            await using var mesh = new TestMesh(sim);
            var a = await mesh.AddAsync("a");
            var b = await mesh.AddAsync("b", options => options with { Router = options.Router with { AllowClear = allowed } });
            var (atA, atB) = mesh.Link(a, b);
            var listener = b.Router.Listen(Port);
            var descriptor = new RouteDescriptor(a.Key, b.Key, 50000, Port);
            var ids = b.Router.ReserveIds(mesh.SetupKey.PublicKey, 2)!;
            var reply = new List<byte[]>();
            atB.Observe = reply.Add;
            Assert.Equal("", b.Router.AddEdgeRules(mesh.SetupKey.PublicKey, new(
                descriptor,
                RoutingRule.Forward(TimeSpan.FromSeconds(30), ids[0], 77, atB.Id, descriptor.Inverted).ToBytes(),
                RoutingRule.Consume(TimeSpan.FromSeconds(30), ids[1], descriptor).ToBytes())));
            Assert.True(atA.TrySend(PacketType.Handshake, ids[1], [0]));
            Assert.True(atA.TrySend(PacketType.Data, ids[1], "in clear"u8));
            await Task.Delay(TimeSpan.FromSeconds(1), sim.Time);
            if (allowed)
            {
                var server = await listener.AcceptAsync(CancellationToken.None);
                Assert.Equal("in clear"u8.ToArray(), await Io.ReadExactlyAsync(server, 8));
                await server.WriteAsync("also"u8.ToArray(), CancellationToken.None);
                Assert.Equal("also"u8.ToArray(), reply[^1][PacketHeader.Size..]);
                Assert.Equal(0, reply[0][PacketHeader.Size]);
            }
            else
            {
                Assert.Equal(1, b.Router.Causes[ProtocolError.BadHandshake]);
                Assert.Contains(reply, packet => packet[0] == (byte)PacketType.Close);
            }
        }
    });

    [Fact]
    public void Dial_NobodyListens_GivesTheTextOfTheDestination() => SimulationRun.Execute(14, async sim =>
    {
        await using var mesh = new TestMesh(sim);
        var (a, _, c) = await ChainAsync(mesh);
        var error = await Assert.ThrowsAsync<ProtocolException>(() => a.Router.DialAsync(c.Key, 1234, RouteDialOptions.Default, CancellationToken.None));
        Assert.Equal(ProtocolError.NoListener, error.Error);
        Assert.Equal("no listener on port 1234", error.Message);
        Assert.Equal(1, c.Router.Causes[ProtocolError.NoListener]);
    });

    [Fact]
    public void Listen_AppDoesNotAccept_FurtherDialsAreRefusedWithAReason() => SimulationRun.Execute(15, async sim =>
    {
        await using var mesh = new TestMesh(sim);
        var a = await mesh.AddAsync("a");
        var b = await mesh.AddAsync("b", options => options with { Router = options.Router with { AcceptBacklog = 2 } });
        mesh.Link(a, b);
        await using var listener = b.Router.Listen(Port);
        for (var i = 0; i < 2; i++)
        {
            await a.Router.DialAsync(b.Key, Port, RouteDialOptions.Default, CancellationToken.None);
        }

        var error = await Assert.ThrowsAsync<ProtocolException>(() => a.Router.DialAsync(b.Key, Port, RouteDialOptions.Default, CancellationToken.None));
        Assert.Contains("busy", error.Message, StringComparison.Ordinal);
        Assert.Throws<ProtocolException>(() => b.Router.Listen(Port));
        await listener.AcceptAsync(CancellationToken.None);
        await a.Router.DialAsync(b.Key, Port, RouteDialOptions.Default, CancellationToken.None);
    });

    [Fact]
    public void Listener_Disposed_EndsAcceptAndTellsWaitingPeers() => SimulationRun.Execute(16, async sim =>
    {
        await using var mesh = new TestMesh(sim);
        var (a, _, c) = await ChainAsync(mesh);
        var listener = c.Router.Listen(Port);
        var client = await a.Router.DialAsync(c.Key, Port, RouteDialOptions.Default, CancellationToken.None);
        await Task.Delay(TimeSpan.FromSeconds(1), sim.Time);
        await listener.DisposeAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await listener.AcceptAsync(CancellationToken.None));
        Assert.Empty(await Io.ReadToEndAsync(client));
        Assert.Equal("no listener on port 44", client.CloseReason);
        await c.Router.Listen(Port).DisposeAsync();
    });

    [Fact]
    public void Ping_EveryThreeSeconds_MeasuresTheRoundTripAndKeepsShortRulesAlive() => SimulationRun.Execute(17, async sim =>
    {
        await using var mesh = new TestMesh(sim);
        var (a, b, c) = await ChainAsync(mesh, options => options with { Router = options.Router with { RuleKeepAlive = TimeSpan.FromSeconds(4) } });
        foreach (var end in new[] { a, b, c }.SelectMany(visor => visor.Transports.All))
        {
            ((TestTransport)end).Delay = TimeSpan.FromMilliseconds(25);
        }

        var (client, server) = await ConnectAsync(a, c);
        Assert.Null(client.RoundTrip);
        await Task.Delay(TimeSpan.FromMinutes(5), sim.Time);
        Assert.Equal(TimeSpan.FromMilliseconds(100), client.RoundTrip);
        Assert.Equal(2, b.Router.Table.Count);
        await client.WriteAsync(new byte[1], CancellationToken.None);
        await Io.ReadExactlyAsync(server, 1);
    });

    [Fact]
    public void Peer_GoesSilent_BothEndsLearnItAndRelaysForgetTheRoute() => SimulationRun.Execute(18, async sim =>
    {
        await using var mesh = new TestMesh(sim);
        var (a, b, c) = await ChainAsync(mesh);
        var (client, server) = await ConnectAsync(a, c);
        await Task.Delay(TimeSpan.FromSeconds(10), sim.Time);
        foreach (var end in b.Transports.All)
        {
            ((TestTransport)end).Drop = _ => true;
        }

        var start = sim.Time.GetTimestamp();
        var error = await Assert.ThrowsAsync<ProtocolException>(async () => await client.ReadAsync(new byte[1], CancellationToken.None));
        Assert.Equal(ProtocolError.KeepAliveTimeout, error.Error);
        Assert.InRange(sim.Time.GetElapsedTime(start), TimeSpan.FromSeconds(55), TimeSpan.FromSeconds(65));
        await Task.Delay(TimeSpan.FromMinutes(3), sim.Time);
        Assert.Equal(0, a.Router.Table.Count + b.Router.Table.Count + c.Router.Table.Count);
    });

    [Fact]
    public void Transport_GoesDown_GroupEndsAtOnceWithTheCause() => SimulationRun.Execute(19, async sim =>
    {
        await using var mesh = new TestMesh(sim);
        var (a, b) = (await mesh.AddAsync("a"), await mesh.AddAsync("b"));
        var (atA, _) = mesh.Link(a, b);
        var (client, _) = await ConnectAsync(a, b);
        atA.Close();
        a.Transports.Remove(atA);
        var error = await Assert.ThrowsAsync<ProtocolException>(async () => await client.ReadAsync(new byte[1], CancellationToken.None));
        Assert.Equal(ProtocolError.TransportClosed, error.Error);
        await Assert.ThrowsAsync<ProtocolException>(async () => await client.WriteAsync(new byte[1], CancellationToken.None));
    });

    [Fact]
    public void AddEdgeRules_SameDescriptorAgain_ReplacesOnceOpenAndIsRefusedWhileOpening() => SimulationRun.Execute(20, async sim =>
    {
        await using var mesh = new TestMesh(sim);
        var (a, b) = (await mesh.AddAsync("a"), await mesh.AddAsync("b"));
        mesh.Link(a, b);
        var listener = b.Router.Listen(Port);
        var options = RouteDialOptions.Default with { LocalPort = 5000 };
        var first = await a.Router.DialAsync(b.Key, Port, options, CancellationToken.None);
        var firstServer = await listener.AcceptAsync(CancellationToken.None);
        var taken = await Assert.ThrowsAsync<ProtocolException>(() => a.Router.DialAsync(b.Key, Port, options, CancellationToken.None));
        Assert.Equal(ProtocolError.PortTaken, taken.Error);

        // The dialler restarts: the responder still holds the old group when the new one of the same descriptor comes.
        var atB = b.Transports.All.Single();
        var descriptor = new RouteDescriptor(a.Key, b.Key, 5000, Port);
        var ids = b.Router.ReserveIds(mesh.SetupKey.PublicKey, 4)!;
        EdgeRules Rules(int at) => new(descriptor, RoutingRule.Forward(TimeSpan.FromSeconds(30), ids[at], 77, atB.Id, descriptor.Inverted).ToBytes(), RoutingRule.Consume(TimeSpan.FromSeconds(30), ids[at + 1], descriptor).ToBytes());
        Assert.Equal("", b.Router.AddEdgeRules(mesh.SetupKey.PublicKey, Rules(0)));
        Assert.Contains("being set up", b.Router.AddEdgeRules(mesh.SetupKey.PublicKey, Rules(2)), StringComparison.Ordinal);
        await first.WriteAsync(new byte[3], CancellationToken.None);
        await Io.ReadExactlyAsync(firstServer, 3);
    });

    [Fact]
    public void DialSelf_WithoutAnyTransport_WorksThroughTheRouter() => SimulationRun.Execute(21, async sim =>
    {
        await using var mesh = new TestMesh(sim);
        var a = await mesh.AddAsync("a");
        var (client, server) = await ConnectAsync(a, a);
        var data = Io.Pattern(10_000_000, 1);
        var send = SendAsync(client, data);
        Assert.Equal(data, await Io.ReadExactlyAsync(server, data.Length));
        await send;
        await server.WriteAsync(new byte[5], CancellationToken.None);
        Assert.Equal(5, await client.ReadAsync(new byte[10], CancellationToken.None));
        await server.DisposeAsync();
        Assert.Empty(await Io.ReadToEndAsync(client));
        await client.DisposeAsync();
        await Task.Delay(TimeSpan.FromSeconds(3), sim.Time);
        Assert.Equal(0, a.Router.Table.Count);
        var error = await Assert.ThrowsAsync<ProtocolException>(() => a.Router.DialAsync(a.Key, 999, RouteDialOptions.Default, CancellationToken.None));
        Assert.Equal(ProtocolError.NoListener, error.Error);
    });

    [Fact]
    public void Messages_SteadyTrafficThroughTheRouter_AllocateNothing() => SimulationRun.Execute(22, async sim =>
    {
        await using var mesh = new TestMesh(sim);
        var a = await mesh.AddAsync("a");
        var (client, server) = await ConnectAsync(a, a);
        var (data, buffer) = (new byte[4037 * 3], new byte[16384]);
        for (var i = 0; i < 500; i++)
        {
            Cycle();
        }

        var allocated = AllocationMeasurement.LeastBytes(() =>
        {
            for (var i = 0; i < 2000; i++)
            {
                Cycle();
            }
        });
        Assert.Equal(0, allocated);

        void Cycle()
        {
            var write = client.WriteAsync(data, CancellationToken.None);
            Assert.True(write.IsCompletedSuccessfully);
            var total = 0;
            while (total < data.Length)
            {
                var read = server.ReadAsync(buffer, CancellationToken.None);
                if (!read.IsCompletedSuccessfully)
                {
                    throw new InvalidOperationException("the data should be there");
                }

                total += read.Result;
            }
        }
    });

    [Fact]
    public void Write_CancelledWhileFull_LeavesNoHole() => SimulationRun.Execute(23, async sim =>
    {
        await using var mesh = new TestMesh(sim);
        var (a, b) = (await mesh.AddAsync("a"), await mesh.AddAsync("b"));
        var (atA, _) = mesh.Link(a, b, capacity: 8 * 1024);
        var (client, server) = await ConnectAsync(a, b);
        atA.Delay = TimeSpan.FromSeconds(1);
        using var cancel = new CancellationTokenSource(TimeSpan.FromMilliseconds(100), sim.Time);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await client.WriteAsync(Io.Pattern(40_370, 5), cancel.Token));
        var sent = (int)client.SentBytes;
        Assert.InRange(sent, 4037, 40_369);
        await client.WriteAsync("tail"u8.ToArray(), CancellationToken.None);
        Assert.Equal(Io.Pattern(40_370, 5)[..sent].Concat("tail"u8.ToArray()), await Io.ReadExactlyAsync(server, sent + 4));
    });

    [Fact]
    public void Dispose_RightAfterWriting_PeerStillReadsEverything() => SimulationRun.Execute(24, async sim =>
    {
        await using var mesh = new TestMesh(sim);
        var (a, _, c) = await ChainAsync(mesh);
        var (client, server) = await ConnectAsync(a, c);
        await client.WriteAsync(Io.Pattern(30_000, 1), CancellationToken.None);
        await client.DisposeAsync();
        Assert.Equal(Io.Pattern(30_000, 1), await Io.ReadToEndAsync(server));
        await Assert.ThrowsAsync<ProtocolException>(async () => await client.ReadAsync(new byte[1], CancellationToken.None));
        client.Abort();
        await client.DisposeAsync();
    });

    [Fact]
    public void Router_Disposed_PeersSeeTheReason() => SimulationRun.Execute(25, async sim =>
    {
        await using var mesh = new TestMesh(sim);
        var (a, _, c) = await ChainAsync(mesh);
        var (client, _) = await ConnectAsync(a, c);
        await c.Routing.DisposeAsync();
        Assert.Empty(await Io.ReadToEndAsync(client));
        Assert.Equal("the peer is shutting down", client.CloseReason);
        Assert.Equal(0, c.Router.Table.Count);
    });

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Relays_RingOfRoutesWithTinyBuffers_NeverLocksUpForGood(int seed) => SimulationRun.Execute(seed, async sim =>
    {
        await using var mesh = new TestMesh(sim);
        TestVisor[] visors = [await mesh.AddAsync("a"), await mesh.AddAsync("b"), await mesh.AddAsync("c")];
        for (var i = 0; i < 3; i++)
        {
            mesh.Link(visors[i], visors[(i + 1) % 3], capacity: 9 * 1024);
        }

        // Each route goes two hops round the ring, so every transport's buffer can wait for the next one's.
        var transfers = new List<Task<bool>>();
        for (var i = 0; i < 3; i++)
        {
            transfers.Add(TransferAsync(visors[i], visors[(i + 2) % 3], (ushort)(100 + i)));
        }

        await Task.WhenAll(transfers);
        Assert.True(sim.Time.Elapsed < TimeSpan.FromMinutes(2), sim.Time.Elapsed.ToString());
        for (var i = 0; i < 3; i++)
        {
            Assert.True(await TransferAsync(visors[i], visors[(i + 2) % 3], (ushort)(200 + i)));
        }

        async Task<bool> TransferAsync(TestVisor from, TestVisor to, ushort port)
        {
            const int Size = 500_000;
            await using var listener = to.Router.Listen(port);
            var accept = listener.AcceptAsync(CancellationToken.None).Stay();
            await using var client = await from.Router.DialAsync(to.Key, port, RouteDialOptions.Default with { MinHops = 2 }, CancellationToken.None);
            await using var server = await accept;
            var send = SendAsync(client, new byte[Size]);
            try
            {
                await Io.ReadExactlyAsync(server, Size);
                await send;
                return true;
            }
            catch (ProtocolException e)
            {
                Assert.True(e.Error is ProtocolError.LostRecord or ProtocolError.RouteClosed, e.ToString());
                await Assert.ThrowsAsync<ProtocolException>(() => send);
                return false;
            }
        }
    });

    internal static async Task<(TestVisor A, TestVisor B, TestVisor C)> ChainAsync(TestMesh mesh, Func<VisorRoutingOptions, VisorRoutingOptions>? change = null)
    {
        var (a, b, c) = (await mesh.AddAsync("a", change), await mesh.AddAsync("b", change), await mesh.AddAsync("c", change));
        mesh.Link(a, b);
        mesh.Link(b, c);
        return (a, b, c);
    }

    internal static async Task<(IRouteConnection Client, IRouteConnection Server)> ConnectAsync(TestVisor from, TestVisor to, IRouteListener? listener = null)
    {
        await using var own = listener is null ? to.Router.Listen(Port) : null;
        var accept = (listener ?? own!).AcceptAsync(CancellationToken.None).Stay();
        var client = await from.Router.DialAsync(to.Key, Port, RouteDialOptions.Default, CancellationToken.None);
        return (client, await accept);
    }

    private static async Task<string> SendAsync(IRouteConnection connection, byte[] data)
    {
        for (var at = 0; at < data.Length; at += 32 * 1024)
        {
            await connection.WriteAsync(data.AsMemory(at, Math.Min(32 * 1024, data.Length - at)), CancellationToken.None);
        }

        return "";
    }

    private static async Task<string> SumAsync(IRouteConnection connection, int count) => Convert.ToHexString(SHA256.HashData(await Io.ReadExactlyAsync(connection, count)));

    private static async Task<ProtocolException> WriteUntilEndAsync(IRouteConnection connection)
    {
        while (true)
        {
            try
            {
                await connection.WriteAsync(new byte[4000], CancellationToken.None);
            }
            catch (ProtocolException e)
            {
                return e;
            }
        }
    }
}
