// The seam between the dialler and whatever installs a route (spec 13).
using Skywire.Discovery;
using Skywire.Wire;

namespace Skywire.Routing;

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
