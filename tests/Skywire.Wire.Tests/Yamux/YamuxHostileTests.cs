// What a hostile, broken or dead peer can do to a session.
using Skywire.Testing;
using Skywire.Wire.Yamux;

namespace Skywire.Wire.Tests.Yamux;

public sealed class YamuxHostileTests : TestBase
{
    private static readonly YamuxOptions Quiet = new() { KeepAliveInterval = Timeout.InfiniteTimeSpan };

    public static TheoryData<string, ProtocolError> FatalFrames => new()
    {
        { "010000000000000100000000", ProtocolError.BadMuxFrame }, // version
        { "000400000000000100000000", ProtocolError.BadMuxFrame }, // type
        { "000100010000000200000000", ProtocolError.BadMuxFrame }, // SYN with our own kind of ID
        { "000100010000000000000000", ProtocolError.BadMuxFrame }, // SYN of stream 0
        { "000100010000000100000000000100010000000100000000", ProtocolError.BadMuxFrame }, // SYN twice
        { "000100010000000100000000000000000000000100040001", ProtocolError.WindowExceeded }, // one byte too many
        { "0001000100000001000000000000000000000001ffffffff", ProtocolError.WindowExceeded },
        { "000300000000000000000001", ProtocolError.BadMuxFrame }, // the peer says we broke the protocol
    };

    [Theory]
    [MemberData(nameof(FatalFrames))]
    public async Task Frames_AgainstTheProtocol_EndTheSession(string hex, ProtocolError expected)
    {
        var bytes = Convert.FromHexString(hex);
        for (var cut = 0; cut <= bytes.Length; cut++)
        {
            var counters = new CauseCounters("mux");
            var (session, peer) = RawPeer.Connect(client: false, Quiet, counters: counters);
            await using var owned = session;
            await using var alsoOwned = peer;
            await peer.SendAsync(bytes[..cut], Deadline);
            await peer.SendAsync(bytes[cut..], Deadline);
            await session.Completion.WaitAsync(Deadline);
            Assert.Equal(expected, session.CloseCause);
            Assert.Equal(1, counters[expected]);
            Assert.Equal(0, session.StreamCount);
        }
    }

    [Fact]
    public async Task Frames_ProtocolBroken_PeerIsTold()
    {
        var (session, peer) = RawPeer.Connect(client: false, Quiet);
        await using var owned = session;
        await using var alsoOwned = peer;
        await peer.SendAsync(new byte[] { 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9 }, Deadline);
        await peer.ExpectAsync(new YamuxFrame(YamuxFrameType.GoAway, YamuxFlags.None, 0, YamuxFrame.ProtocolBroken), Deadline);
        Assert.True(await peer.IsEndAsync(Deadline));
    }

    [Fact]
    public async Task Frames_UnknownStream_DataIsSkipped()
    {
        var (session, peer) = RawPeer.Connect(client: false, Quiet);
        await using var owned = session;
        await using var alsoOwned = peer;
        await peer.SendAsync(new YamuxFrame(YamuxFrameType.Data, YamuxFlags.None, 77, 100_000), Deadline, new byte[100_000]);
        await peer.SendAsync(new YamuxFrame(YamuxFrameType.WindowUpdate, YamuxFlags.Fin, 79, 5), Deadline);
        await peer.SendAsync(new YamuxFrame(YamuxFrameType.WindowUpdate, YamuxFlags.Rst, 81, 0), Deadline);
        await peer.SendAsync(new YamuxFrame(YamuxFrameType.Ping, YamuxFlags.Ack, 0, 99), Deadline);
        await peer.SendAsync(new YamuxFrame(YamuxFrameType.Ping, YamuxFlags.Syn, 0, 0xdeadbeef), Deadline);
        await peer.ExpectAsync(new YamuxFrame(YamuxFrameType.Ping, YamuxFlags.Ack, 0, 0xdeadbeef), Deadline);
        Assert.Equal(0, session.StreamCount);
    }

