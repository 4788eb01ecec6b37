// A dmsg server on a host of its own.
using System.Net;
using Microsoft.Extensions.Logging;
using Skywire.Crypto;
using Skywire.Discovery;
using Skywire.Dmsg;
using Skywire.Services;
using Skywire.Simulation.Http;
using Skywire.Testing;

namespace Skywire.Simulation;

/// <summary>The product's server; may be stopped and started again under the same key.</summary>
internal sealed class SimulatedDmsgServer : IAsyncDisposable
{
    private const int Port = 8080;

    private readonly SimulationRun _sim;
    private readonly string _name;
    private readonly SimulatedServices _services;
    private readonly ILoggerFactory _loggers;
    private readonly SecKey _key;
    private DmsgServer? _server;
    private int _starts;

    public SimulatedDmsgServer(SimulationRun sim, int number, SimulatedServices services, LogLevel log)
    {
        _sim = sim;
        _name = $"dmsg{number}";
        Address = $"44.0.0.{10 + number}";
        _services = services;
        _loggers = new TraceLogs(sim, _name, log);
        _key = SecKey.Generate(sim.Entropy.For(_name + " key"));
    }

    public string Address { get; }

    public DmsgServer Server => _server ?? throw new InvalidOperationException(_name + " is stopped");

    public async Task StartAsync()
    {
        var host = _sim.Network.Host(Address);
        var discovery = new DmsgDiscoveryClient(new SimulatedHttp(host), _services.UrlOf(ServiceKind.DmsgDiscovery), ServiceClientOptions.Default, _sim.Time);
        _server = new DmsgServer(
            new DmsgServerOptions { PublicAddress = $"{Address}:{Port}" },
            _key,
            host.Listen(new IPEndPoint(IPAddress.Any, Port)),
            discovery,
            _sim.Entropy.For($"{_name} {++_starts}"),
            _sim.Time,
            _loggers);
        _server.Start();
        await _server.WaitRegisteredAsync(default);
    }

    public async Task StopAsync()
    {
        if (_server is { } server)
        {
            _server = null;
            await server.DisposeAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _key.Dispose();
    }
}
