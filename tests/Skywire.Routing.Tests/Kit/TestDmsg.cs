// dmsg for tests: every dial gives a pair of memory streams.
using System.Net;
using System.Threading.Channels;
using Skywire.Crypto;
using Skywire.Dmsg;
using Skywire.Testing;
using Skywire.Wire;

namespace Skywire.Routing.Tests.Kit;

/// <summary>All clients of a test; who dials whom is checked as dmsg does.</summary>
internal sealed class TestDmsgHub
{
    private readonly Dictionary<(PubKey, ushort), TestListener> _listeners = [];

    /// <summary>What happens to a dial before it is served; throw to let it fail.</summary>
    public Func<PubKey, PubKey, ushort, CancellationToken, Task>? OnDial { get; set; }

    /// <summary>Dials made, in order.</summary>
    public List<(PubKey From, PubKey To, ushort Port)> Dials { get; } = [];

    public IDmsg Client(PubKey key) => new TestDmsg(this, key);

    private sealed class TestDmsg(TestDmsgHub hub, PubKey key) : IDmsg
    {
        public PubKey LocalKey => key;

        public bool IsReady => true;

        public async Task<IDmsgStream> DialAsync(PubKey remote, ushort port, CancellationToken cancellationToken)
        {
            hub.Dials.Add((key, remote, port));
            if (hub.OnDial is { } hook)
            {
                await hook(key, remote, port, cancellationToken);
            }

            if (!hub._listeners.TryGetValue((remote, port), out var listener))
            {
                throw new ProtocolException(ProtocolError.EntryNotFound, $"nobody of that key listens on port {port}");
            }

            var (near, far) = MemoryNetwork.CreatePair();
            listener.Queue.Writer.TryWrite(new TestStream(far, key, port));
            return new TestStream(near, remote, port);
        }

        public IDmsgListener Listen(ushort port)
        {
            var listener = new TestListener(hub, key, port);
            return hub._listeners.TryAdd((key, port), listener) ? listener : throw new ProtocolException(ProtocolError.PortTaken, "taken");
        }
    }

    private sealed class TestListener(TestDmsgHub hub, PubKey key, ushort port) : IDmsgListener
    {
        public Channel<IDmsgStream> Queue { get; } = Channel.CreateUnbounded<IDmsgStream>();

        public ushort Port => port;

        public async ValueTask<IDmsgStream> AcceptAsync(CancellationToken cancellationToken)
        {
            try
            {
                return await Queue.Reader.ReadAsync(cancellationToken);
            }
            catch (ChannelClosedException)
            {
                throw new ObjectDisposedException("listener");
            }
        }

        public ValueTask DisposeAsync()
        {
            hub._listeners.Remove((key, port));
            Queue.Writer.TryComplete();
            return default;
        }
    }

    private sealed class TestStream(IByteStream inner, PubKey remote, ushort port) : IDmsgStream
    {
        public PubKey RemoteKey => remote;

        public ushort RemotePort => port;

        public ushort LocalPort => port;

        public EndPoint? RemoteEndPoint => null;

        public ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken) => inner.ReadAsync(buffer, cancellationToken);

        public ValueTask WriteAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken) => inner.WriteAsync(data, cancellationToken);

        public ValueTask CompleteWritesAsync(CancellationToken cancellationToken) => inner.CompleteWritesAsync(cancellationToken);

        public void Abort() => inner.Abort();

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }
}
