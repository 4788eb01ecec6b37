// SCAFFOLD: signatures only; the implementer splits this file by type.
using Skywire.Crypto;
using Skywire.Discovery;
using Skywire.Wire;

namespace Skywire.Routing;

/// <summary>src key (33) || dst key (33) || src port (2) || dst port (2) (spec 12 §2).</summary>
public readonly record struct RouteDescriptor(PubKey SourceKey, PubKey DestinationKey, ushort SourcePort, ushort DestinationPort)
{
    /// <summary>Bytes of a descriptor.</summary>
    public const int Size = 70;

    /// <summary>Keys and ports exchanged.</summary>
    public RouteDescriptor Inverted => new(DestinationKey, SourceKey, DestinationPort, SourcePort);
}

/// <summary>Asks for a route both ways (spec 13 §2).</summary>
public sealed record BidirectionalRoute(RouteDescriptor Descriptor, TimeSpan KeepAlive, IReadOnlyList<RouteHop> Forward, IReadOnlyList<RouteHop> Reverse);

/// <summary>The two rules of one end and the descriptor "from the remote to me" (spec 13 §4). Rules are in wire form.</summary>
public sealed record EdgeRules(RouteDescriptor Descriptor, byte[] Forward, byte[] Reverse);

/// <summary>Sets a route up on behalf of the dialler: through a setup node, or directly for one hop. Throws <see cref="ProtocolException"/> or RpcException.</summary>
public interface IRouteSetup
{
    /// <summary>Installs the route everywhere but here; returns the rules of this end.</summary>
    Task<EdgeRules> DialRouteGroupAsync(BidirectionalRoute route, CancellationToken cancellationToken);
}

/// <summary>What a visor lets a setup node do (spec 13 §5). The router implements it; the RPC server on dmsg port 136 calls it.</summary>
public interface ISetupTarget
{
    /// <summary>Reserves route IDs for a caller; placeholders expire. Null when there are none left.</summary>
    uint[]? ReserveIds(PubKey caller, int count);

    /// <summary>Stores intermediary rules; every ID must have been reserved by the same caller. Empty string: done; otherwise the reason.</summary>
    string AddIntermediaryRules(PubKey caller, IReadOnlyList<byte[]> rules);

    /// <summary>Stores the rules of this end before returning, then starts the responder's handshake. Empty string: done; otherwise the reason.</summary>
    string AddEdgeRules(PubKey caller, EdgeRules rules);
}

/// <summary>How hard to try for a route.</summary>
public sealed record RouteDialOptions
{
    /// <summary>The defaults.</summary>
    public static RouteDialOptions Default { get; } = new();

    /// <summary>Fewest hops wanted; 1 allows a direct transport.</summary>
    public int MinHops { get; init; } = 1;

    /// <summary>Most hops wanted; the reference asks for 50.</summary>
    public int MaxHops { get; init; } = 50;

    /// <summary>Local port; 0 takes an ephemeral one (49152-65535).</summary>
    public ushort LocalPort { get; init; }

    /// <summary>All in all, candidates raced.</summary>
    public TimeSpan Limit { get; init; } = TimeSpan.FromSeconds(20);
}

/// <summary>Connections over routes as apps use them.</summary>
public interface IRouteNetwork
{
    /// <summary>Own key.</summary>
    PubKey LocalKey { get; }

    /// <summary>Dials a port of a visor over one or more hops. Succeeds only after traffic passed both ways. Throws <see cref="ProtocolException"/> with the cause and a reason an operator can act on.</summary>
    Task<IRouteConnection> DialAsync(PubKey remote, ushort port, RouteDialOptions options, CancellationToken cancellationToken);

    /// <summary>Listens on a port; a taken one throws <see cref="ProtocolException"/> (<see cref="ProtocolError.PortTaken"/>).</summary>
    IRouteListener Listen(ushort port);
}

/// <summary>A route group as an app sees it: end-to-end encrypted, message boundaries kept for writes of up to 4070 bytes.</summary>
public interface IRouteConnection : IByteStream
{
    /// <summary>Source = remote, destination = local, on both ends (spec 12 §6.1).</summary>
    RouteDescriptor Descriptor { get; }

    /// <summary>Last measured round trip; null before the first.</summary>
    TimeSpan? RoundTrip { get; }

    /// <summary>Application bytes sent.</summary>
    long SentBytes { get; }

    /// <summary>Application bytes received.</summary>
    long ReceivedBytes { get; }

    /// <summary>Reads at most the rest of one message, as the reference does; 0 is end of stream. <see cref="IByteStream.ReadAsync"/> may join messages.</summary>
    ValueTask<int> ReadMessageAsync(Memory<byte> buffer, CancellationToken cancellationToken);
}

/// <summary>Accepts route groups on a port.</summary>
public interface IRouteListener : IAsyncDisposable
{
    /// <summary>The port.</summary>
    ushort Port { get; }

    /// <summary>The next route group, handshake done. Throws <see cref="ObjectDisposedException"/> once disposed.</summary>
    ValueTask<IRouteConnection> AcceptAsync(CancellationToken cancellationToken);
}
