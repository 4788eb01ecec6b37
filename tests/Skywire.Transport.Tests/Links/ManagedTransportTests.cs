// One link in operation: packets both ways, back-pressure, pings, ends of every kind.
using Skywire.Testing;
using Skywire.Transport.Links;
using Skywire.Transport.Tests.Support;
using Skywire.Wire;
using Xunit;

namespace Skywire.Transport.Tests.Links;

public sealed class ManagedTransportTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void TrySend_ManySizes_ArriveWholeAndInOrder(int seed) => Run(seed, async (sim, pair) =>
    {
        var random = new Random(seed);
        var sent = new List<byte[]>();
        for (var i = 0; i < 400; i++)
        {
            var payload = new byte[i == 7 ? ushort.MaxValue : random.Next(0, i % 10 == 0 ? 20_000 : 300)];
            random.NextBytes(payload);
            while (!pair.A.TrySend(PacketType.Data, (uint)(i + 1), payload))
            {
                await pair.A.WaitForRoomAsync(CancellationToken.None);
            }

            var packet = new byte[PacketHeader.Size + payload.Length];
            new PacketHeader(PacketType.Data, (uint)(i + 1), (ushort)payload.Length).Write(packet);
            payload.CopyTo(packet, PacketHeader.Size);
            sent.Add(packet);
        }

        await pair.HandlerB.WaitForAsync(sent.Count, CancellationToken.None);
        Assert.Equal(sent, pair.HandlerB.Packets);
        Assert.Equal(sent.Sum(p => p.Length - PacketHeader.Size), pair.B.ReceivedPayload);
        Assert.Equal(pair.B.ReceivedPayload, pair.A.SentPayload);
        Assert.Equal(pair.B.ReceivedPackets, pair.A.SentPackets);
    });

    [Fact]
    public void TryHandle_RefusesForAWhile_NothingIsLostOrReorderedAndMemoryIsBounded() => Run(4, async (sim, pair) =>
    {
        pair.HandlerB.Refuses = true;
        var queued = 0;
        while (true)
        {
            if (pair.A.TrySend(PacketType.Data, (uint)++queued, new byte[1000]))
            {
                continue;
            }

            queued--;
            var room = pair.A.WaitForRoomAsync(CancellationToken.None).Stay();
            var late = Task.Delay(TimeSpan.FromMilliseconds(100), sim.Time);
            if (await Task.WhenAny(room, late) == late)
            {
                break;
            }
        }

        // Send buffer twice, the stream's own buffer, the other side's read buffers: and then the sender has to wait.
        Assert.InRange(queued, 100, 2000);
        Assert.Empty(pair.HandlerB.Packets);
        Assert.Equal(1, pair.HandlerB.Waits);
        pair.HandlerB.Release();
        await pair.HandlerB.WaitForAsync(queued, CancellationToken.None);
        Assert.Equal(Enumerable.Range(1, queued).Select(i => (uint)i), pair.HandlerB.Packets.Select(p => PacketHeader.Read(p).RouteId));
    });

    [Fact]
    public void WaitForRoom_ProducersAgainstASlowPeer_AllGetThrough() => Run(5, async (sim, pair) =>
    {
        pair.HandlerB.Refuses = true;
        const int Each = 500;
        var producers = Enumerable.Range(0, 5).Select(async p =>
        {
            for (var i = 0; i < Each;)
            {
                if (pair.A.TrySend(PacketType.Data, (uint)((p * Each) + i + 1), new byte[2000]))
                {
                    i++;
                }
                else
                {
                    await pair.A.WaitForRoomAsync(CancellationToken.None);
                }
            }
        }).ToList();
        await Task.Delay(TimeSpan.FromSeconds(1), sim.Time);
        Assert.All(producers, p => Assert.False(p.IsCompleted));
        pair.HandlerB.Release();
        await Task.WhenAll(producers);
        await pair.HandlerB.WaitForAsync(5 * Each, CancellationToken.None);
        for (var p = 0; p < 5; p++)
        {
            var of = pair.HandlerB.Packets.Select(x => PacketHeader.Read(x).RouteId).Where(id => (id - 1) / Each == p).ToList();
            Assert.Equal(Enumerable.Range((p * Each) + 1, Each).Select(i => (uint)i), of);
        }
    });

    [Fact]
    public void Tick_BothSides_MeasureTheRoundTrip() => Run(6, async (sim, pair) =>
    {
        for (var i = 0; i < 40; i++)
        {
            await Task.Delay(TimeSpan.FromSeconds(2), sim.Time);
            pair.A.Tick();
            pair.B.Tick();
        }

        Assert.True(pair.A.AnswersPings);
        Assert.InRange(pair.A.Summarise().RoundTrip!.Value, TimeSpan.Zero, TimeSpan.FromMilliseconds(1));
        Assert.Empty(pair.HandlerA.Packets);
        Assert.Empty(pair.HandlerB.Packets);
        Assert.True(pair.A.IsUp);
    });

    [Fact]
    public void HandleOwn_UnknownTypesAndShortPings_AreCountedAndSkipped() => Run(7, async (sim, pair) =>
    {
        pair.A.TrySend((PacketType)13, 0, new byte[50]);
        pair.A.TrySend(PacketType.Data, 0, new byte[50]);
        pair.A.TrySend(PacketType.TransportPing, 0, new byte[7]);
        pair.A.TrySend(PacketType.TransportPong, 0, []);
        pair.A.TrySend(PacketType.Data, 1, new byte[1]);
        await pair.HandlerB.WaitForAsync(1, CancellationToken.None);
        Assert.Equal(2, pair.Causes[ProtocolError.UnknownPacketType]);
        Assert.Equal(2, pair.Causes[ProtocolError.ShortPacket]);
        Assert.False(pair.B.AnswersPings);
    });

    [Fact]
    public void Tick_AnsweringPeerFallsSilent_Closes() => SimulationRun.Execute(8, async sim =>
    {
        var (a, b) = TestKeys.Ordered(8);
        var (left, right) = MemoryNetwork.CreatePair(8);
        var causes = new CauseCounters("a");
        await using var transport = Support.Links.Start(left, a, b.PublicKey, new CollectingHandler(), sim.Time, causes);
        var answers = true;
        var peer = AnswerAsync();
        for (var i = 0; i < 200 && transport.IsUp; i++)
        {
            await Task.Delay(TimeSpan.FromSeconds(2), sim.Time);
            transport.Tick();
            answers &= i < 30;
        }

        Assert.False(transport.IsUp);
        Assert.Equal(ProtocolError.KeepAliveTimeout, transport.CloseCause);
        Assert.InRange(sim.Time.Elapsed, TimeSpan.FromSeconds(60 + 90), TimeSpan.FromSeconds(60 + 130));
        await transport.Completion;
        await peer;

        async Task AnswerAsync()
        {
            var packet = new byte[15];
            try
            {
                while (true)
                {
                    for (var n = 0; n < packet.Length;)
                    {
                        var got = await right.ReadAsync(packet.AsMemory(n), CancellationToken.None);
                        if (got == 0)
                        {
                            return;
                        }

                        n += got;
                    }

                    if (answers)
                    {
                        packet[0] = (byte)PacketType.TransportPong;
                        await right.WriteAsync(packet, CancellationToken.None);
                    }
                }
            }
            catch (IOException)
            {
                // The transport gave up.
            }
        }
    });

    [Fact]
    public void Tick_WriteIsStuck_ClosesAfterItsLimit() => SimulationRun.Execute(9, async sim =>
    {
        var (a, b) = TestKeys.Ordered(9);
        var (left, _) = MemoryNetwork.CreatePair(9, bufferSize: 1000);
        await using var transport = Support.Links.Start(left, a, b.PublicKey, new CollectingHandler(), sim.Time);
        Assert.True(transport.TrySend(PacketType.Data, 1, new byte[5000]));
        while (transport.IsUp)
        {
            await Task.Delay(TimeSpan.FromSeconds(2), sim.Time);
            transport.Tick();
        }

        Assert.Equal(ProtocolError.WriteTimeout, transport.CloseCause);
        Assert.InRange(sim.Time.Elapsed, ManagedTransport.WriteLimit, ManagedTransport.WriteLimit + TimeSpan.FromSeconds(4));
        await transport.Completion;
    });

    [Fact]
    public void Tick_SlowLinkThatMoves_IsNotTakenForStuck() => SimulationRun.Execute(10, async sim =>
    {
        var (a, b) = TestKeys.Ordered(10);
        var (left, right) = MemoryNetwork.CreatePair(10, bufferSize: 4096);
        await using var transport = Support.Links.Start(left, a, b.PublicKey, new CollectingHandler(), sim.Time);
        for (var i = 0; i < 30; i++)
        {
            Assert.True(transport.TrySend(PacketType.Data, 1, new byte[8000]));
        }

        // 8 KB a second: a batch of 240 KB takes half a minute.
        for (var n = 0; n < 300; n++)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(100), sim.Time);
            transport.Tick();
            await FillAsync(right, new byte[800]);
        }

        Assert.True(transport.IsUp, transport.CloseReason);
        Assert.True(sim.Time.Elapsed > ManagedTransport.WriteLimit);
    });

    [Fact]
    public void CloseAsync_WithQueuedPackets_SendsThemFirst() => Run(11, async (sim, pair) =>
    {
        for (var i = 0; i < 100; i++)
        {
            Assert.True(pair.A.TrySend(PacketType.Data, 1, new byte[1000]));
        }

        Assert.True(pair.A.TrySend(PacketType.Close, 1, [0]));
        await pair.A.CloseAsync(ProtocolError.ShuttingDown, "test", TimeSpan.FromSeconds(1));
        await pair.HandlerB.WaitForAsync(101, CancellationToken.None);
        await pair.B.Completion;
        Assert.Equal(PacketType.Close, PacketHeader.Read(pair.HandlerB.Packets[^1]).Type);
        Assert.Equal(ProtocolError.TransportClosed, pair.B.CloseCause);
        Assert.True(pair.A.TrySend(PacketType.Data, 1, []));
        Assert.True(pair.A.WaitForRoomAsync(CancellationToken.None).Stay().IsCompleted);
    });

    [Fact]
    public void CloseAsync_PeerDoesNotRead_EndsAtItsLimit() => Run(12, async (sim, pair) =>
    {
        pair.HandlerB.Refuses = true;
        while (pair.A.TrySend(PacketType.Data, 1, new byte[60_000]) || !await IsStuckAsync(pair.A, sim))
        {
            // Until both buffers and the stream are full.
        }

        var before = sim.Time.Elapsed;
        await pair.A.CloseAsync(ProtocolError.ShuttingDown, "test", TimeSpan.FromSeconds(1));
        Assert.Equal(TimeSpan.FromSeconds(1), sim.Time.Elapsed - before);
        pair.HandlerB.Release();
    });

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void ReadLoop_PeerSendsGarbageFrames_EndsWithACause(int seed) => SimulationRun.Execute(seed, async sim =>
    {
        var (a, b) = TestKeys.Ordered(seed);
        var (left, right) = MemoryNetwork.CreatePair(seed);
        var (encrypted, _) = Support.Links.Encrypt(left, MemoryNetwork.CreatePair().B, a.PublicKey, b.PublicKey);
        await using var transport = Support.Links.Start(encrypted, a, b.PublicKey, new CollectingHandler(), sim.Time);
        var garbage = new byte[5000];
        new Random(seed).NextBytes(garbage);
        garbage[0] = (byte)(seed == 1 ? 0xFF : 0x01);
        try
        {
            await right.WriteAsync(garbage, CancellationToken.None);
        }
        catch (IOException)
        {
            // It may hang up in the middle of it.
        }

        await transport.Completion;
        Assert.Contains(transport.CloseCause, new[] { ProtocolError.FrameTooLong, ProtocolError.BadTag, ProtocolError.RecordTooShort });
    });

    [Fact]
    public void ReadLoop_HandlerThrows_EndsThisTransportOnly() => SimulationRun.Execute(13, async sim =>
    {
        var (a, b) = TestKeys.Ordered(13);
        var (left, right) = MemoryNetwork.CreatePair(13);
        await using var broken = Support.Links.Start(left, a, b.PublicKey, new ThrowingHandler(), sim.Time);
        await using var other = Support.Links.Start(right, b, a.PublicKey, new CollectingHandler(), sim.Time);
        Assert.True(other.TrySend(PacketType.Data, 1, new byte[5]));
        await broken.Completion;
        await other.Completion;
        Assert.Contains("internal error", broken.CloseReason, StringComparison.Ordinal);
        Assert.Null(WakeBatch.Current);
    });

    private static void Run(int seed, Func<SimulationRun, Pair, Task> body) => SimulationRun.Execute(seed, async sim =>
    {
        var (a, b) = TestKeys.Ordered(seed);
        var (left, right) = MemoryNetwork.CreatePair(seed);
        var (streamA, streamB) = Support.Links.Encrypt(left, right, a.PublicKey, b.PublicKey);
        var causes = new CauseCounters("b");
        var handlerA = new CollectingHandler();
        var handlerB = new CollectingHandler();
        await using var transportA = Support.Links.Start(streamA, a, b.PublicKey, handlerA, sim.Time);
        await using var transportB = Support.Links.Start(streamB, b, a.PublicKey, handlerB, sim.Time, causes);
        await body(sim, new Pair(transportA, transportB, handlerA, handlerB, causes));
    });

    private static async Task<bool> IsStuckAsync(ManagedTransport transport, SimulationRun sim)
    {
        var room = transport.WaitForRoomAsync(CancellationToken.None).Stay();
        return await Task.WhenAny(room, Task.Delay(TimeSpan.FromMilliseconds(50), sim.Time)) != room;
    }

    private static async Task FillAsync(IByteStream stream, Memory<byte> buffer)
    {
        while (!buffer.IsEmpty)
        {
            buffer = buffer[await stream.ReadAsync(buffer, CancellationToken.None)..];
        }
    }

    private sealed record Pair(ManagedTransport A, ManagedTransport B, CollectingHandler HandlerA, CollectingHandler HandlerB, CauseCounters Causes);

    private sealed class ThrowingHandler : IPacketHandler
    {
        public bool TryHandle(ITransport source, PacketHeader header, Span<byte> packet) => throw new InvalidOperationException("a bug in the router");

        public ValueTask WaitForRoomAsync(ITransport source, CancellationToken cancellationToken) => ValueTask.CompletedTask;
    }
}