    [Fact]
    public async Task Frames_DataWithSynAndFin_OneStreamWhole()
    {
        var (session, peer) = RawPeer.Connect(client: false, Quiet);
        await using var owned = session;
        await using var alsoOwned = peer;
        await peer.SendAsync(new YamuxFrame(YamuxFrameType.Data, YamuxFlags.Syn | YamuxFlags.Fin, 1, 3), Deadline, "abc"u8.ToArray());
        var stream = await session.AcceptAsync(Deadline);
        Assert.Equal("abc"u8.ToArray(), await YamuxSessionTests.ReadAllAsync(stream, Deadline));
    }

    [Fact]
    public async Task Syn_BacklogFull_IsRefusedWithReset()
    {
        var counters = new CauseCounters("mux");
        var (session, peer) = RawPeer.Connect(client: false, Quiet with { Backlog = 3 }, counters: counters);
        await using var owned = session;
        await using var alsoOwned = peer;
        for (var i = 0u; i < 5; i++)
        {
            await peer.SendAsync(new YamuxFrame(YamuxFrameType.Data, YamuxFlags.Syn, 1 + (2 * i), 4), Deadline, new byte[4]);
        }

        await peer.ExpectAsync(new YamuxFrame(YamuxFrameType.WindowUpdate, YamuxFlags.Rst, 7, 0), Deadline);
        await peer.ExpectAsync(new YamuxFrame(YamuxFrameType.WindowUpdate, YamuxFlags.Rst, 9, 0), Deadline);
        Assert.Equal(2, counters[ProtocolError.BacklogFull]);
        await session.AcceptAsync(Deadline);
        await peer.ExpectAsync(new YamuxFrame(YamuxFrameType.WindowUpdate, YamuxFlags.Ack, 1, 0), Deadline);
        await peer.SendAsync(new YamuxFrame(YamuxFrameType.WindowUpdate, YamuxFlags.Syn, 11, 0), Deadline);
        for (var i = 0; i < 3; i++)
        {
            await session.AcceptAsync(Deadline);
        }
    }

    [Fact]
    public async Task Syn_AfterGoAway_IsRefused()
    {
        var (session, peer) = RawPeer.Connect(client: false, Quiet);
        await using var owned = session;
        await using var alsoOwned = peer;
        session.GoAway();
        await peer.ExpectAsync(new YamuxFrame(YamuxFrameType.GoAway, YamuxFlags.None, 0, YamuxFrame.NormalEnd), Deadline);
        await peer.SendAsync(new YamuxFrame(YamuxFrameType.WindowUpdate, YamuxFlags.Syn, 1, 0), Deadline);
        await peer.ExpectAsync(new YamuxFrame(YamuxFrameType.WindowUpdate, YamuxFlags.Rst, 1, 0), Deadline);
    }

    [Fact]
    public async Task Data_ManyUnreadStreams_TheOneOverTheLimitIsReset()
    {
        var (session, peer) = RawPeer.Connect(client: false, Quiet with { MaxBuffered = YamuxFrame.InitialWindow * 2 });
        await using var owned = session;
        await using var alsoOwned = peer;
        for (var i = 0u; i < 3; i++)
        {
            await peer.SendAsync(new YamuxFrame(YamuxFrameType.Data, YamuxFlags.Syn, 1 + (2 * i), YamuxFrame.InitialWindow), Deadline, new byte[YamuxFrame.InitialWindow]);
        }

        await peer.ExpectAsync(new YamuxFrame(YamuxFrameType.WindowUpdate, YamuxFlags.Rst, 5, 0), Deadline);
        Assert.Equal(2, session.StreamCount);
    }

