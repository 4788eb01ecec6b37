// Two connected byte streams that allocate nothing per read and write, so that a session's own allocations show.
using System.Net;
using Skywire.Wire.Yamux;

namespace Skywire.Wire.Tests.Yamux;

internal sealed class QuietPair
{
    public QuietPair()
    {
        var there = new Way();
        var back = new Way();
        A = new End(there, back);
        B = new End(back, there);
    }

    public IByteStream A { get; }

    public IByteStream B { get; }

    private sealed class Way
    {
        private const int Capacity = 256 * 1024;
        private readonly Lock _lock = new();
        private readonly AsyncSignal _data = new();
        private readonly AsyncSignal _room = new();
        private ReceiveRing _ring;
        private bool _ended;

        [System.Runtime.CompilerServices.AsyncMethodBuilder(typeof(System.Runtime.CompilerServices.PoolingAsyncValueTaskMethodBuilder<>))]
        public async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken)
        {
            while (true)
            {
                lock (_lock)
                {
                    var count = _ring.Read(buffer.Span);
                    if (count > 0 || _ended)
                    {
                        _room.Set();
                        return count;
                    }
                }

                await _data.WaitAsync(cancellationToken);
            }
        }

        [System.Runtime.CompilerServices.AsyncMethodBuilder(typeof(System.Runtime.CompilerServices.PoolingAsyncValueTaskMethodBuilder))]
        public async ValueTask WriteAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken)
        {
            while (true)
            {
                lock (_lock)
                {
                    if (_ended)
                    {
                        throw new IOException("ended");
                    }

                    var count = Math.Min(data.Length, Capacity - _ring.Count);
                    _ring.Append(data.Span[..count]);
                    data = data[count..];
                    _data.Set();
                    if (data.IsEmpty)
                    {
                        return;
                    }
                }

                await _room.WaitAsync(cancellationToken);
            }
        }

        public void EndNow()
        {
            lock (_lock)
            {
                _ended = true;
            }

            _data.Set();
            _room.Set();
        }
    }

    private sealed class End(Way outgoing, Way incoming) : IByteStream
    {
        public EndPoint? RemoteEndPoint => null;

        public ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken) => incoming.ReadAsync(buffer, cancellationToken);

        public ValueTask WriteAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken) => outgoing.WriteAsync(data, cancellationToken);

        public ValueTask CompleteWritesAsync(CancellationToken cancellationToken)
        {
            outgoing.EndNow();
            return ValueTask.CompletedTask;
        }

        public void Abort()
        {
            outgoing.EndNow();
            incoming.EndNow();
        }

        public ValueTask DisposeAsync()
        {
            Abort();
            return ValueTask.CompletedTask;
        }
    }
}
