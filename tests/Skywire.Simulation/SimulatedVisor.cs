// A visor on a host of its own: the product's whole visor in a world of virtual time and simulated sockets.
using Microsoft.Extensions.Logging;
using Skywire.Crypto;
using Skywire.Dmsg;
using Skywire.Routing;
using Skywire.Services;
using Skywire.Simulation.Http;
using Skywire.Testing;
using Skywire.Transport;
using Skywire.Visor.Composition;
using Skywire.Visor.Config;

namespace Skywire.Simulation;

/// <summary>One visor. Its key and address outlive a kill; everything else is made anew at the next start.</summary>
public sealed class SimulatedVisor : IAsyncDisposable
{
    private const string StcprListen = "0.0.0.0:7777";

    private readonly SimulatedMesh _mesh;
    private readonly ILoggerFactory _loggers;
    private readonly SecKey _key;
    private readonly Action<VisorConfig>? _configure;
    private VisorHost? _host;
    private int _starts;

    internal SimulatedVisor(SimulatedMesh mesh, string name, string address, Action<VisorConfig>? configure)
    {
        _mesh = mesh;
        Name = name;
        Address = address;
        _configure = configure;
        _loggers = new TraceLogs(mesh.Sim, name, mesh.Options.Log);
        _key = SecKey.Generate(mesh.Sim.Entropy.For(name + " key"));
    }

    /// <summary>Name in the trace.</summary>
    public string Name { get; }

    /// <summary>The host's address.</summary>
    public string Address { get; }

    /// <summary>The visor's key.</summary>
    public PubKey Key => _key.PublicKey;

    /// <summary>True between start and kill.</summary>
    public bool IsRunning => _host is not null;

    /// <summary>The host's way into the network, for programs beside the visor.</summary>
    public MemoryHost Host => _mesh.Sim.Network.Host(Address);

    /// <summary>The dmsg client.</summary>
    public DmsgClient Dmsg => Visor.Parts.Dmsg!;

    /// <summary>The transports.</summary>
    public TransportManager Transports => Visor.Parts.Transports;

    /// <summary>The router.</summary>
    public Router Router => Visor.Parts.Routing.Router;

    /// <summary>The wire of its box, since the last start.</summary>
    internal SimulatedBoxWorld BoxWorld { get; private set; } = null!;

    /// <summary>The whole visor, as its operator sees it.</summary>
    internal VisorHost Visor => _host ?? throw new InvalidOperationException(Name + " is not running");

    /// <summary>Dials an app port of another visor.</summary>
    public Task<IRouteConnection> DialAsync(SimulatedVisor remote, ushort port, RouteDialOptions? options = null, CancellationToken cancellationToken = default) =>
        Router.DialAsync(remote.Key, port, options ?? RouteDialOptions.Default, cancellationToken);

    /// <summary>Listens on an app port.</summary>
    public IRouteListener Listen(ushort port) => Router.Listen(port);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _key.Dispose();
    }

    /// <summary>Starts and waits until others can reach it over dmsg.</summary>
    internal async Task StartAsync(CancellationToken cancellationToken)
    {
        var sim = _mesh.Sim;
        var world = new VisorWorld(Host, new SimulatedHttp(Host), () => [Address], sim.Entropy.For($"{Name} {++_starts}"), sim.Time, _loggers)
        {
            Box = BoxWorld = new SimulatedBoxWorld(sim.Network, Host),
            Updates = _mesh.Updates?.Invoke(this),
        };
        _host = new VisorHost(new VisorHostOptions { Config = MakeConfig(), BoxSecret = _mesh.BoxSecret }, _key, world);
        await _host.StartAsync(cancellationToken);
        await Dmsg.WaitReadyAsync(cancellationToken);
    }

    /// <summary>Stops as the product does; bounded in time.</summary>
    internal async Task StopAsync()
    {
        if (_host is { } host)
        {
            _host = null;
            await host.DisposeAsync();
        }
    }

    private VisorConfig MakeConfig()
    {
        var services = _mesh.Services;
        var config = new VisorConfig
        {
            Name = Name,
            Services = new ServicesConfig
            {
                DmsgDiscovery = services.UrlOf(ServiceKind.DmsgDiscovery),
                TransportDiscovery = services.UrlOf(ServiceKind.TransportDiscovery),
                AddressResolver = services.UrlOf(ServiceKind.AddressResolver),
                RouteFinder = services.UrlOf(ServiceKind.RouteFinder),
                ServiceDiscovery = services.UrlOf(ServiceKind.ServiceDiscovery),
                UptimeTracker = services.UrlOf(ServiceKind.UptimeTracker),
                RouteSetupNodes = _mesh.Options.HasSetupNode ? [services.SetupNode] : [],
            },
            Transport = new TransportConfig { Stcpr = new StcprConfig { Listen = StcprListen } },
        };

        // The scenarios say themselves who is linked with whom.
        config.Routing.DirectTransports = false;
        _configure?.Invoke(config);
        return config;
    }
}
