// The forwarding path allocates nothing per packet.
using Skywire.Testing;
using Skywire.Transport.Links;
using Skywire.Transport.Tests.Support;
using Skywire.Wire;
using Xunit;

namespace Skywire.Transport.Tests.Links;

/// <summary>Alone in its collection: it counts the allocations of the whole process.</summary>
[Collection(nameof(AllocationTests))]
[CollectionDefinition(nameof(AllocationTests), DisableParallelization = true)]
public sealed class AllocationTests : TestBase
{
    private const int Packets = 100_000;

    // What the runtime itself may allocate meanwhile, the more the longer it takes: pool threads, timers of the test. One object per packet would be 2,400,000 bytes, one per read of the larger ones 150,000.
    private const long Noise = 64 * 1024;

    // Without optimisation the compiler makes every async call an object: a few per read and per write, still none per packet.
#if DEBUG
    private const long PerBatch = 1024;
#else
    private const long PerBatch = 0;
#endif

    [Theory]
    [InlineData(100)]
    [InlineData(4000)]
    public Task Forwarding_InSteadyState_AllocatesNothingPerPacket(int payload)
        => Task.Run(() => ForwardAsync(payload), Deadline); // Without the test framework's synchronisation context, as in the product.

    private async Task ForwardAsync(int payload)
    {
        using var measurement = AllocationMeasurement.Begin();
        var (a, b) = TestKeys.Ordered(50);
        var forward = new ForwardingHandler();
        var count = new CountingHandler();
        await using var source = new LoopingStream(payload);
        await using var sink = new DrainStream();
        await using var outgoing = Support.Links.Start(sink, a, b.PublicKey, count, TimeProvider.System);
        forward.Next = outgoing;
        await using var incoming = Support.Links.Start(source, a, b.PublicKey, forward, TimeProvider.System);

        // Buffers grow, pools fill, code is compiled.
        await PumpAsync(source, outgoing, 5 * Packets);
        var least = long.MaxValue;
        for (var i = 0; i < 5; i++)
        {
            var before = GC.GetTotalAllocatedBytes(precise: true);
            await PumpAsync(source, outgoing, Packets);
            least = Math.Min(least, GC.GetTotalAllocatedBytes(precise: true) - before);
        }

        Assert.InRange(least, 0, Noise + (PerBatch * (1 + (Packets * payload / (64 * 1024)))));
        Assert.Equal(10L * Packets, outgoing.SentPackets);
        Assert.Equal(forward.Forwarded, outgoing.SentPackets);
    }

    private async Task PumpAsync(LoopingStream source, ManagedTransport outgoing, int packets)
    {
        var target = outgoing.SentPackets + packets;
        source.Allow(packets);
        while (outgoing.SentPackets < target)
        {
            Deadline.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    private sealed class CountingHandler : IPacketHandler
    {
        public bool TryHandle(ITransport source, PacketHeader header, Span<byte> packet) => true;

        public ValueTask WaitForRoomAsync(ITransport source, CancellationToken cancellationToken) => ValueTask.CompletedTask;
    }

    /// <summary>Yields the same packet as often as allowed, as many whole ones per read as fit.</summary>
    private sealed class LoopingStream : IByteStream
    {
        private readonly byte[] _packet;
        private readonly AsyncSignal _more = new();
        private long _allowed;
        private volatile bool _aborted;

        internal LoopingStream(int payload)
        {
            _packet = new byte[PacketHeader.Size + payload];
            new PacketHeader(PacketType.Data, 3, (ushort)payload).Write(_packet);
        }

        public System.Net.EndPoint? RemoteEndPoint => null;

        internal void Allow(int packets)
        {
            Interlocked.Add(ref _allowed, packets);
            _more.Set();
        }

        [System.Runtime.CompilerServices.AsyncMethodBuilder(typeof(System.Runtime.CompilerServices.PoolingAsyncValueTaskMethodBuilder<>))]
        public async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken)
        {
            while (Interlocked.Read(ref _allowed) == 0)
            {
                await _more.WaitAsync(cancellationToken);
                if (_aborted)
                {
                    throw new IOException("aborted");
                }
            }

            var n = (int)Math.Min(Interlocked.Read(ref _allowed), buffer.Length / _packet.Length);
            for (var i = 0; i < n; i++)
            {
                _packet.CopyTo(buffer.Span[(i * _packet.Length)..]);
            }

            Interlocked.Add(ref _allowed, -n);
            return n * _packet.Length;
        }

        public ValueTask WriteAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken) => ValueTask.CompletedTask;

        public ValueTask CompleteWritesAsync(CancellationToken cancellationToken) => ValueTask.CompletedTask;

        public void Abort()
        {
            _aborted = true;
            Allow(1);
        }

        public ValueTask DisposeAsync()
        {
            Abort();
            return ValueTask.CompletedTask;
        }
    }

    /// <summary>Takes everything, now and then only after a while, so that the queue fills and read loops wait.</summary>
    private sealed class DrainStream : IByteStream
    {
        private readonly AsyncSignal _end = new();
        private int _writes;
        private volatile bool _aborted;

        public System.Net.EndPoint? RemoteEndPoint => null;

        [System.Runtime.CompilerServices.AsyncMethodBuilder(typeof(System.Runtime.CompilerServices.PoolingAsyncValueTaskMethodBuilder<>))]
        public async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken)
        {
            await _end.WaitAsync(cancellationToken);
            return 0;
        }

        [System.Runtime.CompilerServices.AsyncMethodBuilder(typeof(System.Runtime.CompilerServices.PoolingAsyncValueTaskMethodBuilder))]
        public async ValueTask WriteAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken)
        {
            if (++_writes % 4 == 0)
            {
                for (var i = 0; i < 50; i++)
                {
                    await Task.Yield();
                }
            }

            if (_aborted)
            {
                throw new IOException("aborted");
            }
        }

        public ValueTask CompleteWritesAsync(CancellationToken cancellationToken) => ValueTask.CompletedTask;

        public void Abort()
        {
            _aborted = true;
            _end.Set();
        }

        public ValueTask DisposeAsync()
        {
            Abort();
            return ValueTask.CompletedTask;
        }
    }
}
