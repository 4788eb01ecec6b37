// Finds, sets up and opens a route to another visor: candidates are raced, none is waited out (spec 13 §6).
using Microsoft.Extensions.Logging;
using Skywire.Crypto;
using Skywire.Discovery;
using Skywire.Routing.Setup;
using Skywire.Wire;
using Skywire.Wire.Rpc;

namespace Skywire.Routing;

/// <summary>Settings of the dialler.</summary>
public sealed record RouteDialerOptions
{
    /// <summary>The defaults.</summary>
    public static RouteDialerOptions Default { get; } = new();

    /// <summary>The next candidate starts when the ones before have not succeeded by then: set-up and handshake of a good route take well under 0.2 s, a far one half a second.</summary>
    public TimeSpan Stagger { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Candidates under way at once: each costs a setup node a dial to every visor of the path.</summary>
    public int Parallel { get; init; } = 3;

    /// <summary>Candidates tried in one dial.</summary>
    public int MaxCandidates { get; init; } = 6;

    /// <summary>A failing route finder is asked again after this, as the reference does.</summary>
    public TimeSpan FinderPause { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>The route finder is given up after this; the reference's 2 s.</summary>
    public TimeSpan FinderLimit { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Limit of one answer of the route finder.</summary>
    public TimeSpan FinderCallLimit { get; init; } = TimeSpan.FromSeconds(5);
}

/// <summary>
/// One per visor; thread-safe. A dial asks the route finder at once, sets up directly where a transport to the destination exists, and lets a direct transport attempt run
/// beside. Every candidate has its own local port, so that two of them never meet as one descriptor at the destination; a dial with a fixed local port tries them in turn.
/// </summary>
public sealed class RouteDialer : IAsyncDisposable
{
    private readonly RouteDialerOptions _options;
    private readonly Router _router;
    private readonly ITransportTable _transports;
    private readonly IRouteFinder? _finder;
    private readonly IRouteSetup? _setup;
    private readonly DirectSetup? _direct;
    private readonly IDirectTransportAttempt? _attempt;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly DeadPaths _dead;
    private readonly OwnedTasks _owned;

    /// <summary>Uses, but does not own, what it is given. Without <paramref name="setup"/> only direct hops can be dialled, without <paramref name="direct"/> only through setup nodes.</summary>
    public RouteDialer(RouteDialerOptions options, Router router, ITransportTable transports, IRouteFinder? finder, IRouteSetup? setup, DirectSetup? direct, IDirectTransportAttempt? attempt, ILoggerFactory loggers)
    {
        ArgumentNullException.ThrowIfNull(router);
        ArgumentNullException.ThrowIfNull(loggers);
        _options = options;
        _router = router;
        _transports = transports;
        _finder = finder;
        _setup = setup;
        _direct = direct;
        _attempt = attempt;
        _time = router.Time;
        _log = loggers.CreateLogger<RouteDialer>();
        _owned = new OwnedTasks(e => Log.Unexpected(_log, e));
        _dead = new DeadPaths(_time);
    }

    /// <summary>Dials. Throws <see cref="ProtocolException"/> whose text lists what was tried and why each way failed.</summary>
    public async Task<IRouteConnection> DialAsync(PubKey remote, ushort port, RouteDialOptions options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (!_transports.HasAny && _attempt is null)
        {
            throw new ProtocolException(ProtocolError.NoRoute, "no transport found: this visor has no live transport");
        }

        using var timer = new CancellationTokenSource(options.Limit, _time);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, cancellationToken);
        var dial = new Dial(this, remote, port, options);
        try
        {
            return await dial.RunAsync(limit.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw dial.Failure(ProtocolError.TimedOut, $"not within {options.Limit.TotalSeconds:0.#} s");
        }
        finally
        {
            limit.Cancel();
            _owned.Add(dial.DisposeAsync().AsTask());
        }
    }

    /// <summary>Waits for candidates that lost their race.</summary>
    public async ValueTask DisposeAsync() => await _owned.WhenIdleAsync();

    /// <summary>One dial under way.</summary>
    private sealed class Dial : IAsyncDisposable
    {
        private readonly RouteDialer _owner;
        private readonly PubKey _remote;
        private readonly ushort _port;
        private readonly RouteDialOptions _options;
        private readonly StaggeredRace<RouteGroup> _race;
        private readonly Lock _lock = new();
        private readonly HashSet<(PathKey, bool)> _added = [];
        private readonly List<string> _reasons = [];
        private readonly List<string> _underWay = [];
        private readonly long _startedAt;
        private Task _sources = Task.CompletedTask;

        public Dial(RouteDialer owner, PubKey remote, ushort port, RouteDialOptions options)
        {
            _owner = owner;
            _remote = remote;
            _port = port;
            _options = options;
            _startedAt = owner._time.GetTimestamp();
            _race = new(options.LocalPort == 0 ? owner._options.Stagger : options.Limit, options.LocalPort == 0 ? owner._options.Parallel : 1, owner._time, static group => group.DisposeAsync())
            {
                // The destination itself has answered: another path leads to the same answer.
                IsFinal = static failure => failure is ProtocolException { Error: ProtocolError.NoListener },
            };
        }

        public async Task<IRouteConnection> RunAsync(CancellationToken cancellationToken)
        {
            AddDirect();
            _sources = FeedAsync(cancellationToken);
            try
            {
                return await _race.RunAsync(cancellationToken);
            }
            catch (RaceLostException e)
            {
                if (e.Failures is [ProtocolException { Error: ProtocolError.NoListener } answer])
                {
                    throw new ProtocolException(ProtocolError.NoListener, answer.Message, answer);
                }

                throw Failure(e.Failures.OfType<ProtocolException>().LastOrDefault()?.Error ?? ProtocolError.NoRoute, null);
            }
        }

        /// <summary>Completes when everything the dial started has come to rest. Never throws.</summary>
        public async ValueTask DisposeAsync()
        {
            await _sources;
            await _race.DisposeAsync();
        }

        public ProtocolException Failure(ProtocolError cause, string? why)
        {
            lock (_lock)
            {
                string[] all = [.. _reasons, .. _underWay.Select(name => name + ": no answer yet")];
                var tried = all.Length == 0 ? "nothing could be tried" : string.Join("; ", all);
                return new(cause, $"no route to {_remote.ToShortString()} port {_port}{(why is null ? "" : ", " + why)}: {tried}");
            }
        }

        // The finder and the direct attempt feed the race side by side; whichever has something first is tried first.
        private async Task FeedAsync(CancellationToken cancellationToken)
        {
            try
            {
                await Task.WhenAll(FindAsync(cancellationToken), AttemptAsync(cancellationToken));
            }
            catch (OperationCanceledException)
            {
                // The dial is over.
            }

            _race.Complete();
        }

        private async Task FindAsync(CancellationToken cancellationToken)
        {
            if (_owner._finder is null || _owner._setup is null)
            {
                Note(_owner._finder is null ? "no route finder is configured" : "no setup node is configured");
                return;
            }

            var start = _owner._time.GetTimestamp();
            using var asking = UnderWay("asking the route finder", cancellationToken);
            while (true)
            {
                try
                {
                    using var timer = new CancellationTokenSource(_owner._options.FinderCallLimit, _owner._time);
                    using var linked = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, cancellationToken);
                    var found = await _owner._finder.FindRoutesAsync(_owner._router.LocalKey, _remote, _options.MinHops, _options.MaxHops, linked.Token);
                    if (found is null || found.Forward.Count == 0 || found.Reverse.Count == 0)
                    {
                        Note("the route finder knows no path");
                        return;
                    }

                    AddFound(found);
                    return;
                }
                catch (Exception e) when (e is IOException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
                {
                    var reason = e is OperationCanceledException ? "no answer in time" : e.Message;
                    Log.FinderFailed(_owner._log, _remote, reason);
                    if (_owner._time.GetElapsedTime(start) + _owner._options.FinderPause > _owner._options.FinderLimit)
                    {
                        Note("the route finder failed: " + reason);
                        return;
                    }
                }

                await Task.Delay(_owner._options.FinderPause, _owner._time, cancellationToken);
            }
        }

        private async Task AttemptAsync(CancellationToken cancellationToken)
        {
            if (_owner._attempt is not { } attempt || _options.MinHops > 1 || _owner._transports.FindByRemote(_remote) is not null)
            {
                return;
            }

            using var attempting = UnderWay("direct transport", cancellationToken);
            try
            {
                await attempt.TryAsync(_remote, cancellationToken);
                AddDirect();
            }
            catch (IOException e)
            {
                Log.DirectAttemptFailed(_owner._log, _remote, e.Message);
                Note("no direct transport: " + e.Message);
            }
        }

        private void AddDirect()
        {
            if (_options.MinHops > 1 || _owner._transports.FindByRemote(_remote) is not { } transport)
            {
                return;
            }

            RouteHop[] forward = [new(transport.Id, _owner._router.LocalKey, _remote)];
            RouteHop[] reverse = [new(transport.Id, _remote, _owner._router.LocalKey)];
            if (_owner._direct is { } direct && direct.MayTry(_remote))
            {
                Add(forward, reverse, direct);
            }

            if (_owner._setup is { } setup)
            {
                Add(forward, reverse, setup);
            }
        }

        // Paths that were dead not long ago come last; they are not left out, for they may be all there is.
        private void AddFound(FoundRoutes found)
        {
            var pairs = found.Forward.Select((forward, i) => (Forward: forward, Reverse: found.Reverse[Math.Min(i, found.Reverse.Count - 1)])).ToList();
            foreach (var (forward, reverse) in pairs.Where(pair => pair.Forward.Count > 0).OrderBy(pair => _owner._dead.IsHeld(PathKey.Of(pair.Forward)) ? 1 : 0))
            {
                var route = new BidirectionalRoute(new RouteDescriptor(_owner._router.LocalKey, _remote, 0, _port), _owner._router.Options.RuleKeepAlive, forward, reverse);
                if (RulePlan.Validate(route) is { } reason)
                {
                    Note("the route finder's path is unusable: " + reason);
                }
                else if (_owner._transports.Find(forward[0].TransportId) is null)
                {
                    Note($"the first transport of a path ({forward[0].TransportId}) is not up here");
                }
                else
                {
                    Add(forward, reverse, _owner._setup!);
                }
            }
        }

        private void Add(IReadOnlyList<RouteHop> forward, IReadOnlyList<RouteHop> reverse, IRouteSetup setup)
        {
            var path = PathKey.Of(forward);
            lock (_lock)
            {
                if (_added.Count >= _owner._options.MaxCandidates || !_added.Add((path, setup is DirectSetup)))
                {
                    return;
                }
            }

            _race.Add(token => TryAsync(forward, reverse, path, setup, token));
        }

        private async Task<RouteGroup> TryAsync(IReadOnlyList<RouteHop> forward, IReadOnlyList<RouteHop> reverse, PathKey path, IRouteSetup setup, CancellationToken cancellationToken)
        {
            var router = _owner._router;
            var name = Describe(forward, setup);
            var localPort = router.TakePort(_options.LocalPort);
            var isOwned = false;
            using var trying = UnderWay(name, cancellationToken);
            try
            {
                var descriptor = new RouteDescriptor(router.LocalKey, _remote, localPort, _port);
                var rules = await setup.DialRouteGroupAsync(new(descriptor, router.Options.RuleKeepAlive, forward, reverse), cancellationToken);
                if (rules.Descriptor != descriptor.Inverted)
                {
                    throw new ProtocolException(ProtocolError.BadRule, "the rules are for another route than asked for");
                }

                var group = router.Prepare(rules, reverse[^1].TransportId);
                isOwned = true;
                group.Ended = ended => Judge(ended, path);
                await router.OpenAsync(group, cancellationToken);
                Log.RouteOpen(_owner._log, _remote, _port, name, _owner._time.GetElapsedTime(_startedAt));
                return group;
            }
            catch (IOException e)
            {
                router.Causes.Add(e is ProtocolException known ? known.Error : ProtocolError.RemoteCallFailed);
                Log.CandidateFailed(_owner._log, _remote, _port, name, e.Message);
                Note($"{name}: {e.Message}");
                throw e as ProtocolException ?? new ProtocolException(e is RpcException ? ProtocolError.SetupRefused : ProtocolError.NoRoute, e.Message, e);
            }
            finally
            {
                if (!isOwned)
                {
                    router.ReleasePort(localPort);
                }
            }
        }

        private void Judge(RouteGroup group, PathKey path)
        {
            if (group.ReceivedBytes > 0 || group.HeldBytes > 0)
            {
                _owner._dead.Clear(path);
            }
            else if (_owner._time.GetElapsedTime(group.CreatedAt) <= DeadPaths.EarlyDeath
                && (group.CloseCause is ProtocolError.HandshakeTimeout or ProtocolError.RouteSilent or ProtocolError.TransportClosed or ProtocolError.LostRecord || group.WasGivenUpByPeer))
            {
                _owner._dead.Add(path);
            }
        }

        private void Note(string reason)
        {
            lock (_lock)
            {
                _reasons.Add(reason);
            }
        }

        // What is still waited for when the dial's time runs out is named in its failure.
        private Waiting UnderWay(string what, CancellationToken cancellationToken)
        {
            lock (_lock)
            {
                _underWay.Add(what);
            }

            return new(this, what, cancellationToken);
        }

        private static string Describe(IReadOnlyList<RouteHop> forward, IRouteSetup setup)
        {
            var middle = forward.Take(forward.Count - 1).Select(hop => hop.To.ToShortString());
            var via = forward.Count == 1 ? "one hop" : "via " + string.Join(", ", middle);
            return setup is DirectSetup ? via + ", set up directly" : via + ", set up by a setup node";
        }

        private readonly struct Waiting(Dial owner, string what, CancellationToken cancellationToken) : IDisposable
        {
            public void Dispose()
            {
                if (cancellationToken.IsCancellationRequested)
                {
                    return;
                }

                lock (owner._lock)
                {
                    owner._underWay.Remove(what);
                }
            }
        }
    }
}
