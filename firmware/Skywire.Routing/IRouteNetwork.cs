// What apps see of routing.
using Skywire.Crypto;
using Skywire.Wire;

namespace Skywire.Routing;

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
