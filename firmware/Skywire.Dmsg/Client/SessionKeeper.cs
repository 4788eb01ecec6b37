// Holds the sessions of a client: finds servers, connects, watches, reconnects (spec 03 §8, spec 23 §4).
using Skywire.Crypto;
using Skywire.Discovery;
using Skywire.Dmsg.Sessions;
using Skywire.Wire;
using Skywire.Wire.Yamux;

namespace Skywire.Dmsg.Client;

/// <summary>
/// Keeps <see cref="DmsgClientOptions.MinSessions"/> sessions alive. One session per server; one connection attempt per server at a time, shared by
/// everyone who wants it. Each session is served by a task of its own until it ends.
/// </summary>
internal sealed class SessionKeeper : IAsyncDisposable
{
    // Handshakes cost milliseconds of curve work each; a service that joins every server must not stall the board.
    private const int MaxParallelConnects = 8;

    private readonly ClientContext _context;
    private readonly OwnedTasks _tasks;
    private readonly Action<DmsgSession, IByteStream> _onStream;
    private readonly Action _onChanged;
    private readonly SessionSettings _settings;
    private readonly CancellationTokenSource _stop = new();
    private readonly AsyncSignal _wake = new();
    private readonly Lock _lock = new();
    private readonly Dictionary<PubKey, Task<DmsgSession>> _connecting = [];
    private readonly HashSet<DmsgSession> _renewing = [];
    private readonly ServerBackoffs _backoffs;
    private DmsgSession[] _live = [];
    private Task _keeping = Task.CompletedTask;

    /// <summary>Does nothing until <see cref="Start"/>. <paramref name="onStream"/> takes over each incoming stream.</summary>
    public SessionKeeper(ClientContext context, OwnedTasks tasks, Action<DmsgSession, IByteStream> onStream, Action onChanged)
    {
        _context = context;
        _tasks = tasks;
        _onStream = onStream;
        _onChanged = onChanged;
        _backoffs = new ServerBackoffs(context);

        // The keeper pings itself, to measure and to judge by several misses; the mux need not do it again.
        var mux = YamuxOptions.Default with { KeepAliveInterval = Timeout.InfiniteTimeSpan };
        _settings = new SessionSettings(context.Options.SessionHandshakeTimeout, context.Options.PauseAfterHandshake, mux, context.Causes);
    }

    /// <summary>Live sessions, oldest first.</summary>
    public IReadOnlyList<DmsgSession> Live => Volatile.Read(ref _live);

    /// <summary>Why there is no session, in words for the operator; empty when there is one.</summary>
    public string Problem { get; private set; } = "not started";

    /// <summary>Starts the keeping.</summary>
    public void Start()
    {
        Problem = "looking for dmsg servers";
        _keeping = KeepAsync();
    }

    /// <summary>The live session with a server, or a new one. Throws <see cref="ProtocolException"/>.</summary>
    public Task<DmsgSession> GetAsync(DmsgEntry server, CancellationToken cancellationToken)
    {
        Task<DmsgSession>? task;
        lock (_lock)
        {
            var live = Array.Find(_live, s => s.RemoteKey == server.Static);
            if (live is not null)
            {
                return Task.FromResult(live);
            }

            if (!_connecting.TryGetValue(server.Static, out task))
            {
                task = ConnectAsync(server);
                _connecting.Add(server.Static, task);
            }
        }

        return task.WaitAsync(Timeout.InfiniteTimeSpan, _context.Time, cancellationToken);
    }

    /// <summary>Another machine stands behind this server's key now: ends the session that still goes to the old one, forgets its failures, and connects anew at once.</summary>
    public void Renew(PubKey server)
    {
        DmsgSession? old;
        lock (_lock)
        {
            old = Array.Find(_live, s => s.RemoteKey == server);
            if (old is not null)
            {
                _renewing.Add(old);
            }
        }

        _backoffs.Forget(server);
        if (old is not null)
        {
            _tasks.Run(() => old.DisposeAsync().AsTask());
        }

        _wake.Set();
    }

    /// <summary>Ends all sessions and waits for the keeping to stop; the sessions' own tasks belong to the task owner.</summary>
    public async ValueTask DisposeAsync()
    {
        _stop.Cancel();
        await _keeping;
        Task<DmsgSession>[] connecting;
        lock (_lock)
        {
            connecting = [.. _connecting.Values];
        }

        foreach (var task in connecting)
        {
            try
            {
                await task;
            }
            catch (Exception e) when (e is IOException or OperationCanceledException)
            {
                // Its cause was counted and logged where it happened.
            }
        }

        foreach (var session in Live)
        {
            await session.DisposeAsync();
        }
    }

