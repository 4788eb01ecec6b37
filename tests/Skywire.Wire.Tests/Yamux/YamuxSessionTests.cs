// Streams between two sessions.
using System.Security.Cryptography;
using Skywire.Testing;
using Skywire.Wire.Yamux;

namespace Skywire.Wire.Tests.Yamux;

public sealed class YamuxSessionTests : TestBase
{
    private static readonly YamuxOptions Quiet = new() { KeepAliveInterval = Timeout.InfiniteTimeSpan };

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Streams_HundredAtOnce_CarryRandomSizesBothWays(int seed) => SimulationRun.Execute(seed, async sim =>
    {
        sim.Network.SetLink("10.0.0.1", "10.0.0.2", new LinkOptions { Latency = TimeSpan.FromMilliseconds(20), Jitter = TimeSpan.FromMilliseconds(5), BytesPerSecond = 4_000_000 });
        var (client, server) = await ConnectAsync(sim, YamuxOptions.Default);
        var random = sim.Entropy.For("sizes");
        var serving = ServeAsync(server, 100, random);
        var tasks = new List<Task<byte[]>>();
        var sent = new List<byte[]>();
        for (var i = 0; i < 100; i++)
        {
            var data = new byte[random.Next(i % 10 == 0 ? 800_000 : 20_000)];
            random.Fill(data);
            sent.Add(data);
            tasks.Add(ExchangeAsync(await client.OpenAsync(CancellationToken.None), data, random));
        }

        var answers = await Task.WhenAll(tasks);
        for (var i = 0; i < 100; i++)
        {
            // The server answers with the same bytes, each inverted.
            Assert.Equal(SHA256.HashData(sent[i]), SHA256.HashData(answers[i].Select(b => (byte)~b).ToArray()));
        }

        await serving;
        Assert.Equal(0, client.StreamCount);
        Assert.Equal(0, server.StreamCount);
        await client.DisposeAsync();
        await server.DisposeAsync();
        Assert.Equal(ProtocolError.None, client.CloseCause);
        Assert.Equal(ProtocolError.None, server.CloseCause);
    });

    [Fact]
    public async Task Streams_HundredAtOnceOnManyThreads_CarryTheirBytesOrFailWhole()
    {
        var (client, server) = Pair();
        await using var ownedClient = client;
        await using var ownedServer = server;
        var serving = Task.Run(() => ServeAllAsync(server), Deadline);
        var tasks = Enumerable.Range(0, 100).Select(i => Task.Run(
            async () =>
            {
                var random = new SimulationEntropy(i);
                var data = new byte[random.Next(i % 5 == 0 ? 900_000 : 30_000)];
                random.Fill(data);
                var stream = await client.OpenAsync(Deadline);
                if (i % 10 == 3)
                {
                    await stream.WriteAsync(data, Deadline);
                    stream.Abort();
                    return;
                }

                var answer = await ExchangeAsync(stream, data, random);
                Assert.Equal(data, answer.Select(b => (byte)~b));
            },
            Deadline));
        await Task.WhenAll(tasks);
        await client.PingAsync(Deadline);
        Assert.Equal(0, client.StreamCount);
        await client.DisposeAsync();
        await serving;
        Assert.Equal(0, server.StreamCount);
    }

    [Fact]
    public void Read_SlowReaderOnOneStream_DoesNotStallTheOthers() => SimulationRun.Execute(3, async sim =>
    {
        var (client, server) = await ConnectAsync(sim, Quiet);
        var slow = await client.OpenAsync(CancellationToken.None);
        var slowWrite = slow.WriteAsync(new byte[1 << 20], CancellationToken.None).Stay();
        var slowEnd = await server.AcceptAsync(CancellationToken.None);
        var fast = await client.OpenAsync(CancellationToken.None);
        var fastWrite = fast.WriteAsync(new byte[4 << 20], CancellationToken.None).Stay();
        var fastEnd = await server.AcceptAsync(CancellationToken.None);
        var buffer = new byte[64 * 1024];
        for (var read = 0; read < 4 << 20;)
        {
            read += await fastEnd.ReadAsync(buffer, CancellationToken.None);
        }

        await fastWrite;
        Assert.False(slowWrite.IsCompleted);
        for (var read = 0; read < 1 << 20;)
        {
            read += await slowEnd.ReadAsync(buffer, CancellationToken.None);
        }

        await slowWrite;
        await client.DisposeAsync();
        await server.DisposeAsync();
    });

