// Routes made of plain connections of the in-memory network.
using System.Net;
using Skywire.Crypto;
using Skywire.Routing;
using Skywire.Testing;
using Skywire.Wire;

namespace Skywire.Apps.Tests;

/// <summary>One visor's end: port p inside the skywire network is TCP port 10000 + p of its host.</summary>
internal sealed class FakeRouteNetwork(MemoryNetwork network, PubKey localKey, IReadOnlyDictionary<PubKey, string> hosts) : IRouteNetwork
{
    private const int PortBase = 10000;
    private int _nextPort = 49152;


    public PubKey LocalKey => localKey;

    public int Dials { get; private set; }

    private MemoryHost Host => network.Host(hosts[localKey]);

    public async Task<IRouteConnection> DialAsync(PubKey remote, ushort port, RouteDialOptions options, CancellationToken cancellationToken)
    {
        Dials++;
        var localPort = (ushort)_nextPort++;
        try
        {
            var stream = await Host.ConnectAsync($"{hosts[remote]}:{PortBase + port}", cancellationToken);
            return new Connection(stream, new RouteDescriptor(remote, localKey, port, localPort));
        }
        catch (IOException e)
        {
            throw new ProtocolException(ProtocolError.NoRoute, "no path to the visor", e);
        }
    }

    public IRouteListener Listen(ushort port) => new Listener(Host.Listen(new IPEndPoint(IPAddress.Any, PortBase + port)), port, localKey, hosts);

    private sealed class Listener(IStreamListener below, ushort port, PubKey localKey, IReadOnlyDictionary<PubKey, string> hosts) : IRouteListener
    {
        public ushort Port => port;

        public async ValueTask<IRouteConnection> AcceptAsync(CancellationToken cancellationToken)
        {
            var stream = await below.AcceptAsync(cancellationToken);
            var address = ((IPEndPoint)stream.RemoteEndPoint!).Address.ToString();
            var caller = hosts.First(pair => pair.Value == address).Key;
            return new Connection(stream, new RouteDescriptor(caller, localKey, 49152, port));
        }

        public ValueTask DisposeAsync() => below.DisposeAsync();
    }

    private sealed class Connection(IByteStream below, RouteDescriptor descriptor) : IRouteConnection
    {
        public RouteDescriptor Descriptor => descriptor;

        public TimeSpan? RoundTrip => null;

        public long SentBytes { get; private set; }

        public long ReceivedBytes { get; private set; }

        public EndPoint? RemoteEndPoint => null;

        public async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken)
        {
            var count = await below.ReadAsync(buffer, cancellationToken);
            ReceivedBytes += count;
            return count;
        }

        public ValueTask<int> ReadMessageAsync(Memory<byte> buffer, CancellationToken cancellationToken) => ReadAsync(buffer, cancellationToken);

        public ValueTask WriteAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken)
        {
            SentBytes += data.Length;
            return below.WriteAsync(data, cancellationToken);
        }

        // A route group has no half-close (spec 12 §6.4).
        public ValueTask CompleteWritesAsync(CancellationToken cancellationToken) => ValueTask.CompletedTask;

        public void Abort() => below.Abort();

        public ValueTask DisposeAsync() => below.DisposeAsync();
    }
}
