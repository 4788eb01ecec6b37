// What a box adds to a configuration: the services that the operator left out, under the stable name, and a listener for links.
using Skywire.Crypto;
using Skywire.Discovery.Box;
using Skywire.Services;
using Skywire.Visor.Config;

namespace Skywire.Visor.Box;

/// <summary>Pure. Ports are those of the services' usual configuration; they are fixed, because all boards must agree on them and firewalls must know them.</summary>
internal static class BoxPlan
{
    /// <summary>Where a board of a box accepts links when its configuration does not say.</summary>
    public const int StcprPort = 7777;

    private static readonly ServicesOptions Usual = new();

    /// <summary>URL of a service of the box.</summary>
    public static string UrlOf(ServiceKind kind) => BoxEndpoints.UrlOf(Usual.PortOf(kind));

    /// <summary>Where clients find the box's dmsg server.</summary>
    public static string DmsgAddress { get; } = $"{BoxEndpoints.Name}:{Usual.PortOf(ServiceKind.DmsgServer)}";

    /// <summary>The configuration as it is run: a service that is named stays, one that is not is the box's. The box's setup node comes after those named.</summary>
    public static VisorConfig Apply(VisorConfig config, PubKey setupNode, System.Net.IPAddress any)
    {
        var named = config.Services;
        return config with
        {
            Services = named with
            {
                DmsgDiscovery = named.DmsgDiscovery ?? UrlOf(ServiceKind.DmsgDiscovery),
                TransportDiscovery = named.TransportDiscovery ?? UrlOf(ServiceKind.TransportDiscovery),
                AddressResolver = named.AddressResolver ?? UrlOf(ServiceKind.AddressResolver),
                RouteFinder = named.RouteFinder ?? UrlOf(ServiceKind.RouteFinder),
                ServiceDiscovery = named.ServiceDiscovery ?? UrlOf(ServiceKind.ServiceDiscovery),
                UptimeTracker = named.UptimeTracker ?? UrlOf(ServiceKind.UptimeTracker),
                RouteSetupNodes = [.. named.RouteSetupNodes.Where(k => k != setupNode), setupNode],
            },
            Transport = config.Transport with
            {
                Stcpr = config.Transport.Stcpr ?? new StcprConfig { Listen = new System.Net.IPEndPoint(any, StcprPort).ToString(), AllowPrivate = named.AddressResolver is null },
            },
        };
    }

    /// <summary>Settings of the node.</summary>
    public static BoxOptions Options(BoxConfig box) => BoxOptions.Default with { MayServe = box.Serve };
}
