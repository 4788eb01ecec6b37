using System.Buffers.Binary;
using Skywire.Crypto;
using Skywire.Noise;
using Skywire.Testing;
using Skywire.Wire;

namespace Skywire.Dmsg.Tests;

public sealed class NoiseStreamTests : TestBase
{
    private static readonly byte[] Key = [.. Enumerable.Range(1, 32).Select(i => (byte)i)];
    private static readonly byte[] OtherKey = [.. Enumerable.Range(101, 32).Select(i => (byte)i)];
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    [Fact]
    public async Task WriteAsync_5000Bytes_LeavesTheReferencesFramesInOneWrite()
    {
        var vector = Vectors.Load("noise.json").GetProperty("handshakes").EnumerateArray().Single(h => h.Text("pattern") == "KK");
        var write = vector.GetProperty("stream_write");
        var sealer = new RecordSealer(vector.Hex("key_initiator_to_responder"));
        for (var i = 1; i < write.GetProperty("nonces")[0].GetInt32(); i++)
        {
            sealer.Seal([], new byte[RecordSealer.Overhead]);
        }

        var below = new ScriptedStream();
        await using var stream = new NoiseStream(below, default, sealer, new RecordOpener(OtherKey, ReceiveRule.Strict));
        await stream.WriteAsync(Pattern(5000), Deadline);
        Assert.Equal(write.Text("wire"), Convert.ToHexStringLower(Assert.Single(below.Writes)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4070)]
    [InlineData(4071)]
    [InlineData(16 * 4070)]
    [InlineData((16 * 4070) + 1)]
    [InlineData(300_000)]
    public async Task WriteAsync_AnySize_FillsWritesOf64KiBAndReadsBack(int size)
    {
        var below = new ScriptedStream();
        await using var writer = Stream(below);
        var data = Pattern(size);
        await writer.WriteAsync(data, Deadline);
        Assert.Equal((size + (16 * 4070) - 1) / (16 * 4070), below.Writes.Count);
        Assert.All(below.Writes, w => Assert.True(w.Length <= 64 * 1024));

        var back = new ScriptedStream();
        below.Writes.ForEach(w => back.Then(w));
        await using var reader = Stream(back);
        Assert.Equal(data, await ReadAllAsync(reader, 100_000));
        Assert.Equal(0, await reader.ReadAsync(new byte[10], Deadline));
    }

    [Fact]
    public async Task WriteAsync_Nothing_SendsNothing()
    {
        var below = new ScriptedStream();
        await using var stream = Stream(below);
        await stream.WriteAsync(default, Deadline);
        Assert.Empty(below.Writes);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(4069)]
    [InlineData(4070)]
    [InlineData(65536)]
    public async Task ReadAsync_AnyCallersBuffer_GivesTheSameBytes(int buffer)
    {
        var wire = await SealAsync(20_000, 4070, 1, 300, 9999);
        foreach (var chunk in new[] { 1, 5, 4096, wire.Length })
        {
            var below = new ScriptedStream();
            foreach (var part in wire.Chunk(chunk))
            {
                below.Then(part);
            }

            await using var stream = Stream(below);
            Assert.Equal(20_000 + 4070 + 1 + 300 + 9999, (await ReadAllAsync(stream, buffer)).Length);
        }
    }

    [Fact]
    public async Task ReadAsync_ManyFramesAtHand_GivesThemInOneRead()
    {
        var wire = await SealAsync(1000, 1000, 1000, 1000, 1000);
        var below = new ScriptedStream().Then(wire);
        await using var stream = Stream(below);
        var buffer = new byte[4500];
        Assert.Equal(4000, await stream.ReadAsync(buffer, Deadline));
        Assert.Equal(Pattern(1000), buffer[..1000]);
        Assert.Equal(1, below.ReadCalls);
        Assert.Equal(1000, await stream.ReadAsync(buffer, Deadline));
        Assert.Equal(1, below.ReadCalls);
    }

    [Fact]
    public async Task ReadAsync_BulkData_GrowsTheReadBelow()
    {
        var below = new ScriptedStream().Then(await SealAsync(2_000_000));
        await using var stream = Stream(below);
        Assert.Equal(2_000_000, (await ReadAllAsync(stream, 65536)).Length);
        Assert.InRange(below.LargestRead, 200 * 1024, 256 * 1024);
    }

    [Fact]
    public async Task ReadAsync_EmptyFrames_AreSkipped()
    {
        using var sealer = new RecordSealer(Key);
        var below = new ScriptedStream().Then(Frame(sealer, 0)).Then(Frame(sealer, 0)).Then(Frame(sealer, 3)).Then(Frame(sealer, 0));
        await using var stream = Stream(below);
        var buffer = new byte[100];
        Assert.Equal(3, await stream.ReadAsync(buffer, Deadline));
        Assert.Equal(0, await stream.ReadAsync(buffer, Deadline));
    }

    [Fact]
    public async Task ReadAsync_Leftover_ComesFirst()
    {
        var wire = await SealAsync(500, 500);
        await using var stream = new NoiseStream(
            new ScriptedStream().Then(wire[100..]), default, new RecordSealer(OtherKey), new RecordOpener(Key, ReceiveRule.Strict), wire.AsSpan(0, 100));
        Assert.Equal(1000, (await ReadAllAsync(stream, 4096)).Length);
    }

    [Fact]
    public async Task ReadAsync_CutAtEveryByte_EndsOrSaysTruncated()
    {
        var wire = await SealAsync(40, 0, 9);
        var boundaries = new[] { 0, 40 + 26, 40 + 26 + 9 + 26 };
        for (var length = 0; length <= wire.Length; length++)
        {
            var below = new ScriptedStream();
            if (length > 0)
            {
                below.Then(wire[..length]);
            }

            await using var stream = Stream(below);
            if (boundaries.Contains(length))
            {
                await ReadAllAsync(stream, 100);
            }
            else
            {
                var error = await Assert.ThrowsAsync<ProtocolException>(() => ReadAllAsync(stream, 100));
                Assert.Equal(ProtocolError.TruncatedFrame, error.Error);
            }
        }
    }

    [Theory]
    [InlineData(4095, ProtocolError.FrameTooLong)]
    [InlineData(65535, ProtocolError.FrameTooLong)]
    [InlineData(23, ProtocolError.RecordTooShort)]
    [InlineData(0, ProtocolError.RecordTooShort)]
    public async Task ReadAsync_ImpossiblePrefix_FailsBeforeItsBytesCome(int prefix, ProtocolError expected)
    {
        var below = new ScriptedStream().Then((byte)(prefix >> 8), (byte)prefix);
        await using var stream = Stream(below);
        var error = await Assert.ThrowsAsync<ProtocolException>(async () => await stream.ReadAsync(new byte[100], Deadline));
        Assert.Equal(expected, error.Error);
        Assert.True(below.IsAborted);
    }

    [Fact]
    public async Task ReadAsync_BadTagBehindGoodFrames_GivesTheGoodBytesFirstThenFailsForGood()
    {
        var wire = await SealAsync(10, 20, 30);
        wire[^1] ^= 1;
        var below = new ScriptedStream().Then(wire);
        await using var stream = Stream(below);
        var buffer = new byte[1000];
        Assert.Equal(30, await stream.ReadAsync(buffer, Deadline));
        for (var i = 0; i < 2; i++)
        {
            var error = await Assert.ThrowsAsync<ProtocolException>(async () => await stream.ReadAsync(buffer, Deadline));
            Assert.Equal(ProtocolError.BadTag, error.Error);
        }

        Assert.True(below.IsAborted);
    }

    [Fact]
    public async Task ReadAsync_ReplayedFrame_Fails()
    {
        var wire = await SealAsync(10);
        await using var stream = Stream(new ScriptedStream().Then([.. wire, .. wire]));
        var buffer = new byte[1000];
        Assert.Equal(10, await stream.ReadAsync(buffer, Deadline));
        var error = await Assert.ThrowsAsync<ProtocolException>(async () => await stream.ReadAsync(buffer, Deadline));
        Assert.Equal(ProtocolError.ReplayedCounter, error.Error);
    }

    [Fact]
    public async Task ReadAsync_Mutated_NeverGivesWrongBytes()
    {
        var wire = await SealAsync(100, 200, 50);
        var expected = (byte[])[.. Pattern(100), .. Pattern(200), .. Pattern(50)];
        var random = new Random(5);
        for (var round = 0; round < 300; round++)
        {
            var bad = (byte[])wire.Clone();
            bad[random.Next(bad.Length)] ^= (byte)(1 << random.Next(8));
            await using var stream = Stream(new ScriptedStream().Then(bad));
            var got = new List<byte>();
            var buffer = new byte[64];
            await Assert.ThrowsAsync<ProtocolException>(async () =>
            {
                int n;
                while ((n = await stream.ReadAsync(buffer, Deadline)) > 0)
                {
                    got.AddRange(buffer[..n]);
                }
            });
            Assert.Equal(expected[..got.Count], got);
        }
    }

    [Fact]
    public async Task WriteAsync_FailureBelow_IsPermanent()
    {
        var below = new ScriptedStream { WriteError = new IOException("broken") };
        await using var stream = Stream(below);
        await Assert.ThrowsAsync<IOException>(async () => await stream.WriteAsync(Pattern(10), Deadline));
        Assert.True(below.IsAborted);
        below.WriteError = null;
        var error = await Assert.ThrowsAsync<ProtocolException>(async () => await stream.WriteAsync(Pattern(10), Deadline));
        Assert.Equal(ProtocolError.SessionClosed, error.Error);
        Assert.Empty(below.Writes);
    }

    [Fact]
    public async Task WriteAsync_CancelledBefore_DoesNotBreakTheStream()
    {
        var below = new ScriptedStream();
        await using var stream = Stream(below);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await stream.WriteAsync(Pattern(10), new CancellationToken(true)));
        await stream.WriteAsync(Pattern(10), Deadline);
        await using var reader = Stream(new ScriptedStream().Then(below.Writes[0]));
        Assert.Equal(Pattern(10), await ReadAllAsync(reader, 100));
    }

