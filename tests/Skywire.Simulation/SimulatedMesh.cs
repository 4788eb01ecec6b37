// A whole Skywire network in one process, on one thread, on virtual time.
using Skywire.Crypto;
using Skywire.Discovery;
using Skywire.Discovery.Box;
using Skywire.Services;
using Skywire.Simulation.Http;
using Skywire.Testing;
using Skywire.Transport;
using Skywire.Visor.Config;
using Skywire.Visor.Updates;

namespace Skywire.Simulation;

/// <summary>
/// The network's services, dmsg servers, a setup node and any number of visors: all of them the product's own code; only sockets, clock and randomness
/// are simulated. Lives inside a <see cref="SimulationRun"/>.
/// </summary>
public sealed class SimulatedMesh : IAsyncDisposable
{
    private const string ObserverAddress = "44.0.0.250";

    // A visor that was cut off pauses up to a minute between attempts to reach the transport discovery.
    private static readonly TimeSpan ListedLimit = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan ListedPoll = TimeSpan.FromMilliseconds(50);

    private readonly SecKey _observerKey;
    private readonly TransportDiscoveryClient _observer;
    private readonly List<SimulatedDmsgServer> _dmsgServers = [];
    private readonly List<SimulatedVisor> _visors = [];
    private readonly List<string> _notes = [];
    private readonly Dictionary<SimulatedVisor, Task> _dying = [];

    private SimulatedMesh(SimulationRun sim, MeshOptions options)
    {
        Sim = sim;
        Options = options;
        sim.Network.DefaultLink = options.Link;
        Services = new SimulatedServices(sim, new TraceLogs(sim, "services", options.Log));
        BoxSecret = BoxSecret.TryParse(new string('5', 2 * BoxSecret.Size), out var secret) ? secret! : throw new InvalidOperationException("not a secret");
        _observerKey = SecKey.Generate(sim.Entropy.For("observer key"));
        _observer = new TransportDiscoveryClient(new SimulatedHttp(sim.Network.Host(ObserverAddress)), Services.UrlOf(ServiceKind.TransportDiscovery), _observerKey, ServiceClientOptions.Default, sim.Time);
    }

    /// <summary>The run it lives in.</summary>
    public SimulationRun Sim { get; }

    /// <summary>What it is made of.</summary>
    public MeshOptions Options { get; }

    /// <summary>Milestones so far, with their virtual times.</summary>
    public IReadOnlyList<string> Notes => _notes;

    /// <summary>Visors in the order they were added.</summary>
    public IReadOnlyList<SimulatedVisor> Visors => _visors;

    /// <summary>Addresses of the dmsg servers.</summary>
    public IEnumerable<string> DmsgAddresses => _dmsgServers.Select(server => server.Address);

    internal SimulatedServices Services { get; }

    /// <summary>The slots of a visor's board, at every start; null for boards without any.</summary>
    internal Func<SimulatedVisor, UpdateWorld>? Updates { get; set; }

    /// <summary>What the boards of the mesh's box share.</summary>
    internal BoxSecret BoxSecret { get; }

    /// <summary>Starts services, dmsg servers and the setup node.</summary>
    public static async Task<SimulatedMesh> StartAsync(SimulationRun sim, MeshOptions? options = null)
    {
        var mesh = new SimulatedMesh(sim, options ?? MeshOptions.Default);
        for (var i = 0; i < mesh.Options.DmsgServers; i++)
        {
            var server = new SimulatedDmsgServer(sim, i, mesh.Services, mesh.Options.Log);
            mesh._dmsgServers.Add(server);
            await server.StartAsync();
        }

        await mesh.Services.StartAsync();
        return mesh;
    }

    /// <summary>Adds a visor with an address of its own and waits until it is reachable over dmsg.</summary>
    public Task<SimulatedVisor> AddVisorAsync(string name) => AddVisorAsync(name, null);

