// The network's services on one simulated host.
using Microsoft.Extensions.Logging;
using Skywire.Discovery;
using Skywire.Services.AddressResolver;
using Skywire.Services.DmsgDiscovery;
using Skywire.Services.Http;
using Skywire.Services.RouteFinder;
using Skywire.Services.ServiceDiscovery;
using Skywire.Services.Store;
using Skywire.Services.TransportDiscovery;
using Skywire.Services.UptimeTracker;
using Skywire.Simulation.Http;
using Skywire.Testing;

namespace Skywire.Simulation;

/// <summary>All six services, each on a port of its own, over one store in memory.</summary>
internal sealed class SimulatedServices : IAsyncDisposable
{
    public const string Address = "44.0.0.1";
    private const int FirstPort = 9090;
    private readonly List<SimulatedHttpServer> _servers = [];

    public SimulatedServices(SimulationRun sim, ILoggerFactory loggers)
    {
        var started = sim.Time.GetUtcNow();
        var context = new ServiceContext(new MemoryStore(sim.Time), sim.Time, sim.Entropy.For("services"), loggers, () => new HealthInfo("simulated", started));
        DmsgDiscovery = Serve(sim, new DmsgDiscoveryService(new DmsgDiscoveryOptions(), context));
        TransportDiscovery = Serve(sim, new TransportDiscoveryService(new TransportDiscoveryOptions(), context));
        AddressResolver = Serve(sim, new AddressResolverService(new AddressResolverOptions(), context));
        RouteFinder = Serve(sim, new RouteFinderService(context));
        ServiceDiscovery = Serve(sim, new ServiceDiscoveryService(new ServiceDiscoveryOptions(), new NoGeoLookup(), context));
        UptimeTracker = Serve(sim, new UptimeTrackerService(new NoGeoLookup(), context));
    }

    /// <summary>Addresses as a configuration names them.</summary>
    public string DmsgDiscovery { get; }

    public string TransportDiscovery { get; }

    public string AddressResolver { get; }

    public string RouteFinder { get; }

    public string ServiceDiscovery { get; }

    public string UptimeTracker { get; }

    public async ValueTask DisposeAsync()
    {
        foreach (var server in _servers)
        {
            await server.DisposeAsync();
        }
    }

    private string Serve(SimulationRun sim, IHttpService service)
    {
        var port = FirstPort + _servers.Count;
        _servers.Add(new SimulatedHttpServer(sim.Network.Host(Address), port, service));
        return $"http://{Address}:{port}";
    }
}
