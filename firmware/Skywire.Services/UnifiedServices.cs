// The services of a network in one process, over one store; each also runs alone. Sockets for HTTP are the shell's (Hosting), so a simulation runs the same
// composition without any.
using System.Net;
using Microsoft.Extensions.Logging;
using Skywire.Crypto;
using Skywire.Discovery;
using Skywire.Dmsg;
using Skywire.Routing.Setup;
using Skywire.Services.AddressResolver;
using Skywire.Services.DmsgDiscovery;
using Skywire.Services.Http;
using Skywire.Services.RouteFinder;
using Skywire.Services.ServiceDiscovery;
using Skywire.Services.Store;
using Skywire.Services.TransportDiscovery;
using Skywire.Services.UptimeTracker;
using Skywire.Wire;

namespace Skywire.Services;

/// <summary>Composes services. Serves HTTP through <see cref="ByPort"/> from construction on; <see cref="StartAsync"/> starts what runs by itself.</summary>
public sealed class UnifiedServices : IAsyncDisposable
{
    // Expired records are invisible anyway; sweeping only frees their space. The reference sweeps every 10 s.
    private static readonly TimeSpan SweepInterval = TimeSpan.FromSeconds(10);
    private const int SweepBatch = 1000;

    private readonly ServicesOptions _options;
    private readonly INetwork _network;
    private readonly IEntropy _entropy;
    private readonly TimeProvider _time;
    private readonly ILoggerFactory _loggers;
    private readonly ILogger _log;
    private readonly IServiceStore _store;
    private readonly SortedDictionary<int, IHttpService> _byPort = [];
    private readonly Dictionary<ServiceKind, IHttpService> _byKind = [];
    private readonly List<CauseCounters> _causes = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly IDmsgDiscovery? _discovery;
    private Task _sweeping = Task.CompletedTask;
    private DmsgServer? _dmsgServer;
    private DmsgClient? _setupClient;
    private SetupNode? _setupNode;
    private bool _disposed;

    /// <summary>
    /// Opens the store and builds the services. <paramref name="network"/> carries the dmsg server and the setup node's sessions; <paramref name="exchange"/> is used
    /// only when the dmsg discovery is elsewhere. Throws <see cref="ArgumentException"/> for bad options and <see cref="IOException"/> when the store cannot be used.
    /// </summary>
    public UnifiedServices(ServicesOptions options, INetwork network, IHttpExchange? exchange, IEntropy entropy, TimeProvider time, ILoggerFactory loggers)
    {
        options.Validate();
        _options = options;
        _network = network;
        _entropy = entropy;
        _time = time;
        _loggers = loggers;
        _log = loggers.CreateLogger<UnifiedServices>();
        _store = options.StorePath is null ? new MemoryStore(time) : new SqliteStore(new SqliteStoreOptions { File = options.StorePath, SyncEveryCommit = options.SyncEveryCommit }, time);
        var started = time.GetUtcNow();
        AddHttpServices(new ServiceContext(_store, time, entropy, loggers, () => new HealthInfo(options.Version, started)) { Monitors = options.Monitors, RateLimit = options.RateLimit });
        _discovery = DiscoveryClient(exchange);
    }

    /// <summary>HTTP services by configured port.</summary>
    public IReadOnlyDictionary<int, IHttpService> ByPort => _byPort;

    /// <summary>HTTP services by kind.</summary>
    public IReadOnlyDictionary<ServiceKind, IHttpService> ByKind => _byKind;

    /// <summary>Counters of everything that runs here.</summary>
    public IReadOnlyList<CauseCounters> Causes => [.. _causes, .. new[] { _dmsgServer?.Causes, _setupClient?.Causes, _setupNode?.Causes }.OfType<CauseCounters>()];

    /// <summary>The dmsg server; null when it does not run.</summary>
    public DmsgServer? DmsgServer => _dmsgServer;

    /// <summary>The setup node; null when it does not run.</summary>
    public SetupNode? SetupNode => _setupNode;

    /// <summary>True when the setup node can be reached: its own dmsg entry is published.</summary>
    public bool IsSetupNodeReady => _setupClient?.IsReady ?? false;