    [Fact]
    public void Write_BulkAndSmallWriters_TakeTurns() => SimulationRun.Execute(4, async sim =>
    {
        // 1 MB/s: eight bulk writers keep it full; a small message must not wait for their megabytes.
        sim.Network.SetLink("10.0.0.1", "10.0.0.2", new LinkOptions { Latency = TimeSpan.FromMilliseconds(5), BytesPerSecond = 1_000_000 });
        sim.Network.BufferSize = 32 * 1024;
        var (client, server) = await ConnectAsync(sim, Quiet);
        var bulk = new List<Task>();
        for (var i = 0; i < 8; i++)
        {
            var stream = await client.OpenAsync(CancellationToken.None);
            bulk.Add(stream.WriteAsync(new byte[2 << 20], CancellationToken.None).Stay());
            _ = DrainAsync(await server.AcceptAsync(CancellationToken.None));
        }

        await Task.Delay(TimeSpan.FromSeconds(2), sim.Time);
        Assert.All(bulk, task => Assert.False(task.IsCompleted));
        var small = await client.OpenAsync(CancellationToken.None);
        var started = sim.Time.GetTimestamp();
        await small.WriteAsync(new byte[100], CancellationToken.None);
        var end = await server.AcceptAsync(CancellationToken.None);
        Assert.Equal(100, await end.ReadAsync(new byte[1000], CancellationToken.None));
        Assert.InRange(sim.Time.GetElapsedTime(started), TimeSpan.Zero, TimeSpan.FromMilliseconds(700));
        await Task.WhenAll(bulk);
        await client.DisposeAsync();
        await server.DisposeAsync();
    });

    [Fact]
    public void Read_LongFatLink_WindowGrowsAndSpeedsUp() => SimulationRun.Execute(5, async sim =>
    {
        sim.Network.SetLink("10.0.0.1", "10.0.0.2", new LinkOptions { Latency = TimeSpan.FromMilliseconds(100) });
        sim.Network.BufferSize = 16 << 20;
        var fixedWindow = await TransferAsync(sim, Quiet with { MaxStreamWindow = YamuxFrame.InitialWindow });
        var growing = await TransferAsync(sim, Quiet with { MaxStreamWindow = 4 << 20 });
        Assert.True(growing * 3 < fixedWindow, $"{growing} against {fixedWindow}");
    });