    [Fact]
    public async Task DisposeAsync_Always_DisposesBelowAndRefusesWork()
    {
        var below = new ScriptedStream();
        var stream = Stream(below);
        await stream.DisposeAsync();
        Assert.True(below.IsDisposed);
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await stream.ReadAsync(new byte[1], Deadline));
        await Assert.ThrowsAsync<ProtocolException>(async () => await stream.WriteAsync(new byte[1], Deadline));
    }

    [Fact]
    public async Task ReadAndWrite_SteadyState_AllocateNothing()
    {
        var script = new ScriptedStream();
        await using var writer = Stream(script);
        await writer.WriteAsync(Pattern(60_000), Deadline);
        script.KeepWrites = false;
        var frames = script.Writes[0];
        var data = Pattern(60_000);
        var buffer = new byte[65536];

        // Each round needs its own frames: counters must grow.
        const int Rounds = 50;
        var wires = new List<byte[]>();
        using var sealer = new RecordSealer(Key);
        for (var i = 0; i < Rounds; i++)
        {
            wires.Add([.. Frame(sealer, 4070), .. Frame(sealer, 4070), .. Frame(sealer, 100), .. Frame(sealer, 0)]);
        }

        var below = new ScriptedStream();
        wires.ForEach(w => below.Then(w));
        await using var reader = Stream(below);
        await reader.ReadAsync(buffer, Deadline);
        await reader.ReadAsync(buffer.AsMemory(0, 100), Deadline);
        await writer.WriteAsync(data, Deadline);

        // Each round by itself: a collection that another test asks for shows as kilobytes in one of them (AllocationMeasurement.LeastBytes says why).
        var clean = 0;
        for (var i = 2; i < Rounds; i++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            var read = reader.ReadAsync(buffer, Deadline);
            var write = writer.WriteAsync(data, Deadline);
            if (!read.IsCompletedSuccessfully || !write.IsCompletedSuccessfully || await read == 0)
            {
                throw new InvalidOperationException("did not complete at once");
            }

            clean += GC.GetAllocatedBytesForCurrentThread() == before ? 1 : 0;
        }

        Assert.InRange(clean, (Rounds - 2) * 9 / 10, Rounds - 2);
        Assert.NotEmpty(frames);
    }

    [Fact]
    public async Task HandshakeAsync_BothSides_ExchangeDataBothWaysAtOnce()
    {
        var (a, b) = MemoryNetwork.CreatePair(chunkSeed: 4);
        using var alice = SecKey.Generate(new SeededEntropy(1));
        using var bob = SecKey.Generate(new SeededEntropy(2));
        var dialing = NoiseStream.HandshakeAsync(a, new HandshakeState(HandshakePattern.KK, true, alice, bob.PublicKey, new SeededEntropy(3)), Limit, TimeProvider.System, Deadline);
        var accepting = NoiseStream.HandshakeAsync(b, new HandshakeState(HandshakePattern.KK, false, bob, alice.PublicKey, new SeededEntropy(4)), Limit, TimeProvider.System, Deadline);
        await using var dialed = await dialing;
        await using var accepted = await accepting;
        Assert.Equal(bob.PublicKey, dialed.RemoteKey);
        Assert.Equal(alice.PublicKey, accepted.RemoteKey);
        var data = Pattern(500_000);
        var there = SendAsync(dialed, data);
        var back = SendAsync(accepted, data);
        Assert.Equal(data, await ReadAllAsync(accepted, 10_000));
        Assert.Equal(data, await ReadAllAsync(dialed, 10_000));
        await there;
        await back;
    }

    [Fact]
    public async Task HandshakeAsync_WrongResponder_FailsAndAborts()
    {
        var (a, b) = MemoryNetwork.CreatePair();
        using var alice = SecKey.Generate(new SeededEntropy(1));
        using var bob = SecKey.Generate(new SeededEntropy(2));
        using var eve = SecKey.Generate(new SeededEntropy(3));
        var dialing = NoiseStream.HandshakeAsync(a, new HandshakeState(HandshakePattern.KK, true, alice, bob.PublicKey, new SeededEntropy(3)), Limit, TimeProvider.System, Deadline);
        var accepting = NoiseStream.HandshakeAsync(b, new HandshakeState(HandshakePattern.KK, false, eve, alice.PublicKey, new SeededEntropy(4)), Limit, TimeProvider.System, Deadline);
        Assert.Equal(ProtocolError.BadHandshake, (await Assert.ThrowsAsync<ProtocolException>(() => accepting)).Error);
        await Assert.ThrowsAsync<ProtocolException>(() => dialing);
    }

    [Fact]
    public async Task HandshakeAsync_OversizeFrame_Fails()
    {
        using var bob = SecKey.Generate(new SeededEntropy(2));
        var below = new ScriptedStream().Then(0x0f, 0xff);
        var handshake = new HandshakeState(HandshakePattern.XK, false, bob, default, new SeededEntropy(4));
        var error = await Assert.ThrowsAsync<ProtocolException>(() => NoiseStream.HandshakeAsync(below, handshake, Limit, TimeProvider.System, Deadline));
        Assert.Equal(ProtocolError.FrameTooLong, error.Error);
        Assert.True(below.IsAborted);
    }

    [Fact]
    public void HandshakeAsync_SilentPeer_TimesOut() => SimulationRun.Execute(1, async sim =>
    {
        var (a, _) = MemoryNetwork.CreatePair();
        using var bob = SecKey.Generate(new SeededEntropy(2));
        var handshake = new HandshakeState(HandshakePattern.XK, false, bob, default, new SeededEntropy(4));
        var error = await Assert.ThrowsAsync<ProtocolException>(() => NoiseStream.HandshakeAsync(a, handshake, Limit, sim.Time, CancellationToken.None));
        Assert.Equal(ProtocolError.HandshakeTimeout, error.Error);
        Assert.Equal(Limit, sim.Time.Elapsed);
    });

    [Fact]
    public async Task HandshakeAsync_BytesBehindTheLastFrame_StayInTheStream()
    {
        using var alice = SecKey.Generate(new SeededEntropy(1));
        using var server = SecKey.Generate(new SeededEntropy(2));
        var below = new ScriptedStream();
        var initiator = new HandshakeState(HandshakePattern.XK, true, alice, server.PublicKey, new SeededEntropy(3));
        using var responder = new HandshakeState(HandshakePattern.XK, false, server, default, new SeededEntropy(4));
        var message = new byte[128];
        below.Then(Prefixed(message, initiator.WriteMessage([], message)));

        // The responder's answer is made by a second machine with the same entropy, so that message 3 can be prepared.
        using var twin = new HandshakeState(HandshakePattern.XK, false, server, default, new SeededEntropy(4));
        Assert.True(twin.TryReadMessage(message.AsSpan(0, 49)));
        var n = twin.WriteMessage([], message);
        Assert.True(initiator.TryReadMessage(message.AsSpan(0, n)));
        n = initiator.WriteMessage([], message);
        below.Then([.. Prefixed(message, n), .. "behind"u8]);
        await NoiseHandshake.RunAsync(below, responder, Limit, TimeProvider.System, Deadline);
        Assert.Equal(alice.PublicKey, responder.RemoteStatic);
        var rest = new byte[100];
        var count = await below.ReadAsync(rest, Deadline);
        Assert.Equal("behind"u8.ToArray(), rest[..count]);

        static byte[] Prefixed(byte[] message, int length) => [(byte)(length >> 8), (byte)length, .. message[..length]];
    }

    private static NoiseStream Stream(IByteStream below) => new(below, default, new RecordSealer(Key), new RecordOpener(Key, ReceiveRule.Strict));

    private static byte[] Pattern(int size) => [.. Enumerable.Range(0, size).Select(i => (byte)(7 * i))];

    private static byte[] Frame(RecordSealer sealer, int size)
    {
        var frame = new byte[2 + RecordSealer.Overhead + size];
        BinaryPrimitives.WriteUInt16BigEndian(frame, (ushort)(frame.Length - 2));
        sealer.Seal(Pattern(size), frame.AsSpan(2));
        return frame;
    }

    private async Task<byte[]> SealAsync(params int[] sizes)
    {
        var below = new ScriptedStream();
        await using var stream = Stream(below);
        foreach (var size in sizes)
        {
            await stream.WriteAsync(Pattern(size), Deadline);
        }

        return [.. below.Writes.SelectMany(w => w)];
    }

    private async Task SendAsync(NoiseStream stream, byte[] data)
    {
        await stream.WriteAsync(data, Deadline);
        await stream.CompleteWritesAsync(Deadline);
    }

    private async Task<byte[]> ReadAllAsync(NoiseStream stream, int bufferSize)
    {
        var all = new List<byte>();
        var buffer = new byte[bufferSize];
        int n;
        while ((n = await stream.ReadAsync(buffer, Deadline)) > 0)
        {
            all.AddRange(buffer[..n]);
        }

        return [.. all];
    }
}