    /// <summary>Starts the dmsg server, the setup node and the sweeping of expired records. Throws <see cref="IOException"/> when a port is taken.</summary>
    public async Task StartAsync()
    {
        _sweeping = SweepAsync();
        if (_options.Services.Contains(ServiceKind.DmsgServer))
        {
            var listener = _network.Listen(new IPEndPoint(_options.BindAddress, _options.DmsgServerPort));
            _dmsgServer = new DmsgServer(new DmsgServerOptions { PublicAddress = _options.PublicDmsgAddress }, _options.DmsgServerKey!, listener, _discovery!, _entropy, _time, _loggers);
            _dmsgServer.Start();
            Log.Serving(_log, nameof(ServiceKind.DmsgServer), _options.PublicDmsgAddress);
        }

        if (_options.Services.Contains(ServiceKind.SetupNode))
        {
            // Sessions to all servers, as services hold them: whoever dials finds a way without waiting.
            _setupClient = new DmsgClient(new DmsgClientOptions { MinSessions = 0, ClientType = "" }, _options.SetupNodeKey!, _network, _discovery!, _entropy, _time, _loggers);
            _setupNode = new SetupNode(_options.SetupNode, _setupClient, _time, _loggers);
            await _setupNode.StartAsync();
            _setupClient.Start();
            Log.Serving(_log, nameof(ServiceKind.SetupNode), _options.SetupNodeKey!.PublicKey.ToString());
        }
    }

    /// <summary>Completes when everything started is reachable: the setup node has published its entry.</summary>
    public Task WaitReadyAsync(CancellationToken cancellationToken) => _setupClient?.WaitReadyAsync(cancellationToken) ?? Task.CompletedTask;

    /// <summary>Stops everything and closes the store. Requests after it fail.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        _stop.Cancel();
        if (_setupNode is not null)
        {
            await _setupNode.DisposeAsync();
        }

        if (_setupClient is not null)
        {
            await _setupClient.DisposeAsync();
        }

        if (_dmsgServer is not null)
        {
            await _dmsgServer.DisposeAsync();
        }

        await _sweeping;
        _store.Dispose();
        _stop.Dispose();
    }

    private void AddHttpServices(ServiceContext context)
    {
        var closed = _options.AllowPrivate;
        Add(ServiceKind.DmsgDiscovery, () => new DmsgDiscoveryService(_options.DmsgDiscovery with { TestMode = closed || _options.DmsgDiscovery.TestMode }, context));
        Add(ServiceKind.TransportDiscovery, () => new TransportDiscoveryService(_options.TransportDiscovery, context));
        Add(ServiceKind.RouteFinder, () => new RouteFinderService(context));
        Add(ServiceKind.AddressResolver, () => new AddressResolverService(_options.AddressResolver with { AllowPrivate = closed || _options.AddressResolver.AllowPrivate }, context));
        Add(ServiceKind.UptimeTracker, () => new UptimeTrackerService(_options.Geo, context));
        Add(ServiceKind.ServiceDiscovery, () => new ServiceDiscoveryService(_options.ServiceDiscovery with { AllowPrivate = closed || _options.ServiceDiscovery.AllowPrivate }, _options.Geo, context));
    }

    private void Add(ServiceKind kind, Func<EndpointService> create)
    {
        if (_options.Services.Contains(kind))
        {
            var service = create();
            _byKind.Add(kind, service);
            _causes.Add(service.Causes);

            // Port 0 means any free one, known only once the shell has bound it; such services are found by kind.
            if (_options.PortOf(kind) is var port and not 0)
            {
                _byPort.Add(port, service);
            }
        }
    }

    private DmsgDiscoveryClient? DiscoveryClient(IHttpExchange? exchange)
    {
        if (_byKind.TryGetValue(ServiceKind.DmsgDiscovery, out var own))
        {
            const int port = 1;
            var local = new InProcessExchange(new Dictionary<int, IHttpService> { [port] = own }, IPAddress.Loopback);
            return new DmsgDiscoveryClient(local, $"http://localhost:{port}", ServiceClientOptions.Default, _time);
        }

        if (_options.DmsgDiscoveryUrl is not { } url)
        {
            return null;
        }

        return new DmsgDiscoveryClient(exchange ?? throw new ArgumentException("an exchange is needed to reach the dmsg discovery", nameof(exchange)), url, ServiceClientOptions.Default, _time);
    }

    private async Task SweepAsync()
    {
        try
        {
            while (true)
            {
                await Task.Delay(SweepInterval, _time, _stop.Token);
                try
                {
                    _store.Sweep(SweepBatch);
                }
                catch (StoreException e)
                {
                    // A full disk or another process's lock may pass; the records are invisible meanwhile.
                    Log.SweepFailed(_log, e);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // Stopped.
        }
    }
}
