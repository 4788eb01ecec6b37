// One machine of the in-memory network.
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Skywire.Wire;

namespace Skywire.Testing;

/// <summary>A host: connects from its own address, listens on its ports. Loopback and the unspecified address mean this host.</summary>
public sealed class MemoryHost : INetwork
{
    private const int FirstEphemeralPort = 32768;

    private readonly MemoryNetwork _network;
    private readonly Dictionary<int, MemoryListener> _listeners = [];
    private int _nextPort = FirstEphemeralPort;

    internal MemoryHost(MemoryNetwork network, IPAddress address)
    {
        _network = network;
        Address = address;
    }

    /// <summary>The host's address.</summary>
    public IPAddress Address { get; }

    /// <summary>Streams with an end on this host that were neither disposed nor aborted here; for leak checks.</summary>
    public int OpenStreams => _network.CountStreams(Address);

    /// <inheritdoc/>
    public ValueTask<IByteStream> ConnectAsync(string address, CancellationToken cancellationToken)
    {
        var (target, port) = _network.Resolve(address);
        return _network.ConnectAsync(this, IPAddress.IsLoopback(target) || target.Equals(IPAddress.Any) || target.Equals(IPAddress.IPv6Any) ? Address : target, port, cancellationToken);
    }

    /// <inheritdoc/>
    public IStreamListener Listen(IPEndPoint local)
    {
        var own = local.Address.Equals(Address) || IPAddress.IsLoopback(local.Address) || local.Address.Equals(IPAddress.Any) || local.Address.Equals(IPAddress.IPv6Any);
        if (!own)
        {
            throw new IOException($"cannot listen on {local}: the address is not one of this host ({Address})", new SocketException((int)SocketError.AddressNotAvailable));
        }

        lock (_listeners)
        {
            var port = local.Port != 0 ? local.Port : NextPort();
            if (_listeners.ContainsKey(port))
            {
                throw new IOException(string.Create(CultureInfo.InvariantCulture, $"port {port} is taken"), new SocketException((int)SocketError.AddressAlreadyInUse));
            }

            var listener = new MemoryListener(this, new IPEndPoint(local.Address, port));
            _listeners.Add(port, listener);
            return listener;
        }
    }

    /// <inheritdoc/>
    public override string ToString() => Address.ToString();

    internal MemoryListener? Find(int port)
    {
        lock (_listeners)
        {
            return _listeners.GetValueOrDefault(port);
        }
    }

    internal void Remove(MemoryListener listener)
    {
        lock (_listeners)
        {
            _listeners.Remove(listener.LocalEndPoint.Port);
        }
    }

    internal int TakePort()
    {
        lock (_listeners)
        {
            return NextPort();
        }
    }

    private int NextPort()
    {
        do
        {
            _nextPort = _nextPort == ushort.MaxValue ? FirstEphemeralPort : _nextPort + 1;
        }
        while (_listeners.ContainsKey(_nextPort));
        return _nextPort;
    }
}
