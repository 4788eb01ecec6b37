// Clients of the box's services beside those of named ones.
using Skywire.Crypto;
using Skywire.Discovery;
using Skywire.Discovery.Box;
using Skywire.Services;
using Skywire.Visor.Config;
using Skywire.Wire;

namespace Skywire.Visor.Box;

/// <summary>Pairs each client with one of the box, unless it is the box's already. <paramref name="services"/> is the configuration as it is run.</summary>
internal sealed class BoxClients(IHttpExchange http, ServicesConfig services, SecKey key, ServiceClientOptions options, TimeProvider time, Func<PubKey, BoxMember?> find)
{
    private readonly List<CauseCounters> _causes = [];

    /// <summary>Counters of the clients made here.</summary>
    public IReadOnlyList<CauseCounters> Causes => _causes;

    /// <summary>Services of the box that are used beside named ones, for the status.</summary>
    public static IEnumerable<(string Name, string? Url)> Beside(ServicesConfig services) => new[]
    {
        ("box_dmsg_discovery", services.DmsgDiscovery, ServiceKind.DmsgDiscovery),
        ("box_transport_discovery", services.TransportDiscovery, ServiceKind.TransportDiscovery),
        ("box_address_resolver", services.AddressResolver, ServiceKind.AddressResolver),
        ("box_route_finder", services.RouteFinder, ServiceKind.RouteFinder),
        ("box_service_discovery", services.ServiceDiscovery, ServiceKind.ServiceDiscovery),
    }.Where(s => s.Item2 != BoxPlan.UrlOf(s.Item3)).Select(s => (s.Item1, (string?)BoxPlan.UrlOf(s.Item3)));

    /// <summary>dmsg entries.</summary>
    public static IDmsgDiscovery Pair(IDmsgDiscovery named, IHttpExchange http, ServicesConfig services, ServiceClientOptions options, TimeProvider time) =>
        IsBox(services.DmsgDiscovery, ServiceKind.DmsgDiscovery) ? named : new PairedDmsgDiscovery(named, new DmsgDiscoveryClient(http, BoxPlan.UrlOf(ServiceKind.DmsgDiscovery), options, time));

    /// <summary>Transports.</summary>
    public ITransportDiscovery? Pair(TransportDiscoveryClient? named)
    {
        if (named is null || IsBox(services.TransportDiscovery, ServiceKind.TransportDiscovery))
        {
            return named;
        }

        var box = new TransportDiscoveryClient(http, BoxPlan.UrlOf(ServiceKind.TransportDiscovery), key, options, time);
        _causes.Add(box.Causes);
        return new PairedTransportDiscovery(named, box);
    }

    /// <summary>Addresses; members are known without asking.</summary>
    public IAddressResolver Pair(AddressResolverClient? named)
    {
        if (named is not null && IsBox(services.AddressResolver, ServiceKind.AddressResolver))
        {
            return new BoxAddressBook(find, null, named);
        }

        var box = new AddressResolverClient(http, BoxPlan.UrlOf(ServiceKind.AddressResolver), key, options, time);
        _causes.Add(box.Causes);
        return new BoxAddressBook(find, named, box);
    }

    /// <summary>Paths.</summary>
    public IRouteFinder? Pair(RouteFinderClient? named)
    {
        if (named is null || IsBox(services.RouteFinder, ServiceKind.RouteFinder))
        {
            return named;
        }

        var box = new RouteFinderClient(http, BoxPlan.UrlOf(ServiceKind.RouteFinder), options, time);
        _causes.Add(box.Causes);
        return new PairedRouteFinder(named, box, k => find(k) is not null);
    }

    /// <summary>Listings.</summary>
    public IServiceDiscovery? Pair(ServiceDiscoveryClient? named)
    {
        if (named is null || IsBox(services.ServiceDiscovery, ServiceKind.ServiceDiscovery))
        {
            return named;
        }

        var box = new ServiceDiscoveryClient(http, BoxPlan.UrlOf(ServiceKind.ServiceDiscovery), key, options, time);
        _causes.Add(box.Causes);
        return new PairedServiceDiscovery(named, box);
    }

    private static bool IsBox(string? url, ServiceKind kind) => url == BoxPlan.UrlOf(kind);
}
