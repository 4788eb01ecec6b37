// A visor on a host of its own: the product's parts, wired as the product wires them.
using Microsoft.Extensions.Logging;
using Skywire.Crypto;
using Skywire.Discovery;
using Skywire.Dmsg;
using Skywire.Routing;
using Skywire.Simulation.Http;
using Skywire.Testing;
using Skywire.Transport;
using Skywire.Transport.Dmsg;
using Skywire.Transport.Stcpr;

namespace Skywire.Simulation;

/// <summary>One visor. Its key and address outlive a kill; everything else is made anew at the next start.</summary>
public sealed class SimulatedVisor : IAsyncDisposable
{
    private readonly SimulatedMesh _mesh;
    private readonly ILoggerFactory _loggers;
    private readonly SecKey _key;
    private Parts? _parts;
    private int _starts;

    internal SimulatedVisor(SimulatedMesh mesh, string name, string address)
    {
        _mesh = mesh;
        Name = name;
        Address = address;
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
    public bool IsRunning => _parts is not null;

    /// <summary>The dmsg client.</summary>
    public DmsgClient Dmsg => Running.Dmsg;

    /// <summary>The transports.</summary>
    public TransportManager Transports => Running.Transports;

    /// <summary>The router.</summary>
    public Router Router => Running.Routing.Router;

    private Parts Running => _parts ?? throw new InvalidOperationException(Name + " is not running");

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
        var services = _mesh.Services;
        var entropy = sim.Entropy.For($"{Name} {++_starts}");
        var host = sim.Network.Host(Address);
        var http = new SimulatedHttp(host);
        var options = ServiceClientOptions.Default;
        var time = sim.Time;

        var dmsg = new DmsgClient(
            new DmsgClientOptions(), _key, host, new DmsgDiscoveryClient(http, services.DmsgDiscovery, options, time), entropy.For("dmsg"), time, _loggers);
        var resolver = new AddressResolverClient(http, services.AddressResolver, _key, options, time);
        var stcpr = new StcprNetwork(new StcprOptions { Port = 7777 }, _key, host, resolver, () => [Address], entropy.For("stcpr"), time, _loggers);
        var transports = new TransportManager(
            new TransportManagerOptions(),
            _key,
            [stcpr, new DmsgNetwork(dmsg)],
            new TransportDiscoveryClient(http, services.TransportDiscovery, _key, options, time),
            entropy.For("transports"),
            time,
            _loggers);
        var routing = new VisorRouting(
            VisorRoutingOptions.Default with { SetupNodes = _mesh.SetupKeys },
            _key,
            new ManagerTransports(transports),
            dmsg,
            new RouteFinderClient(http, services.RouteFinder, options, time),
            null,
            entropy.For("routing"),
            time,
            _loggers);
        _parts = new Parts(dmsg, transports, routing);
        dmsg.Start();
        await transports.StartAsync(routing.Router, cancellationToken);
        await routing.StartAsync();
        await dmsg.WaitReadyAsync(cancellationToken);
    }

    /// <summary>Stops in the order the product does: routes, transports, dmsg.</summary>
    internal async Task StopAsync()
    {
        if (_parts is { } parts)
        {
            _parts = null;
            await parts.Routing.DisposeAsync();
            await parts.Transports.DisposeAsync();
            await parts.Dmsg.DisposeAsync();
        }
    }

    private sealed record Parts(DmsgClient Dmsg, TransportManager Transports, VisorRouting Routing);
}
