// The client's route to its server, made again whenever it ends.
using Microsoft.Extensions.Logging;
using Skywire.Crypto;
using Skywire.Routing;
using Skywire.Wire;
using Skywire.Wire.Yamux;

namespace Skywire.Apps.Skysocks;

/// <summary>Keeps one mux session to the server; local connections that come while there is none wait for the next.</summary>
internal sealed class ServerLink
{
    // A session that lasted this long was a good one: the waits start over.
    private static readonly TimeSpan GoodSession = TimeSpan.FromSeconds(30);

    private readonly Lock _lock = new();
    private readonly IRouteNetwork _routes;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly CauseCounters _counters;
    private readonly SkysocksClientOptions _options;
    private readonly AppScope _scope;
    private readonly Backoff _backoff;
    private readonly AsyncSignal _demand = new();
    private TaskCompletionSource<YamuxSession> _session = NewSource();
    private int _waiting;

    public ServerLink(IRouteNetwork routes, TimeProvider time, IEntropy entropy, ILogger logger, CauseCounters counters, SkysocksClientOptions options, AppScope scope)
    {
        _routes = routes;
        _time = time;
        _logger = logger;
        _counters = counters;
        _options = options;
        _scope = scope;
        _backoff = new Backoff(new BackoffOptions(options.FirstRetry, 2, options.LongestRetry), entropy);
    }

    /// <summary>Dials and dials again until cancelled. Never throws for what the server or the mesh does.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await Task.Yield();
        _scope.Report(AppDetail.Connecting);
        while (!cancellationToken.IsCancellationRequested)
        {
            var started = _time.GetTimestamp();
            var reason = await ConnectOnceAsync(cancellationToken);
            if (cancellationToken.IsCancellationRequested)
            {
                return;
            }

            var wait = _backoff.Next();
            _scope.Report(AppDetail.Reconnecting);
            AppsLog.ServerNotReached(_logger, _options.Server, reason, wait);
            await WaitAsync(wait, _time.GetElapsedTime(started), cancellationToken);
        }
    }

    /// <summary>A new stream to the server; null when there was no session within <see cref="SkysocksClientOptions.ConnectWait"/>, or it is stopping.</summary>
    public async Task<IByteStream?> OpenAsync(CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(_options.ConnectWait, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        Interlocked.Increment(ref _waiting);
        try
        {
            while (true)
            {
                var session = await NextSessionAsync(either.Token);
                try
                {
                    return await session.OpenAsync(either.Token);
                }
                catch (ProtocolException)
                {
                    // It has just ended, or takes no more streams: the next one is made when it is gone. Whoever takes it away has to get a turn.
                    await session.Completion.WaitAsync(either.Token);
                    await Task.Yield();
                }
            }
        }
        catch (OperationCanceledException)
        {
            return null;
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
    }

    private Task<YamuxSession> NextSessionAsync(CancellationToken cancellationToken)
    {
        Task<YamuxSession> session;
        lock (_lock)
        {
            session = _session.Task;
        }

        if (session.IsCompleted)
        {
            return session;
        }

        _demand.Set();
        return session.Stay().WaitAsync(cancellationToken);
    }

    private static TaskCompletionSource<YamuxSession> NewSource() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    // Returns why it ended.
    private async Task<string> ConnectOnceAsync(CancellationToken cancellationToken)
    {
        IRouteConnection connection;
        try
        {
            connection = await _routes.DialAsync(_options.Server, _options.ServerPort, _options.Dial, cancellationToken);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or TimeoutException)
        {
            _counters.Add(e is ProtocolException p ? p.Error : ProtocolError.DialFailed);
            return e.Message;
        }

        _scope.Counters.Connected();
        var started = _time.GetTimestamp();
        await using var session = new YamuxSession(connection, client: true, _options.Mux, _time, _counters);
        Publish(session);
        try
        {
            await ConfirmAsync(session, cancellationToken);
            await session.Completion.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            return "stopping";
        }
        catch (IOException e)
        {
            return e.Message;
        }
        finally
        {
            Withdraw();
            if (_time.GetElapsedTime(started) >= GoodSession)
            {
                _backoff.Reset();
            }
        }

        var reason = connection.CloseReason ?? (session.CloseCause == ProtocolError.None ? "the server closed the route" : session.CloseCause.ToString());
        AppsLog.ServerLost(_logger, _options.Server, reason);
        return reason;
    }

    // Streams may open at once; "running" is shown when the server's mux has answered. The reference answers pings though it sends none.
    private async Task ConfirmAsync(YamuxSession session, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(_options.AnswerLimit, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            var roundTrip = await session.PingAsync(either.Token);
            _scope.Report(AppDetail.Running);
            AppsLog.ServerReached(_logger, _options.Server, roundTrip);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new ProtocolException(ProtocolError.TimedOut, $"the route is open, but no proxy server answers on it within {_options.AnswerLimit.TotalSeconds:0.#} s");
        }
    }

    private void Publish(YamuxSession session)
    {
        lock (_lock)
        {
            _session.SetResult(session);
        }
    }

    private void Withdraw()
    {
        lock (_lock)
        {
            _session = NewSource();
        }
    }

    // Once somebody waits, only RetryOnDemand must lie between the starts of two attempts.
    private async Task WaitAsync(TimeSpan wait, TimeSpan sinceStart, CancellationToken cancellationToken)
    {
        try
        {
            var least = _options.RetryOnDemand - sinceStart;
            if (least > TimeSpan.Zero)
            {
                wait = wait > least ? wait - least : TimeSpan.Zero;
                await Task.Delay(least, _time, cancellationToken);
            }

            if (wait <= TimeSpan.Zero)
            {
                return;
            }

            using var limit = new CancellationTokenSource(wait, _time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
            while (Volatile.Read(ref _waiting) == 0)
            {
                await _demand.WaitAsync(either.Token);
            }
        }
        catch (OperationCanceledException)
        {
            // The wait is over, or the client stops: the caller looks.
        }
    }
}
