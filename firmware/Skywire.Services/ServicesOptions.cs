// One record says which services run here and how.
using System.Net;
using Skywire.Crypto;
using Skywire.Routing.Setup;
using Skywire.Services.AddressResolver;
using Skywire.Services.DmsgDiscovery;
using Skywire.Services.Http;
using Skywire.Services.ServiceDiscovery;
using Skywire.Services.TransportDiscovery;

namespace Skywire.Services;

/// <summary>The services of a network.</summary>
public enum ServiceKind
{
    /// <summary>Entries of dmsg clients and servers (spec 03 §10).</summary>
    DmsgDiscovery,

    /// <summary>Transports (spec 11 §2).</summary>
    TransportDiscovery,

    /// <summary>Paths (spec 11 §5).</summary>
    RouteFinder,

    /// <summary>Addresses of visors (spec 11 §3).</summary>
    AddressResolver,

    /// <summary>Uptime (spec 11 §6).</summary>
    UptimeTracker,

    /// <summary>Listings (spec 11 §4).</summary>
    ServiceDiscovery,

    /// <summary>Relays streams (spec 03 §6).</summary>
    DmsgServer,

    /// <summary>Sets routes up (spec 13).</summary>
    SetupNode,
}

/// <summary>Which services run in this process, and how.</summary>
public sealed record ServicesOptions
{
    /// <summary>Every service.</summary>
    public static IReadOnlySet<ServiceKind> All { get; } = Enum.GetValues<ServiceKind>().ToHashSet();

    /// <summary>The services to run; all of them by default, and each may run alone.</summary>
    public IReadOnlySet<ServiceKind> Services { get; init; } = All;

    /// <summary>Address to listen on; all of them by default, because a service nobody can reach serves nobody.</summary>
    public IPAddress BindAddress { get; init; } = IPAddress.Any;

    /// <summary>Port of the dmsg discovery; this one and those below are the reference's.</summary>
    public int DmsgDiscoveryPort { get; init; } = 9090;

    /// <summary>Port of the transport discovery.</summary>
    public int TransportDiscoveryPort { get; init; } = 9091;

    /// <summary>Port of the route finder.</summary>
    public int RouteFinderPort { get; init; } = 9092;

    /// <summary>Port of the address resolver.</summary>
    public int AddressResolverPort { get; init; } = 9093;

    /// <summary>Port of the uptime tracker.</summary>
    public int UptimeTrackerPort { get; init; } = 9096;

    /// <summary>Port of the service discovery.</summary>
    public int ServiceDiscoveryPort { get; init; } = 9098;

    /// <summary>Port of the dmsg server.</summary>
    public int DmsgServerPort { get; init; } = 8081;

    /// <summary>SQLite file; null keeps everything in memory, to be told again after a restart.</summary>
    public string? StorePath { get; init; }

    /// <summary>Waits for the disk at every commit. Off: after a power failure the last moments are told again by the visors; the file is whole either way.</summary>
    public bool SyncEveryCommit { get; init; }

    /// <summary>A closed network, such as a box at home: private and loopback addresses are as good as public ones.</summary>
    public bool AllowPrivate { get; init; }

    /// <summary>Monitors that may deregister.</summary>
    public IReadOnlyCollection<PubKey> Monitors { get; init; } = [];

    /// <summary>Requests allowed per caller and service; null (default): no limit, for behind one address may be a box of boards that start together.</summary>
    public RateLimit? RateLimit { get; init; }

    /// <summary>Version told by /health.</summary>
    public string Version { get; init; } = "unknown";

    /// <summary>Key of the dmsg server; needed when it runs. Stays the caller's.</summary>
    public SecKey? DmsgServerKey { get; init; }

    /// <summary>host:port under which clients reach the dmsg server; needed when it runs.</summary>
    public string PublicDmsgAddress { get; init; } = "";

    /// <summary>Key of the setup node; needed when it runs. Stays the caller's. Visors must have its public half on their list.</summary>
    public SecKey? SetupNodeKey { get; init; }

    /// <summary>Settings of the setup node.</summary>
    public SetupNodeOptions SetupNode { get; init; } = SetupNodeOptions.Default;

    /// <summary>URL of the dmsg discovery, for a dmsg server or setup node that runs without one in the same process.</summary>
    public string? DmsgDiscoveryUrl { get; init; }

    /// <summary>Settings of the dmsg discovery; <see cref="AllowPrivate"/> turns its test mode on.</summary>
    public DmsgDiscoveryOptions DmsgDiscovery { get; init; } = new();

    /// <summary>Settings of the transport discovery.</summary>
    public TransportDiscoveryOptions TransportDiscovery { get; init; } = new();

    /// <summary>Settings of the address resolver; <see cref="AllowPrivate"/> applies to it.</summary>
    public AddressResolverOptions AddressResolver { get; init; } = new();

    /// <summary>Settings of the service discovery; <see cref="AllowPrivate"/> applies to it.</summary>
    public ServiceDiscoveryOptions ServiceDiscovery { get; init; } = new();

    /// <summary>Places of addresses, for listings and the map of visors.</summary>
    public IGeoLookup Geo { get; init; } = new NoGeoLookup();

    /// <summary>The configured port of a service; 0 for the setup node, which listens on dmsg only.</summary>
    public int PortOf(ServiceKind kind) => kind switch
    {
        ServiceKind.DmsgDiscovery => DmsgDiscoveryPort,
        ServiceKind.TransportDiscovery => TransportDiscoveryPort,
        ServiceKind.RouteFinder => RouteFinderPort,
        ServiceKind.AddressResolver => AddressResolverPort,
        ServiceKind.UptimeTracker => UptimeTrackerPort,
        ServiceKind.ServiceDiscovery => ServiceDiscoveryPort,
        ServiceKind.DmsgServer => DmsgServerPort,
        _ => 0,
    };

    /// <summary>Throws <see cref="ArgumentException"/> that names the property and the remedy.</summary>
    public void Validate()
    {
        if (Services.Count == 0)
        {
            throw new ArgumentException($"{nameof(Services)} is empty: name at least one");
        }

        foreach (var group in Services.Where(k => PortOf(k) != 0).GroupBy(PortOf).Where(g => g.Count() > 1))
        {
            throw new ArgumentException($"port {group.Key} is given to {string.Join(" and ", group)}: give each service a port of its own");
        }

        if (Services.Contains(ServiceKind.RouteFinder) && !Services.Contains(ServiceKind.TransportDiscovery) && StorePath is null)
        {
            throw new ArgumentException($"{nameof(StorePath)}: a route finder without the transport discovery in the same process reads that one's file; name it");
        }

        if (Services.Contains(ServiceKind.DmsgServer) && (DmsgServerKey is null || !PublicDmsgAddress.Contains(':', StringComparison.Ordinal)))
        {
            throw new ArgumentException($"{nameof(DmsgServerKey)} and {nameof(PublicDmsgAddress)} (host:port) are needed for the dmsg server");
        }

        if (Services.Contains(ServiceKind.SetupNode) && SetupNodeKey is null)
        {
            throw new ArgumentException($"{nameof(SetupNodeKey)} is needed for the setup node");
        }

        if ((Services.Contains(ServiceKind.DmsgServer) || Services.Contains(ServiceKind.SetupNode)) && !Services.Contains(ServiceKind.DmsgDiscovery) && DmsgDiscoveryUrl is null)
        {
            throw new ArgumentException($"{nameof(DmsgDiscoveryUrl)} is needed for a dmsg server or setup node without a dmsg discovery in the same process");
        }
    }
}
