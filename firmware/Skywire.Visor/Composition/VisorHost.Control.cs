// The visor as its operator sees and drives it.
using Skywire.Crypto;
using Skywire.Discovery;
using Skywire.Routing;
using Skywire.Transport;
using Skywire.Visor.Api;
using Skywire.Visor.Api.Model;
using Skywire.Visor.Config;
using Skywire.Visor.Hosting;
using Skywire.Visor.State;
using Skywire.Wire;

namespace Skywire.Visor.Composition;

internal sealed partial class VisorHost : IVisorControl
{
    /// <inheritdoc/>
    public IUpdateControl? Updates => _updates;

    /// <inheritdoc/>
    public WifiView? Wifi() => _world.Wifi?.Read() is ({ } report, var isRunning) ? WifiView.Of(report, isRunning) : null;

    /// <inheritdoc/>
    public StatusView Status()
    {
        var shown = _shown;
        return new StatusView
        {
            PublicKey = _key.PublicKey.ToString(),
            Name = _config.Name,
            Version = BuildInfo.Version,
            Commit = BuildInfo.Commit,
            StartedAt = _startedAt,
            UptimeSeconds = (long)_world.Time.GetElapsedTime(_startedStamp).TotalSeconds,
            State = LinkState.WordOf(shown.Level),
            StateReason = shown.Reason,
            Dmsg = _parts.Dmsg is { } dmsg
                ? new DmsgView(true, dmsg.IsReady, dmsg.NotReadyReason, [.. dmsg.SessionServers.Select(k => k.ToString())])
                : new DmsgView(false, false, "not configured", []),
            Services = _parts.Services.Snapshot(),
            Box = _box?.View(),
            TransportsUp = _parts.Transports.Snapshot().Count(t => t.IsUp),
            RouteGroups = _parts.Routing.Router.Groups.Count,
            Rules = _parts.Routing.Router.Table.Count,
            Listening = Listening(),
            Update = _updates?.Brief(),
            Wifi = Wifi() is { } wifi ? WifiBriefView.Of(wifi) : null,
            Warnings = [.. Warnings()],
        };
    }

    /// <inheritdoc/>
    public HealthView Health()
    {
        var shown = _shown;
        var failed = _apps.Snapshot().Where(a => a.Status == "failed").ToList();
        CheckView[] checks =
        [
            new("started", _started, _started ? "" : "starting"),
            new("configuration", _warnings.Count == 0, string.Join("; ", _warnings)),
            new("link", shown.Level is LinkLevel.Linked or LinkLevel.Joined or LinkLevel.Traffic, shown.Reason),
            new("box", _box is null || _box.Problem.Length == 0, _box?.Problem ?? ""),
            new("apps", failed.Count == 0, string.Join("; ", failed.Select(a => $"{a.Name}: {a.Detail}"))),
        ];
        return new HealthView(checks.All(c => c.Ok), checks);
    }

    /// <inheritdoc/>
    public IReadOnlyList<TransportView> Transports() => [.. _parts.Transports.Snapshot().Select(View)];

    /// <inheritdoc/>
    public IReadOnlyList<RuleView> Rules() => [.. _parts.Routing.Router.Table.Snapshot().OrderBy(r => r.KeyRouteId).Select(View)];

    /// <inheritdoc/>
    public IReadOnlyList<RouteGroupView> RouteGroups() => [.. _parts.Routing.Router.Groups.Select(g => new RouteGroupView(
        g.Descriptor.SourceKey.ToString(),
        g.Descriptor.SourcePort,
        g.Descriptor.DestinationPort,
        g.RoundTrip?.TotalMilliseconds,
        g.SentBytes,
        g.ReceivedBytes))];

    /// <inheritdoc/>
    public IReadOnlyList<AppView> Apps() => _apps.Snapshot();

    /// <inheritdoc/>
    public SamplesView Samples() => _samples.Snapshot();

    /// <inheritdoc/>
    public IReadOnlyList<CauseCounters> Causes() => [.. _parts.Causes, _apps.Causes, .. _box?.Causes ?? []];

    /// <inheritdoc/>
    public ReadOnlyMemory<byte> Config() => MaskedConfig.Format(_config);

    /// <inheritdoc/>
    public async Task<TransportView> AddTransportAsync(PubKey remote, string type, CancellationToken cancellationToken)
    {
        var transport = await _parts.Transports.SaveAsync(remote, type, TransportLabels.User, cancellationToken);
        return _parts.Transports.Snapshot().FirstOrDefault(t => t.Id == transport.Id) is { } summary
            ? View(summary)
            : throw new ProtocolException(ProtocolError.TransportClosed, "the transport came up and ended at once");
    }

    /// <inheritdoc/>
    public Task<bool> RemoveTransportAsync(TransportId id, CancellationToken cancellationToken) => _parts.Transports.RemoveAsync(id, cancellationToken);

