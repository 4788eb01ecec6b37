// Streams, back-pressure and faults of the in-memory network.
using System.Net;
using System.Security.Cryptography;
using Skywire.Testing;
using Skywire.Wire;
using Xunit;

namespace Skywire.Simulation.Tests.Testing;

public sealed class MemoryNetworkTests : TestBase
{
    private const string A = "10.0.0.1";
    private const string B = "10.0.0.2";
    private static readonly LinkOptions Slow = new() { Latency = TimeSpan.FromMilliseconds(50) };

    [Fact]
    public async Task CreatePair_LargeTransferBothWays_ArrivesWhole()
    {
        var (a, b) = MemoryNetwork.CreatePair(chunkSeed: 3);
        var data = new byte[2_000_000];
        new Random(1).NextBytes(data);
        var results = await Task.WhenAll(SendAsync(a), ReceiveAsync(b), SendAsync(b), ReceiveAsync(a));
        Assert.All(results, hash => Assert.Equal(SHA256.HashData(data), hash));

        async Task<byte[]> SendAsync(IByteStream stream)
        {
            await stream.WriteAsync(data, Deadline);
            await stream.CompleteWritesAsync(Deadline);
            return SHA256.HashData(data);
        }

        async Task<byte[]> ReceiveAsync(IByteStream stream) => SHA256.HashData(await ReadAllAsync(stream));
    }

    [Fact]
    public async Task WriteAsync_ReaderIdle_WaitsAtTheBound()
    {
        var (a, b) = MemoryNetwork.CreatePair(bufferSize: 1000);
        await a.WriteAsync(new byte[1000], Deadline);
        var blocked = a.WriteAsync(new byte[10], Deadline).AsTask();
        Assert.False(blocked.IsCompleted);
        Assert.Equal(10, await b.ReadAsync(new byte[10], Deadline));
        await blocked;
    }