    [Fact]
    public async Task CompleteWritesAsync_HalfClose_OtherHalfGoesOn()
    {
        var (client, server) = Pair();
        await using var ownedClient = client;
        await using var ownedServer = server;
        var a = await client.OpenAsync(Deadline);
        await a.WriteAsync(new byte[10], Deadline);
        await a.CompleteWritesAsync(Deadline);
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await a.WriteAsync(new byte[1], Deadline));
        var b = await server.AcceptAsync(Deadline);
        var buffer = new byte[100];
        Assert.Equal(10, await b.ReadAsync(buffer, Deadline));
        Assert.Equal(0, await b.ReadAsync(buffer, Deadline));
        await b.WriteAsync(new byte[20], Deadline);
        Assert.Equal(20, await a.ReadAsync(buffer, Deadline));
        await b.DisposeAsync();
        Assert.Equal(0, await a.ReadAsync(buffer, Deadline));
        await a.DisposeAsync();
        Assert.Equal(0, client.StreamCount);
    }

    [Fact]
    public async Task DisposeAsync_Stream_WhatWasWrittenArrives()
    {
        var (client, server) = Pair();
        await using var ownedClient = client;
        await using var ownedServer = server;
        var a = await client.OpenAsync(Deadline);
        await a.WriteAsync(new byte[100_000], Deadline);
        await a.DisposeAsync();
        await a.DisposeAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await a.ReadAsync(new byte[1], Deadline));
        var b = await server.AcceptAsync(Deadline);
        Assert.Equal(100_000, (await ReadAllAsync(b, Deadline)).Length);
    }

    [Fact]
    public async Task DisposeAsync_Session_WhatWasWrittenArrivesAndThenTheEnd()
    {
        var (client, server) = Pair();
        await using var ownedServer = server;
        var a = await client.OpenAsync(Deadline);
        await a.WriteAsync(new byte[50_000], Deadline);
        await client.DisposeAsync();
        var b = await server.AcceptAsync(Deadline);
        var buffer = new byte[100_000];
        var read = 0;
        while (read < 50_000)
        {
            read += await b.ReadAsync(buffer, Deadline);
        }

        // No FIN came: the end of the session is not the end of the stream.
        var broken = await Assert.ThrowsAsync<ProtocolException>(async () => await b.ReadAsync(buffer, Deadline));
        Assert.Equal(ProtocolError.SessionClosed, broken.Error);
        await server.Completion;
        Assert.Equal(ProtocolError.None, server.CloseCause);
        await Assert.ThrowsAsync<ProtocolException>(async () => await server.AcceptAsync(Deadline));
        await Assert.ThrowsAsync<ProtocolException>(async () => await server.OpenAsync(Deadline));
        await Assert.ThrowsAsync<ProtocolException>(async () => await server.PingAsync(Deadline));
    }

    [Fact]
    public async Task Abort_Stream_BothEndsFail()
    {
        var (client, server) = Pair();
        await using var ownedClient = client;
        await using var ownedServer = server;
        var a = await client.OpenAsync(Deadline);
        await a.WriteAsync(new byte[10], Deadline);
        var b = await server.AcceptAsync(Deadline);
        Assert.Equal(10, await b.ReadAsync(new byte[100], Deadline));
        var reading = b.ReadAsync(new byte[100], Deadline).AsTask();
        a.Abort();
        a.Abort();
        Assert.Equal(ProtocolError.StreamReset, (await Assert.ThrowsAsync<ProtocolException>(() => reading)).Error);
        await Assert.ThrowsAsync<ProtocolException>(async () => await b.WriteAsync(new byte[1], Deadline));
        await Assert.ThrowsAsync<ProtocolException>(async () => await a.ReadAsync(new byte[1], Deadline));
        await Assert.ThrowsAsync<ProtocolException>(async () => await a.WriteAsync(new byte[1], Deadline));
        Assert.Equal(0, server.StreamCount);
    }

    [Fact]
    public async Task Abort_RightAfterOpen_ResetDoesNotOvertakeTheOpen()
    {
        var (session, peer) = RawPeer.Connect(client: true, Quiet);
        await using var owned = session;
        await using var alsoOwned = peer;
        for (var id = 1u; id < 200; id += 2)
        {
            var stream = await session.OpenAsync(Deadline);
            await stream.WriteAsync(new byte[3], Deadline);
            stream.Abort();
            await peer.ExpectAsync(new YamuxFrame(YamuxFrameType.WindowUpdate, YamuxFlags.Syn, id, 0), Deadline);
            await peer.ExpectAsync(new YamuxFrame(YamuxFrameType.Data, YamuxFlags.None, id, 3), Deadline);
            await peer.ExpectAsync(new YamuxFrame(YamuxFrameType.WindowUpdate, YamuxFlags.Rst, id, 0), Deadline);
        }
    }

    [Fact]
    public async Task WriteAsync_Cancelled_LetsGoOfTheBuffer()
    {
        var (session, peer) = RawPeer.Connect(client: true, Quiet);
        await using var owned = session;
        await using var alsoOwned = peer;
        var stream = await session.OpenAsync(Deadline);
        using var cancel = new CancellationTokenSource();
        var write = stream.WriteAsync(new byte[600_000], cancel.Token).AsTask();
        Assert.False(write.IsCompleted);
        var total = 0;
        while (total < YamuxFrame.InitialWindow)
        {
            total += (await peer.ReceiveAsync(Deadline)).Body.Length;
        }

        cancel.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => write);

        // What was taken before stays sent; the next bytes follow it.
        await peer.SendAsync(new YamuxFrame(YamuxFrameType.WindowUpdate, YamuxFlags.Ack, 1, 1 << 20), Deadline);
        await stream.WriteAsync(new byte[] { 7 }, Deadline);
        Assert.Equal([7], (await peer.ReceiveAsync(Deadline)).Body);
    }

    [Fact]
    public async Task OpenAsync_BacklogUnacknowledged_WaitsForAnAcknowledgement()
    {
        var (session, peer) = RawPeer.Connect(client: true, Quiet with { Backlog = 2 });
        await using var owned = session;
        await using var alsoOwned = peer;
        await session.OpenAsync(Deadline);
        await session.OpenAsync(Deadline);
        var third = session.OpenAsync(Deadline).AsTask();
        Assert.False(third.IsCompleted);
        await peer.SendAsync(new YamuxFrame(YamuxFrameType.WindowUpdate, YamuxFlags.Ack, 3, 0), Deadline);
        await third;
        var fourth = session.OpenAsync(Deadline).AsTask();
        Assert.False(fourth.IsCompleted);

        // A refused open makes room as well.
        await peer.SendAsync(new YamuxFrame(YamuxFrameType.WindowUpdate, YamuxFlags.Rst, 1, 0), Deadline);
        await fourth;
    }

    [Fact]
    public async Task OpenAsync_MoreThanMaxStreams_Refused()
    {
        var (session, peer) = RawPeer.Connect(client: true, Quiet with { MaxStreams = 2 });
        await using var owned = session;
        await using var alsoOwned = peer;
        var first = await session.OpenAsync(Deadline);
        await session.OpenAsync(Deadline);
        Assert.Equal(ProtocolError.LimitReached, (await Assert.ThrowsAsync<ProtocolException>(async () => await session.OpenAsync(Deadline))).Error);
        first.Abort();
        await session.OpenAsync(Deadline);
    }

    [Fact]
    public async Task PingAsync_LivePeer_MeasuresTheRoundTrip()
    {
        var (client, server) = Pair();
        await using var ownedClient = client;
        await using var ownedServer = server;
        Assert.Null(client.RoundTrip);
        var pings = Enumerable.Range(0, 20).Select(_ => client.PingAsync(Deadline)).ToArray();
        Assert.All(await Task.WhenAll(pings), rtt => Assert.InRange(rtt, TimeSpan.Zero, TimeSpan.FromSeconds(30)));
        Assert.NotNull(client.RoundTrip);
    }

    internal static async Task<byte[]> ReadAllAsync(IByteStream stream, CancellationToken cancellationToken)
    {
        using var content = new MemoryStream();
        var buffer = new byte[16 * 1024];
        int count;
        while ((count = await stream.ReadAsync(buffer, cancellationToken)) > 0)
        {
            content.Write(buffer, 0, count);
        }

        return content.ToArray();
    }

    internal static async Task<(YamuxSession Client, YamuxSession Server)> ConnectAsync(SimulationRun sim, YamuxOptions options)
    {
        await using var listener = sim.Network.Host("10.0.0.2").Listen(new System.Net.IPEndPoint(System.Net.IPAddress.Any, 0));
        var accepting = listener.AcceptAsync(CancellationToken.None).Stay();
        var stream = await sim.Network.Host("10.0.0.1").ConnectAsync($"10.0.0.2:{listener.LocalEndPoint.Port}", CancellationToken.None);
        return (new YamuxSession(stream, true, options, sim.Time), new YamuxSession(await accepting, false, options, sim.Time));
    }

    private static (YamuxSession Client, YamuxSession Server) Pair()
    {
        var (a, b) = MemoryNetwork.CreatePair(chunkSeed: 5);
        return (new YamuxSession(a, true, Quiet, TimeProvider.System), new YamuxSession(b, false, Quiet, TimeProvider.System));
    }

    private static async Task<byte[]> ExchangeAsync(IByteStream stream, byte[] data, SimulationEntropy random)
    {
        var reading = ReadAllAsync(stream, CancellationToken.None);
        for (var position = 0; position < data.Length;)
        {
            var count = Math.Min(1 + random.Next(100_000), data.Length - position);
            await stream.WriteAsync(data.AsMemory(position, count), CancellationToken.None);
            position += count;
        }

        await stream.CompleteWritesAsync(CancellationToken.None);
        var answer = await reading;
        await stream.DisposeAsync();
        return answer;
    }

    private static async Task ServeAsync(YamuxSession server, int count, SimulationEntropy random)
    {
        var tasks = new List<Task>();
        for (var i = 0; i < count; i++)
        {
            tasks.Add(AnswerAsync(await server.AcceptAsync(CancellationToken.None), random));
        }

        await Task.WhenAll(tasks);
    }

    // Streams aborted before they were accepted do not show up, so the count is not known.
    private static async Task ServeAllAsync(YamuxSession server)
    {
        var tasks = new List<Task>();
        try
        {
            while (true)
            {
                tasks.Add(AnswerAsync(await server.AcceptAsync(CancellationToken.None), new SimulationEntropy(tasks.Count)));
            }
        }
        catch (ProtocolException e) when (e.Error == ProtocolError.SessionClosed)
        {
            await Task.WhenAll(tasks);
        }
    }

    private static async Task AnswerAsync(IByteStream stream, SimulationEntropy random)
    {
        try
        {
            await EchoAsync(stream, random);
        }
        catch (ProtocolException e) when (e.Error == ProtocolError.StreamReset)
        {
            // Aborted by the other end.
        }

        await stream.DisposeAsync();
    }

    private static async Task EchoAsync(IByteStream stream, SimulationEntropy random)
    {
        var buffer = new byte[30_000];
        int count;
        while ((count = await stream.ReadAsync(buffer.AsMemory(0, 1 + random.Next(buffer.Length)), CancellationToken.None)) > 0)
        {
            for (var i = 0; i < count; i++)
            {
                buffer[i] = (byte)~buffer[i];
            }

            await stream.WriteAsync(buffer.AsMemory(0, count), CancellationToken.None);
        }

        await stream.CompleteWritesAsync(CancellationToken.None);
    }

    private static async Task DrainAsync(IByteStream stream)
    {
        try
        {
            await ReadAllAsync(stream, CancellationToken.None);
        }
        catch (IOException)
        {
            // The session ends with the test.
        }
    }

    private static async Task<TimeSpan> TransferAsync(SimulationRun sim, YamuxOptions options)
    {
        var (client, server) = await ConnectAsync(sim, options);
        var stream = await client.OpenAsync(CancellationToken.None);
        var started = sim.Time.GetTimestamp();
        var writing = WriteAndCloseAsync(stream, 30 << 20);
        var received = await ReadAllAsync(await server.AcceptAsync(CancellationToken.None), CancellationToken.None);
        await writing;
        Assert.Equal(30 << 20, received.Length);
        var took = sim.Time.GetElapsedTime(started);
        await client.DisposeAsync();
        await server.DisposeAsync();
        return took;
    }

    private static async Task WriteAndCloseAsync(IByteStream stream, int bytes)
    {
        await stream.WriteAsync(new byte[bytes], CancellationToken.None);
        await stream.CompleteWritesAsync(CancellationToken.None);
    }
}
