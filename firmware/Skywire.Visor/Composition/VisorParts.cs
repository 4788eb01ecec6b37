// Builds the parts of a visor from its configuration. What is not configured is null; nothing is filled in.
using System.Net;
using Microsoft.Extensions.Logging;
using Skywire.Crypto;
using Skywire.Discovery;
using Skywire.Dmsg;
using Skywire.Routing;
using Skywire.Transport;
using Skywire.Transport.Dmsg;
using Skywire.Transport.Stcp;
using Skywire.Transport.Stcpr;
using Skywire.Visor.Box;
using Skywire.Visor.Config;
using Skywire.Visor.Hosting;
using Skywire.Visor.State;
using Skywire.Visor.Updates;
using Skywire.Visor.Wifi;
using Skywire.Wire;

namespace Skywire.Visor.Composition;

/// <summary>What a visor takes from outside, so that it runs on real time and sockets or in simulation.</summary>
/// <param name="Network">TCP.</param>
/// <param name="Http">HTTP to services.</param>
/// <param name="OwnAddresses">This machine's addresses, asked before each announcement.</param>
/// <param name="Entropy">Randomness.</param>
/// <param name="Time">Time.</param>
/// <param name="Loggers">Logs.</param>
internal sealed record VisorWorld(INetwork Network, IHttpExchange Http, Func<IReadOnlyList<string>> OwnAddresses, IEntropy Entropy, TimeProvider Time, ILoggerFactory Loggers)
{
    /// <summary>The wire of a box; null where none can be.</summary>
    public IBoxWorld? Box { get; init; }

    /// <summary>The wifi service's reports; null where nobody looks for them (simulation).</summary>
    public WifiWatch? Wifi { get; init; }

    /// <summary>The board's slots and updater; null where nobody asks for updates.</summary>
    public UpdateWorld? Updates { get; init; }
}

/// <summary>The parts, unstarted. VisorHost owns and orders them.</summary>
internal sealed class VisorParts
{
    /// <summary>Builds everything; does no IO.</summary>
    public VisorParts(VisorConfig config, string? dataFolder, SecKey key, VisorWorld world, BoxHost? box = null)
    {
        var services = config.Services;
        if (box is not null)
        {
            world = world with { Network = box.Endpoints, Http = box.Endpoints };
        }

        Services = new ServiceWatch(world.Http, world.Time,
        [
            ("dmsg_discovery", services.DmsgDiscovery),
            ("transport_discovery", services.TransportDiscovery),
            ("address_resolver", services.AddressResolver),
            ("route_finder", services.RouteFinder),
            ("service_discovery", services.ServiceDiscovery),
            ("uptime_tracker", services.UptimeTracker),
            .. BesideNamed(services, box),
        ]);
        var options = ServiceClientOptions.Default with { VisorVersion = BuildInfo.Version };
        Dmsg = MakeDmsg(config, key, world, Services, options, box);
        var transportDiscovery = services.TransportDiscovery is { } tpd ? new TransportDiscoveryClient(Services, tpd, key, options, world.Time) : null;
        var resolver = services.AddressResolver is { } ar ? new AddressResolverClient(Services, ar, key, options, world.Time) : null;
        var finder = services.RouteFinder is { } rf ? new RouteFinderClient(Services, rf, options, world.Time) : null;
        var directory = services.ServiceDiscovery is { } sd ? new ServiceDiscoveryClient(Services, sd, key, options, world.Time) : null;
        var uptime = services.UptimeTracker is { } ut ? new UptimeTrackerClient(Services, ut, key, options, world.Time) : null;
        var boxed = box is null ? null : new BoxClients(Services, services, key, options, world.Time, box.Find);
        RouteFinder = boxed?.Pair(finder) ?? finder;
        ServiceDiscovery = boxed?.Pair(directory) ?? directory;
        UptimeTracker = uptime;
        Stcp = MakeStcp(config, key, world);
        var addresses = boxed?.Pair(resolver) ?? resolver;
        Stcpr = MakeStcpr(config, key, addresses, world);
        Transports = new TransportManager(
            new TransportManagerOptions
            {
                Persistent = [.. config.Transport.Persistent.Select(p => new PersistentTransport(p.Key, p.Type))],
                LogFolder = config.Transport.Log && dataFolder is not null ? Path.Combine(dataFolder, "transport_logs") : null,
                LogRotation = TimeSpan.FromDays(config.Transport.LogDays),
            },
            key,
            [.. new ITransportNetwork?[] { Stcpr, Stcp, Dmsg is null ? null : new DmsgNetwork(Dmsg) }.OfType<ITransportNetwork>()],
            boxed?.Pair(transportDiscovery) ?? transportDiscovery,
            world.Entropy,
            world.Time,
            world.Loggers);
        var attempt = config.Routing.DirectTransports && Stcpr is not null && addresses is not null ? new DirectTransports(Transports) : null;
        Routing = new VisorRouting(
            VisorRoutingOptions.Default with { SetupNodes = services.RouteSetupNodes },
            key,
            new ManagerTransports(Transports),
            Dmsg,
            RouteFinder,
            attempt,
            world.Entropy,
            world.Time,
            world.Loggers);
        Causes =
        [
            .. Dmsg is null ? Array.Empty<CauseCounters>() : [Dmsg.Causes],
            Transports.Causes,
            .. Stcp is null ? Array.Empty<CauseCounters>() : [Stcp.Causes],
            .. Stcpr is null ? Array.Empty<CauseCounters>() : [Stcpr.Causes],
            .. Routing.Causes,
            .. new[] { transportDiscovery?.Causes, resolver?.Causes, finder?.Causes, directory?.Causes, uptime?.Causes }.OfType<CauseCounters>(),
            .. boxed?.Causes ?? [],
        ];
    }

