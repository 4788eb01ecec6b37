// One visor, whole: order of start, order of stop, and the loops that belong to no part. No sockets, clocks or signals of its own: the program
// gives it real ones, the simulation virtual ones.
using Microsoft.Extensions.Logging;
using Skywire.Crypto;
using Skywire.Discovery.Box;
using Skywire.Visor.Apps;
using Skywire.Visor.Box;
using Skywire.Visor.Config;
using Skywire.Visor.Hosting;
using Skywire.Visor.State;
using Skywire.Visor.Updates;
using Skywire.Visor.Updates.Box;
using Skywire.Wire;

namespace Skywire.Visor.Composition;

/// <summary>What the host is told beside the configuration.</summary>
internal sealed record VisorHostOptions
{
    /// <summary>The configuration, checked.</summary>
    public required VisorConfig Config { get; init; }

    /// <summary>Where state is kept; null keeps none (simulation).</summary>
    public string? DataFolder { get; init; }

    /// <summary>The secret of the box; needed when the configuration names one. Stays the caller's.</summary>
    public BoxSecret? BoxSecret { get; init; }

    /// <summary>What loading the configuration had to say.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>
    /// Longest orderly stop. The parts bound themselves (routes 2 s, deregistration and dmsg entry 3 s each); this is for when one of them does not. Below systemd's
    /// stop limit in our unit (20 s).
    /// </summary>
    public TimeSpan StopLimit { get; init; } = TimeSpan.FromSeconds(12);
}

/// <summary>Owns all parts of one visor. <see cref="StartAsync"/> once, then <see cref="DisposeAsync"/>. Reading members are thread-safe.</summary>
internal sealed partial class VisorHost : IAsyncDisposable
{
    /// <summary>Between judgements of the link state and samples of throughput.</summary>
    public static readonly TimeSpan MeasureInterval = TimeSpan.FromSeconds(SampleRing.IntervalSeconds);

    // Every 5 minutes, the first after 5: the tracker credits one slot of 5 minutes per call (spec 11 §6).
    private static readonly TimeSpan UptimeInterval = TimeSpan.FromMinutes(5);

    // Listings live 5 minutes at our service discovery, and as long at the reference's newer ones (spec 23 §8).
    private static readonly TimeSpan ListingInterval = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan FirstListing = TimeSpan.FromSeconds(5);

    private readonly VisorHostOptions _options;
    private readonly VisorConfig _config;
    private readonly SecKey _key;
    private readonly VisorWorld _world;
    private readonly ILogger _log;
    private readonly BoxHost? _box;

    // Beside a network of named services a box without other boards is no lack.
    private readonly bool _boxDecides;
    private readonly VisorParts _parts;
    private readonly VisorApps _apps;
    private readonly ServiceListing? _listing;
    private readonly PingService _pings;
    private readonly UpdateHost? _updates;
    private readonly LinkState _state;
    private readonly SampleRing _samples = new();
    private readonly TrafficMeter _traffic = new();
    private readonly List<Repeater> _loops = [];
    private volatile IReadOnlyList<string> _warnings;
    private readonly DateTimeOffset _startedAt;
    private readonly long _startedStamp;
    private volatile bool _started;
    private volatile StateView _shown = new(LinkLevel.Booting, "starting");
    private int _disposed;

