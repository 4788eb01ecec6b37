// Visors of a test with links between them, a setup node, and a route finder that knows the links.
using Microsoft.Extensions.Logging.Abstractions;
using Skywire.Crypto;
using Skywire.Discovery;
using Skywire.Routing.Setup;
using Skywire.Testing;

namespace Skywire.Routing.Tests.Kit;

/// <summary>One visor: the product's routing over test transports and test dmsg.</summary>
internal sealed class TestVisor(string name, SecKey key, TestTransports transports, VisorRouting routing)
{
    public string Name => name;

    public SecKey SecKey => key;

    public PubKey Key => key.PublicKey;

    public TestTransports Transports => transports;

    public VisorRouting Routing => routing;

    public Router Router => routing.Router;
}

/// <summary>Builds and owns all of it. Everything runs on the simulation's scheduler.</summary>
internal sealed class TestMesh(SimulationRun sim) : IAsyncDisposable, IRouteFinder
{
    private readonly List<(PubKey A, PubKey B, TransportId Id)> _links = [];
    private readonly List<TestTransport> _ends = [];
    private readonly List<Task> _pumps = [];
    private readonly List<TestVisor> _visors = [];
    private SetupNode? _setupNode;

    public TestDmsgHub Dmsg { get; } = new();

    public SecKey SetupKey { get; } = SecKey.Generate(sim.Entropy.For("setup-node"));

    public SetupNode SetupNode => _setupNode!;

    /// <summary>Answers in place of the known links when set.</summary>
    public Func<PubKey, PubKey, Task<FoundRoutes?>>? Finder { get; set; }

    public async Task<TestVisor> AddAsync(string name, Func<VisorRoutingOptions, VisorRoutingOptions>? change = null, IDirectTransportAttempt? attempt = null)
    {
        if (_setupNode is null)
        {
            _setupNode = new SetupNode(SetupNodeOptions.Default, Dmsg.Client(SetupKey.PublicKey), sim.Time, NullLoggerFactory.Instance);
            await _setupNode.StartAsync();
        }

        var key = SecKey.Generate(sim.Entropy.For("key " + name));
        var transports = new TestTransports();
        var options = VisorRoutingOptions.Default with { SetupNodes = [SetupKey.PublicKey], Direct = null };
        var routing = new VisorRouting(change?.Invoke(options) ?? options, key, transports, Dmsg.Client(key.PublicKey), this, attempt, sim.Entropy.For(name), sim.Time, NullLoggerFactory.Instance);
        await routing.StartAsync();
        var visor = new TestVisor(name, key, transports, routing);
        _visors.Add(visor);
        return visor;
    }

    /// <summary>Links two visors; returns the ends at a and at b.</summary>
    public (TestTransport AtA, TestTransport AtB) Link(TestVisor a, TestVisor b, int capacity = 64 * 1024, string type = TransportTypes.Stcpr)
    {
        var id = TransportId.Of(a.Key, b.Key, type);
        var atA = new TestTransport(id, b.Key, capacity);
        var atB = new TestTransport(id, a.Key, capacity);
        _ends.AddRange([atA, atB]);
        _pumps.Add(atA.PumpAsync(atB, b.Router, sim.Time));
        _pumps.Add(atB.PumpAsync(atA, a.Router, sim.Time));
        a.Transports.Add(atA);
        b.Transports.Add(atB);
        _links.Add((a.Key, b.Key, id));
        return (atA, atB);
    }

    public async Task<FoundRoutes?> FindRoutesAsync(PubKey source, PubKey destination, int minHops, int maxHops, CancellationToken cancellationToken)
    {
        await Task.Yield();
        if (Finder is { } finder)
        {
            return await finder(source, destination);
        }

        var forward = Paths(source, destination, minHops, maxHops);
        return forward.Count == 0 ? null : new FoundRoutes(forward, [.. forward.Select(Reversed)]);
    }

    public static IReadOnlyList<RouteHop> Reversed(IReadOnlyList<RouteHop> path) => [.. path.Reverse().Select(hop => new RouteHop(hop.TransportId, hop.To, hop.From))];

    public async ValueTask DisposeAsync()
    {
        foreach (var visor in _visors)
        {
            await visor.Routing.DisposeAsync();
        }

        if (_setupNode is not null)
        {
            await _setupNode.DisposeAsync();
        }

        _ends.ForEach(end => end.Close());
        foreach (var pump in _pumps)
        {
            await pump;
        }
    }

    private List<IReadOnlyList<RouteHop>> Paths(PubKey source, PubKey destination, int minHops, int maxHops)
    {
        var found = new List<IReadOnlyList<RouteHop>>();
        Walk(source, []);
        return [.. found.OrderBy(path => path.Count)];

        void Walk(PubKey at, List<RouteHop> path)
        {
            if (path.Count > 0 && at == destination)
            {
                if (path.Count >= minHops)
                {
                    found.Add([.. path]);
                }

                return;
            }

            foreach (var (a, b, id) in _links)
            {
                var next = a == at ? b : b == at ? a : default;
                if (!next.IsNull && path.Count < Math.Min(maxHops, 6) && next != source && path.TrueForAll(hop => hop.To != next))
                {
                    Walk(next, [.. path, new RouteHop(id, at, next)]);
                }
            }
        }
    }
}