    /// <summary>As <see cref="AddVisorAsync(string)"/>; <paramref name="configure"/> changes what the configuration says, at every start.</summary>
    internal async Task<SimulatedVisor> AddVisorAsync(string name, Action<VisorConfig>? configure)
    {
        var visor = new SimulatedVisor(this, name, $"44.0.{1 + (_visors.Count / 250)}.{1 + (_visors.Count % 250)}", configure);
        _visors.Add(visor);
        await visor.StartAsync(default);
        Note($"{name} is up: {visor.Key.ToShortString()} at {visor.Address}");
        return visor;
    }

    /// <summary>Makes a transport from <paramref name="a"/> to <paramref name="b"/> and waits until the discovery lists it, so that routes over it can be found.</summary>
    public async Task<ITransport> ConnectAsync(SimulatedVisor a, SimulatedVisor b, string type = "stcpr")
    {
        var transport = await a.Transports.SaveAsync(b.Key, type, "user", default);
        await WaitListedAsync(transport.Id);
        Note($"{a.Name} and {b.Name} are linked by {type} {transport.Id}");
        return transport;
    }

    /// <summary>Notes a milestone: in the trace and in the output of the test.</summary>
    public void Note(string line)
    {
        Sim.Trace(line);
        _notes.Add($"{Sim.Time.Elapsed:c} {line}");
    }

    /// <summary>Waits until the transport discovery lists a transport; it hears of one only after it is up.</summary>
    public async Task WaitListedAsync(TransportId id)
    {
        var deadline = Sim.Time.Elapsed + ListedLimit;
        while (await _observer.GetByIdAsync(id, default) is null)
        {
            if (Sim.Time.Elapsed > deadline)
            {
                throw new TimeoutException($"transport {id} is not listed after {ListedLimit}");
            }

            await Task.Delay(ListedPoll, Sim.Time);
        }
    }

    /// <summary>Pulls the plug: peers hear nothing. The process is gone in no time for everybody else.</summary>
    public void Kill(SimulatedVisor visor)
    {
        Note($"kill {visor.Name}");
        Sim.Network.SetDown(visor.Address);
        _dying.Add(visor, visor.StopAsync());
    }

    /// <summary>Plugs it in again with the same key and address, waits until it is reachable.</summary>
    public async Task RestartAsync(SimulatedVisor visor)
    {
        if (_dying.Remove(visor, out var dying))
        {
            // What the old process still wanted to say must not get out once the host is up.
            await dying;
        }

        Sim.Network.SetUp(visor.Address);
        await visor.StartAsync(default);
        Note($"{visor.Name} is up again");
    }

    /// <summary>Cuts two visors off each other, or with <paramref name="others"/> one from several; nobody is told.</summary>
    public IDisposable Partition(SimulatedVisor visor, params IEnumerable<SimulatedVisor> others)
    {
        Note($"cut {visor.Name}");
        return Sim.Network.Cut([visor.Address], others.Select(other => other.Address));
    }

    /// <summary>Cuts a visor off everybody, services and dmsg servers included.</summary>
    public IDisposable Isolate(SimulatedVisor visor)
    {
        Note($"isolate {visor.Name}");
        var others = _visors.Where(other => other != visor).Select(other => other.Address)
            .Concat(_dmsgServers.Select(server => server.Address))
            .Append(SimulatedServices.Address);
        return Sim.Network.Cut([visor.Address], others);
    }

    /// <summary>Stops a dmsg server as an operator does, and starts it again after <paramref name="downtime"/>.</summary>
    public async Task RestartDmsgServerAsync(int number, TimeSpan downtime)
    {
        Note($"stop dmsg{number}");
        await _dmsgServers[number].StopAsync();
        await Task.Delay(downtime, Sim.Time);
        await _dmsgServers[number].StartAsync();
        Note($"dmsg{number} is up again");
    }

    /// <summary>Stops everything, visors first.</summary>
    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(_dying.Values);
        foreach (var visor in _visors)
        {
            await visor.DisposeAsync();
        }

        foreach (var server in _dmsgServers)
        {
            await server.DisposeAsync();
        }

        await Services.DisposeAsync();
        _observerKey.Dispose();
        BoxSecret.Dispose();
    }
}