    [Fact]
    public async Task Data_StreamClosedHere_ResetOnceThePeerHasUsedUpItsWindow()
    {
        var (session, peer) = RawPeer.Connect(client: true, Quiet);
        await using var owned = session;
        await using var alsoOwned = peer;
        var stream = await session.OpenAsync(Deadline);
        await stream.DisposeAsync();
        await peer.ExpectAsync(new YamuxFrame(YamuxFrameType.WindowUpdate, YamuxFlags.Syn, 1, 0), Deadline);
        await peer.ExpectAsync(new YamuxFrame(YamuxFrameType.WindowUpdate, YamuxFlags.Fin, 1, 0), Deadline);
        await peer.SendAsync(new YamuxFrame(YamuxFrameType.Data, YamuxFlags.Ack, 1, 1000), Deadline, new byte[1000]);
        await peer.SendAsync(new YamuxFrame(YamuxFrameType.Data, YamuxFlags.None, 1, YamuxFrame.InitialWindow - 1000), Deadline, new byte[YamuxFrame.InitialWindow - 1000]);
        await peer.ExpectAsync(new YamuxFrame(YamuxFrameType.WindowUpdate, YamuxFlags.Rst, 1, 0), Deadline);
        Assert.Equal(0, session.StreamCount);
    }

    [Fact]
    public void KeepAlive_SilentPeer_EndsTheSession() => SimulationRun.Execute(1, async sim =>
    {
        var (client, server) = await YamuxSessionTests.ConnectAsync(sim, YamuxOptions.Default);
        var stream = await client.OpenAsync(CancellationToken.None);
        await server.AcceptAsync(CancellationToken.None);
        await Task.Delay(TimeSpan.FromMinutes(10), sim.Time);
        Assert.False(client.Completion.IsCompleted);
        Assert.NotNull(client.RoundTrip);
        sim.Network.Cut("10.0.0.1", "10.0.0.2");
        var cutAt = sim.Time.GetTimestamp();
        await client.Completion;
        Assert.Equal(ProtocolError.KeepAliveTimeout, client.CloseCause);
        Assert.InRange(sim.Time.GetElapsedTime(cutAt), TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(41));
        Assert.Equal(ProtocolError.KeepAliveTimeout, (await Assert.ThrowsAsync<ProtocolException>(async () => await stream.ReadAsync(new byte[1], CancellationToken.None))).Error);
        await server.Completion;
    });

    [Fact]
    public void KeepAlive_Off_NothingIsSentAndASilentPeerIsLeftAlone() => SimulationRun.Execute(1, async sim =>
    {
        var (client, server) = await YamuxSessionTests.ConnectAsync(sim, Quiet);
        sim.Network.Cut("10.0.0.1", "10.0.0.2");
        await Task.Delay(TimeSpan.FromMinutes(30), sim.Time);
        Assert.False(client.Completion.IsCompleted);
        await client.DisposeAsync();
        await server.DisposeAsync();
    });

    [Fact]
    public void Write_PeerThatTakesNothing_EndsTheSession() => SimulationRun.Execute(1, async sim =>
    {
        sim.Network.BufferSize = 64 * 1024;
        await using var listener = sim.Network.Host("10.0.0.2").Listen(new System.Net.IPEndPoint(System.Net.IPAddress.Any, 5));
        var session = new YamuxSession(await sim.Network.Host("10.0.0.1").ConnectAsync("10.0.0.2:5", CancellationToken.None), true, Quiet, sim.Time);
        var stream = await session.OpenAsync(CancellationToken.None);
        var write = stream.WriteAsync(new byte[1 << 20], CancellationToken.None).Stay();
        var started = sim.Time.GetTimestamp();
        await session.Completion;
        Assert.Equal(ProtocolError.WriteTimeout, session.CloseCause);
        Assert.InRange(sim.Time.GetElapsedTime(started), TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(11));
        Assert.Equal(ProtocolError.WriteTimeout, (await Assert.ThrowsAsync<ProtocolException>(() => write)).Error);
    });

