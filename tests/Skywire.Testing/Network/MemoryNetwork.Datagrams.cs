// UDP without a kernel: datagrams to one host or to every host that listens on a port, late, lost or cut off as the link between two hosts says.
using System.Net;
using Skywire.Wire;

namespace Skywire.Testing;

public sealed partial class MemoryNetwork
{
    private readonly List<MemoryDatagramSocket> _datagramSockets = [];

    /// <summary>Opens a port for datagrams on a host.</summary>
    public MemoryDatagramSocket OpenDatagrams(MemoryHost host, int port)
    {
        lock (_lock)
        {
            if (_datagramSockets.Exists(s => s.Local.Address.Equals(host.Address) && s.Local.Port == port))
            {
                throw new IOException($"port {port} is taken");
            }

            var socket = new MemoryDatagramSocket(this, new IPEndPoint(host.Address, port));
            _datagramSockets.Add(socket);
            return socket;
        }
    }

    internal void Close(MemoryDatagramSocket socket)
    {
        lock (_lock)
        {
            _datagramSockets.Remove(socket);
        }
    }

    /// <summary>Sends to one address, or to all that listen on the sender's port.</summary>
    internal void Send(MemoryDatagramSocket from, IPEndPoint? to, byte[] bytes)
    {
        lock (_lock)
        {
            foreach (var socket in _datagramSockets)
            {
                if (socket == from || (to is null ? socket.Local.Port != from.Local.Port : !socket.Local.Equals(to)))
                {
                    continue;
                }

                var path = Path(from.Local.Address, socket.Local.Address);
                if (path.IsCut || !path.TryDrawDatagram(out var delay))
                {
                    continue;
                }

                // Held by its own closure until it fires.
                ITimer? timer = null;
                timer = _time.CreateTimer(
                    _ =>
                    {
                        timer?.Dispose();
                        if (!path.IsCut)
                        {
                            socket.Deliver(bytes, from.Local);
                        }
                    },
                    null,
                    delay,
                    Timeout.InfiniteTimeSpan);
            }
        }
    }
}

/// <summary>One open port. One receiver at a time.</summary>
public sealed class MemoryDatagramSocket : IAsyncDisposable
{
    private readonly MemoryNetwork _network;
    private readonly Queue<(byte[] Bytes, IPEndPoint Source)> _waiting = new();
    private readonly AsyncSignal _arrived = new();

    internal MemoryDatagramSocket(MemoryNetwork network, IPEndPoint local)
    {
        _network = network;
        Local = local;
    }

    /// <summary>Its own address.</summary>
    public IPEndPoint Local { get; }

    /// <summary>Sends to one, or with null to all on this port.</summary>
    public void Send(IPEndPoint? to, byte[] bytes) => _network.Send(this, to, bytes);

    /// <summary>The next datagram.</summary>
    public async ValueTask<(byte[] Bytes, IPEndPoint Source)> ReceiveAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            lock (_waiting)
            {
                if (_waiting.TryDequeue(out var datagram))
                {
                    return datagram;
                }
            }

            await _arrived.WaitAsync(cancellationToken);
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _network.Close(this);
        return default;
    }

    internal void Deliver(byte[] bytes, IPEndPoint source)
    {
        lock (_waiting)
        {
            _waiting.Enqueue((bytes, source));
        }

        _arrived.Set();
    }
}
