// A setup node on a host of its own.
using Microsoft.Extensions.Logging;
using Skywire.Crypto;
using Skywire.Discovery;
using Skywire.Dmsg;
using Skywire.Routing.Setup;
using Skywire.Simulation.Http;
using Skywire.Testing;

namespace Skywire.Simulation;

/// <summary>A dmsg client with the setup node behind it.</summary>
internal sealed class SimulatedSetupNode : IAsyncDisposable
{
    private readonly SecKey _key;
    private readonly DmsgClient _dmsg;

    public SimulatedSetupNode(SimulationRun sim, int number, SimulatedServices services, LogLevel log)
    {
        var name = $"setup{number}";
        Address = $"44.0.0.{100 + number}";
        var loggers = new TraceLogs(sim, name, log);
        var host = sim.Network.Host(Address);
        _key = SecKey.Generate(sim.Entropy.For(name + " key"));
        var discovery = new DmsgDiscoveryClient(new SimulatedHttp(host), services.DmsgDiscovery, ServiceClientOptions.Default, sim.Time);
        _dmsg = new DmsgClient(new DmsgClientOptions { ClientType = "", MinSessions = 0 }, _key, host, discovery, sim.Entropy.For(name), sim.Time, loggers);
        Node = new SetupNode(SetupNodeOptions.Default, _dmsg, sim.Time, loggers);
    }

    public string Address { get; }

    public PubKey Key => _key.PublicKey;

    public SetupNode Node { get; }

    public async Task StartAsync()
    {
        _dmsg.Start();
        await Node.StartAsync();
        await _dmsg.WaitReadyAsync(default);
    }

    public async ValueTask DisposeAsync()
    {
        await Node.DisposeAsync();
        await _dmsg.DisposeAsync();
        _key.Dispose();
    }
}