    private async Task KeepAsync()
    {
        await Task.Yield();
        var discoveryBackoff = new Backoff(_context.Options.DiscoveryBackoff, _context.Entropy);
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                var servers = await FindServersAsync();
                if (servers.Count == 0)
                {
                    await WaitAsync(discoveryBackoff.Next());
                    continue;
                }

                discoveryBackoff.Reset();
                await FillAsync(servers);
                await WaitAsync(NextLook(servers));
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                // Nothing known ends up here; but a client that stopped looking for servers would be deaf until its next start.
                Log.Unexpected(_context.Log, e);
                await PauseAsync(discoveryBackoff.Next());
            }
        }
    }

    private async Task PauseAsync(TimeSpan time)
    {
        try
        {
            await Task.Delay(time, _context.Time, _stop.Token);
        }
        catch (OperationCanceledException)
        {
            // Closing: the loop looks for itself.
        }
    }

    private async Task<IReadOnlyList<DmsgEntry>> FindServersAsync()
    {
        try
        {
            var servers = _context.Options.MinSessions == 0
                ? await _context.Discovery.GetAllServersAsync(_stop.Token)
                : await _context.Discovery.GetAvailableServersAsync(_stop.Token);
            var usable = servers.Where(e => e.Server is { Address.Length: > 0 }).ToList();
            if (usable.Count == 0)
            {
                NoServers("the discovery lists none");
            }

            return usable;
        }
        catch (Exception e) when (e is IOException or TimeoutException || (e is OperationCanceledException && !_stop.IsCancellationRequested))
        {
            _context.Causes.Add(ProtocolError.ServiceUnreachable);
            NoServers(e.Message);
            return [];
        }
    }

    private void NoServers(string reason)
    {
        if (Live.Count == 0)
        {
            Problem = "no dmsg server is known: " + reason;
        }

        Log.NoServers(_context.Log, reason);
    }

    // Connects until enough sessions are up or every server that may be tried was tried.
    private async Task FillAsync(IReadOnlyList<DmsgEntry> servers)
    {
        var candidates = servers.Where(e => !IsLive(e.Static) && _backoffs.Remaining(e.Static) == TimeSpan.Zero).ToList();
        _context.Entropy.Shuffle(candidates);
        var pinned = candidates.Where(e => _context.Options.Pinned.Contains(e.Static)).ToList();
        candidates.RemoveAll(pinned.Contains);
        await Task.WhenAll(pinned.Select(TryConnectAsync));
        for (var missing = Missing(); missing > 0 && candidates.Count > 0; missing = Missing())
        {
            var batch = candidates.Take(Math.Min(missing, MaxParallelConnects)).ToList();
            candidates.RemoveRange(0, batch.Count);
            await Task.WhenAll(batch.Select(TryConnectAsync));
        }
    }

    private async Task TryConnectAsync(DmsgEntry server)
    {
        try
        {
            await GetAsync(server, _stop.Token);
        }
        catch (ProtocolException)
        {
            // Counted, logged and backed off in ConnectAsync; the next candidate is tried.
        }
    }

    // Pinned ones are counted apart: they do not make up for others, nor others for them.
    private int Missing() => _context.Options.MinSessions == 0 ? int.MaxValue : _context.Options.MinSessions - Live.Count(s => !_context.Options.Pinned.Contains(s.RemoteKey));

    private bool IsPinnedMissing() => _context.Options.Pinned.Any(p => !IsLive(p));

    private bool IsLive(PubKey server) => Live.Any(s => s.RemoteKey == server);

    private TimeSpan NextLook(IReadOnlyList<DmsgEntry> servers)
    {
        if (Missing() <= 0 && !IsPinnedMissing())
        {
            return Timeout.InfiniteTimeSpan;
        }

        var next = _context.Options.ServerRefresh;
        foreach (var server in servers.Where(e => !IsLive(e.Static)))
        {
            var remaining = _backoffs.Remaining(server.Static);
            next = remaining < next ? remaining : next;
        }

        return next;
    }

    private async Task WaitAsync(TimeSpan limit)
    {
        using var timeout = new CancellationTokenSource(limit, _context.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, _stop.Token);
        try
        {
            await _wake.WaitAsync(either.Token);
        }
        catch (OperationCanceledException) when (!_stop.IsCancellationRequested)
        {
            // The time is up: look again.
        }
    }

    private async Task<DmsgSession> ConnectAsync(DmsgEntry server)
    {
        await Task.Yield(); // so that the attempt is filed before it can end
        try
        {
            var address = server.Server?.Address ?? throw new ProtocolException(ProtocolError.NoServer, "the entry has no server part");
            var session = await DmsgSession.ConnectAsync(
                await OpenAsync(address), _context.Key, server.Static, _settings, _context.Entropy, _context.Time, _stop.Token);
            if (!TryAdd(session))
            {
                await session.DisposeAsync();
                throw new ProtocolException(ProtocolError.ShuttingDown, "the dmsg client is closing");
            }

            Log.SessionUp(_context.Log, server.Static.ToShortString());
            _onChanged();
            return session;
        }
        catch (IOException e)
        {
            var error = e as ProtocolException ?? new ProtocolException(ProtocolError.NoServer, e.Message, e);
            _backoffs.Failed(server.Static);
            _context.Causes.Add(error.Error);
            if (Live.Count == 0)
            {
                Problem = $"dmsg server {server.Static.ToShortString()} could not be joined: {e.Message}";
            }

            Log.SessionFailed(_context.Log, server.Static.ToShortString(), server.Server?.Address ?? "", e.Message);
            throw error;
        }
        finally
        {
            lock (_lock)
            {
                _connecting.Remove(server.Static);
            }
        }
    }

    private async Task<IByteStream> OpenAsync(string address)
    {
        using var timeout = new CancellationTokenSource(_context.Options.ConnectTimeout, _context.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, _stop.Token);
        try
        {
            return await _context.Network.ConnectAsync(address, either.Token);
        }
        catch (OperationCanceledException e) when (!_stop.IsCancellationRequested)
        {
            throw new ProtocolException(ProtocolError.NoServer, $"no connection to {address} within {_context.Options.ConnectTimeout.TotalSeconds} s", e);
        }
    }

    private bool TryAdd(DmsgSession session)
    {
        lock (_lock)
        {
            if (_stop.IsCancellationRequested)
            {
                return false;
            }

            Volatile.Write(ref _live, [.. _live, session]);
            Problem = "";
        }

        _tasks.Run(() => ServeAsync(session));
        return true;
    }

    private async Task ServeAsync(DmsgSession session)
    {
        var since = _context.Time.GetTimestamp();
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        var accepting = AcceptStreamsAsync(session);
        var pinging = PingAsync(session, ended.Token);
        await accepting;
        ended.Cancel();
        await pinging;
        await session.DisposeAsync();
        var cause = session.Mux.CloseCause;
        bool isRenewed;
        lock (_lock)
        {
            isRenewed = _renewing.Remove(session);
            Volatile.Write(ref _live, Array.FindAll(_live, s => s != session));
            if (_live.Length == 0)
            {
                Problem = $"the last session ended ({cause})";
            }
        }

        if (!_stop.IsCancellationRequested)
        {
            _context.Causes.Add(ProtocolError.SessionClosed);
            if (!isRenewed)
            {
                _backoffs.Lost(session.RemoteKey, _context.Time.GetElapsedTime(since));
            }

            Log.SessionEnded(_context.Log, session.RemoteKey.ToShortString(), cause.ToString());
            _onChanged();
            _wake.Set();
        }
    }

    private async Task AcceptStreamsAsync(DmsgSession session)
    {
        try
        {
            while (true)
            {
                _onStream(session, await session.Mux.AcceptAsync(_stop.Token));
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // The session has ended; its cause is in CloseCause.
        }
    }

    // The first ping goes out at once: it shows that the session works and how far the server is. A miss is followed by more pings
    // without a pause: bulk data may delay one answer, a dead peer misses all.
    private async Task PingAsync(DmsgSession session, CancellationToken ended)
    {
        try
        {
            var missed = 0;
            while (true)
            {
                using var timeout = new CancellationTokenSource(_context.Options.PingTimeout, _context.Time);
                using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, ended);
                try
                {
                    session.RoundTrip = await session.Mux.PingAsync(either.Token);
                    missed = 0;
                    await Task.Delay(_context.Options.PingInterval, _context.Time, ended);
                }
                catch (OperationCanceledException) when (!ended.IsCancellationRequested)
                {
                    missed++;
                    _context.Causes.Add(ProtocolError.KeepAliveTimeout);
                    if (missed >= _context.Options.MaxMissedPings)
                    {
                        Log.SessionSilent(_context.Log, session.RemoteKey.ToShortString());
                        await session.DisposeAsync();
                        return;
                    }
                }
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // The session has ended otherwise.
        }
    }
}
