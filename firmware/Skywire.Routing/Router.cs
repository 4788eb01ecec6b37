// Takes packets from all transports and gives each to its next transport or its route group (spec 12 §5).
// Split by concern: .Packets (the hot path), .Setup (what setup nodes may do), .Network (dial and listen).
using Microsoft.Extensions.Logging;
using Skywire.Crypto;
using Skywire.Discovery;
using Skywire.Transport;
using Skywire.Wire;

namespace Skywire.Routing;

/// <summary>
/// The router of one visor. Thread-safe; the packet path takes no lock that transports share. <see cref="StartAsync"/> begins the sweep of expired rules;
/// until a dialler is attached only the visor's own ports can be dialled.
/// </summary>
public sealed partial class Router : IPacketHandler, ISetupTarget, IRouteNetwork, IAsyncDisposable
{
    private readonly ITransportTable _transports;
    private readonly ILogger _log;
    private readonly Refusals _refusals;
    private readonly OwnedTasks _owned;
    private readonly CancellationTokenSource _life = new();
    private Task _sweeping = Task.CompletedTask;
    private RouteDialer? _dialer;

    /// <summary>Uses, but does not own, key and transports.</summary>
    public Router(RouterOptions options, SecKey key, ITransportTable transports, IEntropy entropy, TimeProvider time, ILoggerFactory loggers)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(transports);
        ArgumentNullException.ThrowIfNull(loggers);
        options.Validate();
        Options = options;
        Key = key;
        LocalKey = key.PublicKey;
        Entropy = entropy;
        Time = time;
        Table = new RoutingTable(options.Table, time, Causes);
        _transports = transports;
        _log = loggers.CreateLogger<Router>();
        _owned = new OwnedTasks(e => Log.Unexpected(_log, e));
        _refusals = new Refusals(options.Patience, time);
        _transports.Changed += OnTransportChanged;
    }

    /// <inheritdoc/>
    public PubKey LocalKey { get; }

    /// <summary>The routing table.</summary>
    public RoutingTable Table { get; }

    /// <summary>Causes counted.</summary>
    public CauseCounters Causes { get; } = new("router");

    /// <summary>Route groups open or being opened, for display.</summary>
    public IReadOnlyList<IRouteConnection> Groups
    {
        get
        {
            lock (_gate)
            {
                return [.. _live];
            }
        }
    }

    internal RouterOptions Options { get; }

    internal SecKey Key { get; }

    internal IEntropy Entropy { get; }

    internal TimeProvider Time { get; }

    /// <summary>Sets who finds and sets up routes to other visors. Once, before the first dial.</summary>
    public void Attach(RouteDialer dialer) => _dialer = dialer;

    /// <summary>Starts removing expired rules.</summary>
    public Task StartAsync()
    {
        _sweeping = SweepAsync();
        return Task.CompletedTask;
    }

    /// <summary>Closes every route group, telling the peers (bounded by the close limit), and stops.</summary>
    public async ValueTask DisposeAsync()
    {
        _transports.Changed -= OnTransportChanged;
        _life.Cancel();
        if (_dialer is { } dialer)
        {
            await dialer.DisposeAsync();
        }

        foreach (var group in Groups)
        {
            ((RouteGroup)group).EndWithError(ProtocolError.ShuttingDown, "the peer is shutting down");
        }

        await _owned.WhenIdleAsync();
        await _sweeping;
    }

    /// <summary>Keeps a task that tells a peer something, until it is done.</summary>
    internal void Own(Task task) => _owned.Add(task);

    /// <summary>The transport a rule sends over; null when it is down. The answer is kept in the rule.</summary>
    internal ITransport? Resolve(RoutingRule rule)
    {
        var next = rule.Next;
        if (next is { IsUp: true })
        {
            return next;
        }

        next = _transports.Find(rule.NextTransportId);
        if (next is not { IsUp: true })
        {
            return null;
        }

        rule.Next = next;
        return next;
    }

    /// <summary>One sweep of the table; each route group whose rule expired is ended.</summary>
    internal int Sweep() => Table.Sweep(rule =>
    {
        Causes.Add(ProtocolError.RuleExpired);
        rule.Group?.EndWithError(ProtocolError.RuleExpired, "nothing came over the route for " + rule.KeepAlive);
    });

    private async Task SweepAsync()
    {
        try
        {
            while (true)
            {
                await Task.Delay(Options.SweepInterval, Time, _life.Token);
                var removed = Sweep();
                if (removed > 0)
                {
                    Log.RulesExpired(_log, removed, Table.Count);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // Shutting down.
        }
    }

    // A route over a transport that went is broken, for what was under way is lost: say so at once, so that the app can dial another.
    private void OnTransportChanged(ITransport transport, bool up)
    {
        if (up)
        {
            return;
        }

        _refusals.Remove(transport);
        if (_transports.Find(transport.Id) is { IsUp: true })
        {
            return;
        }

        foreach (var connection in Groups)
        {
            var group = (RouteGroup)connection;
            if (group.Uses(transport))
            {
                Causes.Add(ProtocolError.TransportClosed);
                group.EndWithError(ProtocolError.TransportClosed, $"transport {transport.Id} went down");
            }
        }
    }
}