    /// <inheritdoc/>
    public async Task<PathsView> FindRoutesAsync(PubKey remote, int minHops, int maxHops, CancellationToken cancellationToken)
    {
        var finder = _parts.RouteFinder ?? throw new ControlException("no_route_finder", "no route finder is configured", "set services.route_finder");
        var found = await finder.FindRoutesAsync(_key.PublicKey, remote, minHops, maxHops, cancellationToken)
            ?? throw new ProtocolException(ProtocolError.NoRoute, $"the route finder knows no path of {minHops} to {maxHops} hops to {remote}");
        return new PathsView(remote.ToString(), View(found.Forward), View(found.Reverse));
    }

    /// <inheritdoc/>
    public async Task<DialView> DialAsync(PubKey remote, ushort port, int? minHops, CancellationToken cancellationToken)
    {
        var since = _world.Time.GetTimestamp();
        await using var connection = await _parts.Routing.Router.DialAsync(remote, port, DialOptions(minHops), cancellationToken);
        return new DialView(remote.ToString(), port, _world.Time.GetElapsedTime(since).TotalMilliseconds, connection.RoundTrip?.TotalMilliseconds);
    }

    /// <inheritdoc/>
    public async Task<PingView> PingAsync(PubKey remote, int count, CancellationToken cancellationToken)
    {
        var trips = await PingClient.RunAsync(_parts.Routing.Router, remote, count, DialOptions(null), _world.Time, cancellationToken);
        var times = trips.Select(t => t.TotalMilliseconds).ToList();
        return new PingView(remote.ToString(), "route", count, times.Count, times, Over(times, Enumerable.Min), Over(times, Enumerable.Average), Over(times, Enumerable.Max));
    }

    /// <inheritdoc/>
    public Task<AppView?> StartAppAsync(string name, CancellationToken cancellationToken) => Task.FromResult(_apps.Start(name));

    /// <inheritdoc/>
    public Task<AppView?> StopAppAsync(string name, CancellationToken cancellationToken) => _apps.StopAsync(name, cancellationToken);

    private static double? Over(List<double> values, Func<IEnumerable<double>, double> measure) => values.Count == 0 ? null : measure(values);

    private static TransportView View(TransportSummary t) => new(
        t.Id.ToString(), t.RemoteKey.ToString(), t.Type, t.Label, t.IsUp, t.IsInitiator, t.SentBytes, t.ReceivedBytes, t.SentPackets, t.ReceivedPackets, t.Age.TotalSeconds, t.RoundTrip?.TotalMilliseconds, t.RemoteAddress);

    private static List<IReadOnlyList<HopView>> View(IReadOnlyList<IReadOnlyList<RouteHop>> paths)
        => [.. paths.Select(p => (IReadOnlyList<HopView>)[.. p.Select(h => new HopView(h.TransportId.ToString(), h.From.ToString(), h.To.ToString()))])];

    private RuleView View(RoutingRule rule)
    {
        var isEdge = rule.Type is RuleType.Consume or RuleType.Forward;
        // A rule's descriptor is that of its direction of travel: for what arrives here the far end is its source.
        var toRemote = rule.Type == RuleType.Forward ? rule.Descriptor.Inverted : rule.Descriptor;
        return new RuleView(
            rule.KeyRouteId,
            rule.Type switch { RuleType.Consume => "consume", RuleType.Forward => "forward", _ => "intermediary" },
            rule.Type == RuleType.Consume ? "" : rule.NextTransportId.ToString(),
            rule.Type == RuleType.Consume ? null : rule.NextRouteId,
            isEdge ? toRemote.SourceKey.ToString() : "",
            isEdge ? toRemote.DestinationPort : null,
            isEdge ? toRemote.SourcePort : null,
            rule.KeepAlive.TotalSeconds);
    }

    private RouteDialOptions DialOptions(int? minHops) => new()
    {
        MinHops = minHops ?? _config.Routing.MinHops,
        MaxHops = Math.Max(minHops ?? 0, _config.Routing.MaxHops),
        Limit = _config.Routing.DialLimit,
    };

    private List<ListenView> Listening()
    {
        var list = new List<ListenView>();
        if (_parts.Stcpr?.LocalEndPoint is { } stcpr)
        {
            list.Add(new ListenView("stcpr", stcpr.ToString()));
        }

        if (_parts.Stcp?.LocalEndPoint is { } stcp)
        {
            list.Add(new ListenView("stcp", stcp.ToString()));
        }

        return list;
    }

    private IEnumerable<string> Warnings()
    {
        var announce = _parts.Stcpr is { AnnounceStatus: var status } && status.StartsWith("not announced", StringComparison.Ordinal) ? $"stcpr is {status}" : null;
        return
        [
            .. _warnings,
            .. Unbound(),
            .. _box is { Problem: { Length: > 0 } problem } ? [problem] : Array.Empty<string>(),
            .. ConfigRules.Consequences(_config),
            .. _parts.Services.Snapshot().Where(s => s.State == "failing").Select(s => $"{s.Name}: {s.Reason}; trying again"),
            .. announce is null ? Array.Empty<string>() : [announce],
            .. _apps.Snapshot().Where(a => a.Status == "failed").Select(a => $"app {a.Name}: {a.Detail}; trying again"),
        ];
    }
}