    [Fact]
    public async Task WriteAsync_Cancelled_ThrowsAndStreamLives()
    {
        var (a, b) = MemoryNetwork.CreatePair(bufferSize: 4);
        await a.WriteAsync(new byte[4], Deadline);
        using var cancel = new CancellationTokenSource();
        var blocked = a.WriteAsync(new byte[1], cancel.Token).AsTask();
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => blocked);
        Assert.Equal(4, await b.ReadAsync(new byte[8], Deadline));
        await a.WriteAsync(new byte[] { 9 }, Deadline);
        Assert.Equal(1, await b.ReadAsync(new byte[8], Deadline));
    }

    [Fact]
    public async Task CompleteWritesAsync_OtherHalf_GoesOn()
    {
        var (a, b) = MemoryNetwork.CreatePair();
        await a.WriteAsync(new byte[3], Deadline);
        await a.CompleteWritesAsync(Deadline);
        Assert.Equal(3, await b.ReadAsync(new byte[10], Deadline));
        Assert.Equal(0, await b.ReadAsync(new byte[10], Deadline));
        await b.WriteAsync(new byte[2], Deadline);
        Assert.Equal(2, await a.ReadAsync(new byte[10], Deadline));
        await Assert.ThrowsAsync<IOException>(async () => await a.WriteAsync(new byte[1], Deadline));
    }

    [Fact]
    public async Task Abort_BothEnds_FailPendingAndLaterCalls()
    {
        var (a, b) = MemoryNetwork.CreatePair();
        var pendingA = a.ReadAsync(new byte[1], Deadline).AsTask();
        var pendingB = b.ReadAsync(new byte[1], Deadline).AsTask();
        a.Abort();
        a.Abort();
        await Assert.ThrowsAsync<IOException>(() => pendingA);
        await Assert.ThrowsAsync<IOException>(() => pendingB);
        await Assert.ThrowsAsync<IOException>(async () => await b.WriteAsync(new byte[1], Deadline));
        await Assert.ThrowsAsync<IOException>(async () => await a.WriteAsync(new byte[1], Deadline));
    }

    [Fact]
    public async Task DisposeAsync_Peer_SeesDataThenEndThenReset()
    {
        var (a, b) = MemoryNetwork.CreatePair();
        await a.WriteAsync(new byte[5], Deadline);
        await a.DisposeAsync();
        Assert.Equal(5, (await ReadAllAsync(b)).Length);
        await b.WriteAsync(new byte[1], Deadline);
        await Assert.ThrowsAsync<IOException>(async () => await b.WriteAsync(new byte[1], Deadline));
    }

    [Fact]
    public void ConnectAsync_TakesOneRoundTrip_AndDataHalfOfOne() => SimulationRun.Execute(1, async sim =>
    {
        sim.Network.DefaultLink = Slow;
        var (client, server, _) = await ConnectAsync(sim);
        Assert.Equal(TimeSpan.FromMilliseconds(100), sim.Time.Elapsed);
        await client.WriteAsync(new byte[10], default);
        await ReadExactlyAsync(server, 10);
        Assert.Equal(TimeSpan.FromMilliseconds(150), sim.Time.Elapsed);
        Assert.Equal(IPAddress.Parse(A), ((IPEndPoint)server.RemoteEndPoint!).Address);
        Assert.Equal(new IPEndPoint(IPAddress.Parse(B), 80), client.RemoteEndPoint);
    });

    [Fact]
    public void ConnectAsync_NobodyListens_RefusedAfterARoundTrip() => SimulationRun.Execute(1, async sim =>
    {
        sim.Network.DefaultLink = Slow;
        sim.Network.Host(B);
        var failure = await Assert.ThrowsAsync<IOException>(async () => await sim.Network.Host(A).ConnectAsync(B + ":80", default));
        Assert.Contains("refused", failure.Message, StringComparison.Ordinal);
        Assert.Equal(TimeSpan.FromMilliseconds(100), sim.Time.Elapsed);
    });

    [Fact]
    public void ConnectAsync_UnknownNameOrHostOrText_Throws() => SimulationRun.Execute(1, async sim =>
    {
        foreach (var address in new[] { "nobody.test:80", "10.9.9.9:80", "10.0.0.1", "x:y" })
        {
            await Assert.ThrowsAsync<IOException>(async () => await sim.Network.ConnectAsync(address, default));
        }
    });

    [Fact]
    public void ConnectAsync_NameAndLoopback_Resolve() => SimulationRun.Execute(1, async sim =>
    {
        sim.Network.AddName("b.test", B);
        await using var listener = sim.Network.Host(B).Listen(new IPEndPoint(IPAddress.Any, 0));
        Assert.NotEqual(0, listener.LocalEndPoint.Port);
        await using var far = await sim.Network.Host(A).ConnectAsync($"b.test:{listener.LocalEndPoint.Port}", default);
        await using var near = await sim.Network.Host(B).ConnectAsync($"127.0.0.1:{listener.LocalEndPoint.Port}", default);
        Assert.Equal(2, sim.Network.ConnectionCount);
    });

    [Fact]
    public void Listen_TakenPort_ThrowsUntilDisposed() => SimulationRun.Execute(1, async sim =>
    {
        var host = sim.Network.Host(A);
        var first = host.Listen(new IPEndPoint(IPAddress.Any, 80));
        Assert.Contains("80", Assert.Throws<IOException>(() => host.Listen(new IPEndPoint(IPAddress.Any, 80))).Message, StringComparison.Ordinal);
        Assert.Throws<IOException>(() => host.Listen(new IPEndPoint(IPAddress.Parse(B), 81)));
        var accept = first.AcceptAsync(default).Stay();
        await first.DisposeAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => accept);
        await using var second = host.Listen(new IPEndPoint(IPAddress.Any, 80));
    });

    [Fact]
    public void Bandwidth_Transfer_TakesItsTime() => SimulationRun.Execute(1, async sim =>
    {
        sim.Network.DefaultLink = new LinkOptions { BytesPerSecond = 100_000 };
        var (client, server, _) = await ConnectAsync(sim);
        var sending = SendAsync();
        await ReadExactlyAsync(server, 1_000_000);
        await sending;
        Assert.InRange(sim.Time.Elapsed.TotalSeconds, 10, 10.01);

        async Task SendAsync() => await client.WriteAsync(new byte[1_000_000], default);
    });

    [Fact]
    public void Loss_Transfer_ArrivesInOrderButLate() => SimulationRun.Execute(1, async sim =>
    {
        sim.Network.DefaultLink = Slow with { Loss = 0.3, Jitter = TimeSpan.FromMilliseconds(40) };
        var (client, server, _) = await ConnectAsync(sim);
        for (var i = 0; i < 100; i++)
        {
            await client.WriteAsync(new[] { (byte)i }, default);
        }

        Assert.Equal(Enumerable.Range(0, 100).Select(i => (byte)i), await ReadExactlyAsync(server, 100));
        Assert.True(sim.Time.Elapsed > TimeSpan.FromMilliseconds(350));
    });

    [Fact]
    public void Chunking_Random_CutsAndFullDoesNot() => SimulationRun.Execute(1, async sim =>
    {
        var (client, server, _) = await ConnectAsync(sim);
        var sizes = new HashSet<int>();
        for (var i = 0; i < 40; i++)
        {
            await client.WriteAsync(new byte[100], default);
            sizes.Add(await server.ReadAsync(new byte[100], default));
        }

        Assert.True(sizes.Count > 5);
        sim.Network.Chunking = ReadChunking.Full;
        var whole = await ConnectAsync(sim, 81);
        for (var i = 0; i < 40; i++)
        {
            await whole.Client.WriteAsync(new byte[100], default);
            Assert.Equal(100, await whole.Server.ReadAsync(new byte[100], default));
        }
    });

    [Fact]
    public void Cut_Drop_StallsStreamsUntilHealed() => SimulationRun.Execute(1, async sim =>
    {
        sim.Network.DefaultLink = Slow;
        var (client, server, _) = await ConnectAsync(sim);
        await client.WriteAsync(new byte[1], default);
        var cut = sim.Network.Cut(A, B);
        await client.WriteAsync(new byte[10], default);
        await client.CompleteWritesAsync(default);
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30), sim.Time);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await server.ReadAsync(new byte[20], limit.Token));
        cut.Dispose();
        var healed = sim.Time.Elapsed;
        Assert.Equal(11, (await ReadAllAsync(server)).Length);
        Assert.Equal(TimeSpan.FromMilliseconds(250), sim.Time.Elapsed - healed);
    });

    [Fact]
    public void Cut_Drop_ConnectHangsThenSucceedsOrTimesOut() => SimulationRun.Execute(1, async sim =>
    {
        await using var listener = sim.Network.Host(B).Listen(new IPEndPoint(IPAddress.Any, 80));
        using (sim.Network.Cut(A, B))
        {
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(5), sim.Time);
            await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await sim.Network.Host(A).ConnectAsync(B + ":80", limit.Token));
            Assert.Equal(TimeSpan.FromSeconds(5), sim.Time.Elapsed);
            var failure = await Assert.ThrowsAsync<IOException>(async () => await sim.Network.Host(A).ConnectAsync(B + ":80", default));
            Assert.Contains("timed out", failure.Message, StringComparison.Ordinal);
            Assert.Equal(TimeSpan.FromSeconds(132), sim.Time.Elapsed);
        }

        sim.Network.Cut([A], [B, "10.0.0.3"]);
        var pending = sim.Network.Host(A).ConnectAsync(B + ":80", default).Stay();
        await Task.Delay(TimeSpan.FromSeconds(10), sim.Time);
        Assert.False(pending.IsCompleted);
        sim.Network.Heal();
        await using var stream = await pending;
    });

    [Fact]
    public void Cut_Refuse_ResetsStreamsAndRefusesConnects() => SimulationRun.Execute(1, async sim =>
    {
        var (client, server, _) = await ConnectAsync(sim);
        using var cut = sim.Network.Cut(A, B, CutMode.Refuse);
        await Assert.ThrowsAsync<IOException>(async () => await client.ReadAsync(new byte[1], default));
        await Assert.ThrowsAsync<IOException>(async () => await server.ReadAsync(new byte[1], default));
        await Assert.ThrowsAsync<IOException>(async () => await sim.Network.Host(A).ConnectAsync(B + ":80", default));
    });

    [Fact]
    public void ResetStreams_BothEnds_Fail() => SimulationRun.Execute(1, async sim =>
    {
        sim.Network.DefaultLink = Slow;
        var (client, server, _) = await ConnectAsync(sim);
        sim.Network.ResetStreams(B);
        await Assert.ThrowsAsync<IOException>(async () => await server.ReadAsync(new byte[1], default));
        await Assert.ThrowsAsync<IOException>(async () => await client.ReadAsync(new byte[1], default));
        Assert.Equal(0, sim.Network.Host(B).OpenStreams);
    });

    [Fact]
    public void SetDown_PeerHearsNothing_UntilItSendsToTheHostThatCameBack() => SimulationRun.Execute(1, async sim =>
    {
        sim.Network.DefaultLink = Slow;
        var (client, server, _) = await ConnectAsync(sim);
        sim.Network.SetDown(B);
        await Assert.ThrowsAsync<IOException>(async () => await server.ReadAsync(new byte[1], default));
        await server.DisposeAsync();
        await client.WriteAsync(new byte[1], default);
        var read = client.ReadAsync(new byte[1], default).Stay();
        await Task.Delay(TimeSpan.FromMinutes(1), sim.Time);
        Assert.False(read.IsCompleted);
        sim.Network.SetUp(B);
        await Assert.ThrowsAsync<IOException>(() => read);
        await Assert.ThrowsAsync<IOException>(async () => await client.WriteAsync(new byte[1], default));
    });

    private static async Task<(IByteStream Client, IByteStream Server, IStreamListener Listener)> ConnectAsync(SimulationRun sim, int port = 80)
    {
        var listener = sim.Network.Host(B).Listen(new IPEndPoint(IPAddress.Any, port));
        var client = await sim.Network.Host(A).ConnectAsync($"{B}:{port}", default);
        return (client, await listener.AcceptAsync(default), listener);
    }

    private static async Task<byte[]> ReadAllAsync(IByteStream stream)
    {
        var all = new MemoryStream();
        var buffer = new byte[8192];
        for (int n; (n = await stream.ReadAsync(buffer, default)) > 0;)
        {
            all.Write(buffer, 0, n);
        }

        return all.ToArray();
    }

    private static async Task<byte[]> ReadExactlyAsync(IByteStream stream, int count)
    {
        var buffer = new byte[count];
        for (var at = 0; at < count;)
        {
            var n = await stream.ReadAsync(buffer.AsMemory(at), default);
            Assert.NotEqual(0, n);
            at += n;
        }

        return buffer;
    }
}
