// Routing of one visor, wired: router, dialler, set-up service.
using Microsoft.Extensions.Logging;
using Skywire.Crypto;
using Skywire.Discovery;
using Skywire.Dmsg;
using Skywire.Routing.Setup;

namespace Skywire.Routing;

/// <summary>Settings of a visor's routing.</summary>
public sealed record VisorRoutingOptions
{
    /// <summary>The defaults; without setup nodes only direct hops can be dialled.</summary>
    public static VisorRoutingOptions Default { get; } = new();

    /// <summary>Setup nodes: asked for routes, and trusted to install rules (spec 13 §1).</summary>
    public IReadOnlyList<PubKey> SetupNodes { get; init; } = [];

    /// <summary>The router and its groups.</summary>
    public RouterOptions Router { get; init; } = RouterOptions.Default;

    /// <summary>The dialler.</summary>
    public RouteDialerOptions Dialer { get; init; } = RouteDialerOptions.Default;

    /// <summary>The setup client; its nodes are <see cref="SetupNodes"/>.</summary>
    public SetupClientOptions Client { get; init; } = new();

    /// <summary>The set-up service; its trusted keys are <see cref="SetupNodes"/>.</summary>
    public SetupServerOptions Server { get; init; } = new();

    /// <summary>Direct one-hop set-up; null turns it off.</summary>
    public DirectSetupOptions? Direct { get; init; } = DirectSetupOptions.Default;
}

/// <summary>Owns router, dialler, setup client and set-up service. Give <see cref="Router"/> to the transport manager and the app layer.</summary>
public sealed class VisorRouting : IAsyncDisposable
{
    private readonly SetupClient? _client;
    private readonly SetupServer? _server;

    /// <summary>Uses, but does not own, key, transports, dmsg and finder. Without dmsg routes can be neither dialled nor accepted, only relayed and looped.</summary>
    public VisorRouting(VisorRoutingOptions options, SecKey key, ITransportTable transports, IDmsg? dmsg, IRouteFinder? finder, IDirectTransportAttempt? attempt, IEntropy entropy, TimeProvider time, ILoggerFactory loggers)
    {
        ArgumentNullException.ThrowIfNull(options);
        Router = new Router(options.Router, key, transports, entropy, time, loggers);
        if (dmsg is null)
        {
            return;
        }

        _server = new SetupServer(options.Server with { Trusted = options.SetupNodes }, dmsg, Router, transports, time, loggers);
        _client = options.SetupNodes.Count > 0 ? new SetupClient(options.Client with { Nodes = options.SetupNodes }, dmsg, time, loggers) : null;
        var direct = options.Direct is { } settings ? new DirectSetup(settings, dmsg, Router, time) : null;
        Router.Attach(new RouteDialer(options.Dialer, Router, transports, finder, _client, direct, attempt, loggers));
    }

    /// <summary>The packet handler of the transports and the route network of the apps.</summary>
    public Router Router { get; }

    /// <summary>Counters of all parts.</summary>
    public IReadOnlyList<Wire.CauseCounters> Causes => [Router.Causes, .. _client is null ? Array.Empty<Wire.CauseCounters>() : [_client.Causes], .. _server is null ? Array.Empty<Wire.CauseCounters>() : [_server.Causes]];

    /// <summary>Starts the sweep and the set-up service.</summary>
    public async Task StartAsync()
    {
        await Router.StartAsync();
        if (_server is not null)
        {
            await _server.StartAsync();
        }
    }

    /// <summary>Other machines stand behind the setup nodes' keys now: what was learned of the old ones is forgotten.</summary>
    public void Renew() => _client?.Renew();

    /// <summary>Stops accepting set-ups, then closes every route.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }

        await Router.DisposeAsync();
        if (_client is not null)
        {
            await _client.DisposeAsync();
        }
    }
}
