// A whole network on virtual time: the services in one process, visors around them, composed as the program composes them.
using System.Net;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Skywire.Crypto;
using Skywire.Discovery;
using Skywire.Services;
using Skywire.Testing;
using Skywire.Visor.Composition;
using Skywire.Visor.Config;

namespace Skywire.Visor.Tests.Composition;

internal sealed class Mesh : IAsyncDisposable
{
    private const string ServicesHost = "10.0.0.1";
    private readonly SimulationRun _sim;
    private readonly SecKey _setupKey;
    private readonly SecKey _dmsgKey;
    private readonly List<VisorHost> _visors = [];

    public Mesh(SimulationRun sim)
    {
        _sim = sim;
        _setupKey = SecKey.Generate(sim.Entropy.For("setup-key"));
        _dmsgKey = SecKey.Generate(sim.Entropy.For("dmsg-key"));
        Services = new UnifiedServices(
            new ServicesOptions { BindAddress = IPAddress.Parse(ServicesHost), AllowPrivate = true, DmsgServerKey = _dmsgKey, SetupNodeKey = _setupKey, PublicDmsgAddress = ServicesHost + ":8081" },
            sim.Network.Host(ServicesHost),
            null,
            sim.Entropy.For("services"),
            sim.Time,
            NullLoggerFactory.Instance);
    }

    public UnifiedServices Services { get; }

    /// <summary>Every request is answered by nobody while this is set.</summary>
    public bool ServicesUnreachable { get; set; }

    public SecKey Key(string name) => SecKey.Generate(_sim.Entropy.For("key-of-" + name));

    public VisorConfig Config(string name, SecKey? neighbour) => new()
    {
        Name = name,
        Services = new ServicesConfig
        {
            DmsgDiscovery = $"http://{ServicesHost}:9090",
            TransportDiscovery = $"http://{ServicesHost}:9091",
            RouteFinder = $"http://{ServicesHost}:9092",
            AddressResolver = $"http://{ServicesHost}:9093",
            UptimeTracker = $"http://{ServicesHost}:9096",
            ServiceDiscovery = $"http://{ServicesHost}:9098",
            RouteSetupNodes = [_setupKey.PublicKey],
        },
        Dmsg = new DmsgConfig { MinSessions = 1 },
        Transport = new TransportConfig
        {
            Stcpr = new StcprConfig { Listen = "0.0.0.0:7770", AllowPrivate = true },
            Persistent = neighbour is null ? [] : [new PersistentTransportConfig { Key = neighbour.PublicKey, Type = "stcpr" }],
        },
    };

    public VisorHost Visor(string address, SecKey key, VisorConfig config, ILoggerFactory? loggers = null)
    {
        var host = new VisorHost(new VisorHostOptions { Config = config }, key, new VisorWorld(
            _sim.Network.Host(address),
            new Exchange(this, new InProcessExchange(Services.ByPort, IPAddress.Parse(address))),
            () => [address],
            _sim.Entropy.For("visor-" + address),
            _sim.Time,
            loggers ?? NullLoggerFactory.Instance));
        _visors.Add(host);
        return host;
    }

    public async Task UntilAsync(Func<bool> condition, TimeSpan limit)
    {
        var since = _sim.Time.Elapsed;
        while (!condition())
        {
            Assert.True(_sim.Time.Elapsed - since < limit, $"not within {limit}; {string.Join("; ", _visors.Select(v => $"{v.Status().Name}: {v.Status().StateReason}"))}");
            await Task.Delay(TimeSpan.FromMilliseconds(100), _sim.Time);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var visor in _visors)
        {
            await visor.DisposeAsync();
        }

        await Services.DisposeAsync();
        _setupKey.Dispose();
        _dmsgKey.Dispose();
    }

    private sealed class Exchange(Mesh mesh, IHttpExchange inner) : IHttpExchange
    {
        public Task<HttpReply> SendAsync(HttpCall call, CancellationToken cancellationToken)
            => mesh.ServicesUnreachable ? Task.FromException<HttpReply>(new IOException("Connection refused")) : inner.SendAsync(call, cancellationToken);
    }
}