    [Fact]
    public void DisposeAsync_PeerThatTakesNothing_EndsWithinTheDrainTimeout() => SimulationRun.Execute(1, async sim =>
    {
        sim.Network.BufferSize = 64 * 1024;
        await using var listener = sim.Network.Host("10.0.0.2").Listen(new System.Net.IPEndPoint(System.Net.IPAddress.Any, 5));
        var session = new YamuxSession(await sim.Network.Host("10.0.0.1").ConnectAsync("10.0.0.2:5", CancellationToken.None), true, Quiet, sim.Time);
        var stream = await session.OpenAsync(CancellationToken.None);
        var write = stream.WriteAsync(new byte[1 << 20], CancellationToken.None).Stay();
        await Task.Delay(TimeSpan.FromSeconds(1), sim.Time);
        var started = sim.Time.GetTimestamp();
        await session.DisposeAsync();
        Assert.InRange(sim.Time.GetElapsedTime(started), TimeSpan.Zero, TimeSpan.FromSeconds(1.1));
        await Assert.ThrowsAsync<ProtocolException>(() => write);
    });

    [Fact]
    public void Open_NeverAcknowledged_FailsAfterItsTime() => SimulationRun.Execute(1, async sim =>
    {
        var (client, server) = await YamuxSessionTests.ConnectAsync(sim, Quiet);
        var stream = await client.OpenAsync(CancellationToken.None);
        var started = sim.Time.GetTimestamp();
        var broken = await Assert.ThrowsAsync<ProtocolException>(async () => await stream.ReadAsync(new byte[1], CancellationToken.None));
        Assert.Equal(ProtocolError.TimedOut, broken.Error);
        Assert.InRange(sim.Time.GetElapsedTime(started), TimeSpan.FromSeconds(75), TimeSpan.FromSeconds(76));
        Assert.Equal(0, client.StreamCount);

        // The session lives, and once the peer knows of the reset, it does not hand the stream out.
        await Task.Delay(TimeSpan.FromSeconds(1), sim.Time);
        var next = await client.OpenAsync(CancellationToken.None);
        await next.WriteAsync(new byte[] { 1 }, CancellationToken.None);
        var accepted = await server.AcceptAsync(CancellationToken.None);
        Assert.Equal(1, await accepted.ReadAsync(new byte[10], CancellationToken.None));
        await client.DisposeAsync();
        await server.DisposeAsync();
    });

    [Fact]
    public void Close_PeerThatNeverCloses_StreamIsResetAfterItsTime() => SimulationRun.Execute(1, async sim =>
    {
        var (client, server) = await YamuxSessionTests.ConnectAsync(sim, Quiet);
        var stream = await client.OpenAsync(CancellationToken.None);
        var accepted = await server.AcceptAsync(CancellationToken.None);
        await stream.DisposeAsync();
        Assert.Equal(0, await accepted.ReadAsync(new byte[1], CancellationToken.None));
        await Task.Delay(TimeSpan.FromSeconds(299), sim.Time);
        Assert.Equal(1, client.StreamCount);
        await Task.Delay(TimeSpan.FromSeconds(2), sim.Time);
        Assert.Equal(0, client.StreamCount);
        Assert.Equal(0, server.StreamCount);
        await client.DisposeAsync();
        await server.DisposeAsync();
    });

    [Fact]
    public async Task Frames_RandomBytesAndMutations_EndOrLiveButNeverThrow()
    {
        var random = new SimulationEntropy(11);
        for (var round = 0; round < 300; round++)
        {
            var (session, peer) = RawPeer.Connect(client: false, Quiet);
            var frames = new byte[40 * YamuxFrame.Size];
            for (var i = 0; i < 40; i++)
            {
                new YamuxFrame((YamuxFrameType)random.Next(4), (YamuxFlags)random.Next(16), (uint)random.Next(8), (uint)random.Next(20)).WriteTo(frames.AsSpan(i * YamuxFrame.Size));
            }

            frames[random.Next(frames.Length)] = (byte)random.Next(256);
            await peer.SendAsync(frames, Deadline);
            peer.End();
            await session.Completion.WaitAsync(Deadline);
            await session.DisposeAsync();
            await peer.DisposeAsync();
            Assert.Equal(0, session.StreamCount);
        }
    }
}
