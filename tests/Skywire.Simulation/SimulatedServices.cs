// The network's services on one simulated host.
using Microsoft.Extensions.Logging;
using Skywire.Crypto;
using Skywire.Services;
using Skywire.Simulation.Http;
using Skywire.Testing;

namespace Skywire.Simulation;

/// <summary>The product's unified services without the dmsg server, of which a mesh has several of their own.</summary>
internal sealed class SimulatedServices : IAsyncDisposable
{
    /// <summary>The host.</summary>
    public const string Address = "44.0.0.1";

    private readonly SecKey _setupKey;
    private readonly ServicesOptions _options;
    private readonly UnifiedServices _services;
    private readonly List<SimulatedHttpServer> _servers = [];

    public SimulatedServices(SimulationRun sim, ILoggerFactory loggers)
    {
        var host = sim.Network.Host(Address);
        _setupKey = SecKey.Generate(sim.Entropy.For("setup node key"));
        _options = new ServicesOptions { Services = ServicesOptions.All.Except([ServiceKind.DmsgServer]).ToHashSet(), SetupNodeKey = _setupKey };
        _services = new UnifiedServices(_options, host, null, sim.Entropy.For("services"), sim.Time, loggers);
        foreach (var (port, service) in _services.ByPort)
        {
            _servers.Add(new SimulatedHttpServer(host, port, service));
        }
    }

    /// <summary>Key of the setup node.</summary>
    public PubKey SetupNode => _setupKey.PublicKey;

    /// <summary>Address of a service as a configuration names it.</summary>
    public string UrlOf(ServiceKind kind) => $"http://{Address}:{_options.PortOf(kind)}";

    /// <summary>Starts the setup node and waits until it is reachable; needs dmsg servers.</summary>
    public async Task StartAsync()
    {
        await _services.StartAsync();
        await _services.WaitReadyAsync(default);
    }

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        foreach (var server in _servers)
        {
            await server.DisposeAsync();
        }

        _setupKey.Dispose();
    }
}