    /// <summary>Builds everything, starts nothing. The key stays the caller's.</summary>
    public VisorHost(VisorHostOptions options, SecKey key, VisorWorld world)
    {
        _options = options;
        _config = options.Config;
        if (_config.Box is not null)
        {
            var secret = options.BoxSecret ?? throw new ArgumentException("a box needs its secret", nameof(options));
            _boxDecides = _config.Services.DmsgDiscovery is null;
            _box = new BoxHost(_config, secret, key, world);
            _config = BoxPlan.Apply(_config, _box.SetupNode, world.Box!.Any);
        }

        _key = key;
        _world = world;
        _log = world.Loggers.CreateLogger<VisorHost>();
        _parts = new VisorParts(_config, options.DataFolder, key, world, _box);
        _apps = new VisorApps(_config.Apps, _parts.Routing.Router, DialOptions(null), world);
        _listing = _parts.ServiceDiscovery is { } directory ? new ServiceListing(directory, key.PublicKey, _config.Apps, _apps.Snapshot, _log) : null;
        _box?.Attach(_parts, _config, _listing is null ? null : _listing.RefreshAsync);
        _pings = new PingService(_parts.Routing.Router, world.Time, world.Loggers);
        _updates = world.Updates is { } board ? new UpdateHost(_config.Update, board, world, () => _parts.Transports.Snapshot().Count(t => t.IsUp), _box is null ? null : InBox) : null;
        _state = new LinkState(world.Time);
        _warnings = options.Warnings;
        _startedAt = world.Time.GetUtcNow();
        _startedStamp = world.Time.GetTimestamp();
    }

    private BoxUpdates InBox(BoxOffer offer, Func<string, string> provides)
    {
        var updates = new BoxUpdates(_box!, _options.BoxSecret!, _key.PublicKey.ToString(), offer, provides, _world.Entropy, _world.Time);
        _box!.Host(updates);
        return updates;
    }

    /// <summary>Raised once a second after judging, with the state shown from now on; from the measuring loop, keep it short.</summary>
    public event Action<LinkLevel, string>? Measured;

    /// <summary>The parts, for tests and benchmarks.</summary>
    internal VisorParts Parts => _parts;

    /// <summary>Starts everything in order. Services that are down do not hold it up: each part goes on trying, and status shows why it is not there yet.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        Log.Starting(_log, BuildInfo.Version, BuildInfo.Commit, _key.PublicKey.ToString());
        foreach (var warning in _warnings.Concat(ConfigRules.Consequences(_config)))
        {
            Log.ConfigurationWarning(_log, warning);
        }

        // Measuring first: a start that hangs shows as "booting" with a pulse, not as silence.
        _loops.Add(new Repeater(MeasureAsync, MeasureInterval, MeasureInterval, null, _world.Time, _log));
        _parts.Dmsg?.Start();

        // Routing before transports: the first packet of the first transport finds its rules.
        await _parts.Routing.StartAsync();
        await _parts.Transports.StartAsync(_parts.Routing.Router, cancellationToken);
        _box?.Start();
        _pings.Start();
        _apps.StartAutomatic();
        _updates?.Start();
        if (_parts.UptimeTracker is not null)
        {
            _loops.Add(new Repeater(CountUptimeAsync, UptimeInterval, UptimeInterval, _world.Entropy, _world.Time, _log));
        }

        if (_listing is not null)
        {
            _loops.Add(new Repeater(_listing.RefreshAsync, FirstListing, ListingInterval, _world.Entropy, _world.Time, _log));
        }