    /// <summary>Stands before HTTP and measures.</summary>
    public ServiceWatch Services { get; }

    /// <summary>Null: neither a discovery nor servers are configured.</summary>
    public DmsgClient? Dmsg { get; }

    /// <summary>Null: not configured.</summary>
    public StcpNetwork? Stcp { get; }

    /// <summary>Null: not configured.</summary>
    public StcprNetwork? Stcpr { get; }

    /// <summary>All links.</summary>
    public TransportManager Transports { get; }

    /// <summary>Router, dialler, set-up.</summary>
    public VisorRouting Routing { get; }

    /// <summary>Null: not configured.</summary>
    public IRouteFinder? RouteFinder { get; }

    /// <summary>Null: not configured.</summary>
    public IServiceDiscovery? ServiceDiscovery { get; }

    /// <summary>Null: not configured.</summary>
    public IUptimeTracker? UptimeTracker { get; }

    /// <summary>Counters of every part.</summary>
    public IReadOnlyList<CauseCounters> Causes { get; }

    // A service that is named keeps its name in the status; the box's beside it gets one of its own.
    private static IEnumerable<(string Name, string? Url)> BesideNamed(ServicesConfig services, BoxHost? box) => box is null ? [] : BoxClients.Beside(services);

    private static DmsgClient? MakeDmsg(VisorConfig config, SecKey key, VisorWorld world, ServiceWatch services, ServiceClientOptions options, BoxHost? box)
    {
        IDmsgDiscovery? discovery = config.Services.DmsgDiscovery is { } url ? new DmsgDiscoveryClient(services, url, options, world.Time) : null;
        if (discovery is null && config.Dmsg.Servers.Count == 0)
        {
            return null;
        }

        var entries = config.Dmsg.Servers.Select(s => StaticDmsgDiscovery.ServerEntry(s.Key, s.Address)).ToList();
        if (box is not null)
        {
            discovery = BoxClients.Pair(discovery!, services, config.Services, options, world.Time);
            entries.Add(StaticDmsgDiscovery.ServerEntry(box.DmsgServer, BoxPlan.DmsgAddress));
            entries.Add(StaticDmsgDiscovery.ClientEntry(box.SetupNode, [box.DmsgServer]));
        }

        if (entries.Count > 0)
        {
            discovery = new StaticDmsgDiscovery(entries, discovery);
        }

        return new DmsgClient(
            new DmsgClientOptions { MinSessions = config.Dmsg.MinSessions, Pinned = box is null ? [] : [box.DmsgServer] },
            key,
            world.Network,
            discovery!,
            world.Entropy,
            world.Time,
            world.Loggers);
    }

    private static StcpNetwork? MakeStcp(VisorConfig config, SecKey key, VisorWorld world) => config.Transport.Stcp is not { } stcp ? null : new StcpNetwork(
        new StcpOptions
        {
            Listen = stcp.Listen is null ? null : IPEndPoint.Parse(stcp.Listen),
            Table = stcp.Table.ToDictionary(e => PubKey.Parse(e.Key), e => e.Value),
        },
        key,
        world.Network,
        world.Entropy,
        world.Time,
        world.Loggers);

    private static StcprNetwork? MakeStcpr(VisorConfig config, SecKey key, IAddressResolver? resolver, VisorWorld world)
    {
        if (config.Transport.Stcpr is not { } stcpr)
        {
            return null;
        }

        var listen = IPEndPoint.Parse(stcpr.Listen);
        var isBound = !listen.Address.Equals(IPAddress.Any) && !listen.Address.Equals(IPAddress.IPv6Any);
        return new StcprNetwork(
            // The port is the operator's choice (a rule in a router may point at it): taken means an error shown, not another port in silence.
            new StcprOptions { ListenAddress = listen.Address, Port = listen.Port, PortTries = 1, AllowPrivate = stcpr.AllowPrivate },
            key,
            world.Network,
            resolver,
            // Bound to one address, it is reached at that one and no other.
            isBound ? () => [listen.Address.ToString()] : world.OwnAddresses,
            world.Entropy,
            world.Time,
            world.Loggers);
    }
}