        _started = true;
        Log.Started(_log, (long)_world.Time.GetElapsedTime(_startedStamp).TotalMilliseconds);
    }

    /// <summary>Adds something that needs a hand and that only the surrounding program knows. Before the start.</summary>
    public void Warn(string warning) => _warnings = [.. _warnings, warning];

    /// <summary>Stops in order: apps, routes (peers are told), transports (the discovery is told), dmsg (the entry is deleted). Never throws; bounded by the stop limit.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        var since = _world.Time.GetTimestamp();
        using var limit = new CancellationTokenSource(_options.StopLimit, _world.Time);
        if (_listing is not null)
        {
            await StopAsync("service listing", () => new ValueTask(_listing.WithdrawAsync(limit.Token)), limit.Token);
        }

        if (_updates is { } updates)
        {
            await StopAsync("updates", () => updates.DisposeAsync(), limit.Token);
        }

        await StopAsync("apps", () => _apps.DisposeAsync(), limit.Token);
        await StopAsync("pings", () => _pings.DisposeAsync(), limit.Token);
        await StopAsync("routes", () => _parts.Routing.DisposeAsync(), limit.Token);
        await StopAsync("transports", () => _parts.Transports.DisposeAsync(), limit.Token);
        if (_parts.Dmsg is { } dmsg)
        {
            await StopAsync("dmsg", () => dmsg.DisposeAsync(), limit.Token);
        }

        if (_box is { } box)
        {
            // Last: until here this board's own farewells went to the box's services, wherever they run.
            await StopAsync("box", () => box.DisposeAsync(), limit.Token);
        }

        foreach (var loop in _loops)
        {
            await StopAsync("a loop", () => loop.DisposeAsync(), limit.Token);
        }

        Log.Stopped(_log, (long)_world.Time.GetElapsedTime(since).TotalMilliseconds);
    }

    private async Task StopAsync(string part, Func<ValueTask> stop, CancellationToken limit)
    {
        try
        {
            await stop().Stay().WaitAsync(Timeout.InfiniteTimeSpan, _world.Time, limit);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            Log.StopOverdue(_log, part, _options.StopLimit);
        }
        catch (Exception e)
        {
            // One part's fault must not keep the others from telling their peers.
            Log.StopFailed(_log, e, part);
        }
    }

    private Task MeasureAsync(CancellationToken cancellationToken)
    {
        var transports = _parts.Transports.Snapshot();
        var groups = _parts.Routing.Router.Groups;
        var up = transports.Count(t => t.IsUp);
        var (sent, received) = (transports.Sum(t => t.SentBytes), transports.Sum(t => t.ReceivedBytes));
        _traffic.Add(sent + received, _parts.Routing.Router.Table.Count, up);
        _samples.Add(_world.Time.GetUtcNow(), sent, received, up, groups.Count);
        var changed = _state.Update(new LinkFacts
        {
            Started = _started,
            TransportsUp = up,
            DmsgUsed = _parts.Dmsg is not null,
            DmsgReady = _parts.Dmsg?.IsReady ?? false,
            DmsgSessions = _parts.Dmsg?.SessionServers.Count(server => _box is not { IsServing: true } box || server != box.DmsgServer) ?? 0,
            DmsgReason = _parts.Dmsg?.NotReadyReason ?? "",
            RouteBytes = _traffic.Total,
            BoxReason = _boxDecides ? _box!.NotJoinedReason : "",
            Attention = Attention(),
        });
        _shown = new StateView(_state.Level, _state.Reason);

        // Between joined and traffic a busy board goes to and fro all day; that is for the LED, not for the log.
        if (changed && _state.Level is not (LinkLevel.Joined or LinkLevel.Traffic))
        {
            Log.LinkStateChanged(_log, _state.Word, _state.Reason);
        }

        Measured?.Invoke(_state.Level, _state.Reason);
        return Task.CompletedTask;
    }

    private string Attention()
    {
        return _warnings.Concat(Unbound()).FirstOrDefault() ?? "";
    }

    // The transport manager tries again by itself; until then nobody can reach this board that way.
    private IEnumerable<string> Unbound()
    {
        if (_started && _parts.Stcpr is { LocalEndPoint: null })
        {
            yield return $"stcpr cannot listen on {_config.Transport.Stcpr!.Listen} (see the log); trying again";
        }

        if (_started && _config.Transport.Stcp?.Listen is { } listen && _parts.Stcp is { LocalEndPoint: null })
        {
            yield return $"stcp cannot listen on {listen} (see the log); trying again";
        }
    }

    private async Task CountUptimeAsync(CancellationToken cancellationToken)
    {
        try
        {
            await _parts.UptimeTracker!.UpdateAsync(BuildInfo.Version, cancellationToken);
        }
        catch (IOException e)
        {
            // Counted and shown with the service; the next slot is another chance.
            Log.HeartbeatFailed(_log, e.Message);
        }
    }

    private sealed record StateView(LinkLevel Level, string Reason);
}
