// The dmsg server: accepts sessions, hands their streams to the forwarder, keeps its entry.
using Microsoft.Extensions.Logging;
using Skywire.Crypto;
using Skywire.Discovery;
using Skywire.Dmsg.Server;
using Skywire.Dmsg.Sessions;
using Skywire.Wire;
using Skywire.Wire.Yamux;

namespace Skywire.Dmsg;

/// <summary>Relays streams between clients' sessions (spec 03 §6) and keeps its entry in the discovery. Thread-safe.</summary>
public sealed class DmsgServer : IAsyncDisposable
{
    // After a failing accept, for instance with all file handles used up, trying on at once would only burn the processor.
    private static readonly TimeSpan AcceptRetry = TimeSpan.FromSeconds(1);

    private readonly DmsgServerOptions _options;
    private readonly SecKey _key;
    private readonly IStreamListener _listener;
    private readonly IEntropy _entropy;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly SessionSettings _settings;
    private readonly Admission _admission;
    private readonly SessionTable _sessions = new();
    private readonly StreamForwarder _forwarder;
    private readonly EntryPublisher _publisher;
    private readonly OwnedTasks _tasks;
    private readonly CancellationTokenSource _stop = new();
    private Task _accepting = Task.CompletedTask;
    private long _relayed;
    private int _state;

    /// <summary>Does nothing until <see cref="Start"/>. Takes over the listener; the key stays the caller's and must outlive the server.</summary>
    public DmsgServer(DmsgServerOptions options, SecKey key, IStreamListener listener, IDmsgDiscovery discovery, IEntropy entropy, TimeProvider time, ILoggerFactory loggers)
    {
        options.Validate();
        _options = options;
        _key = key;
        _listener = listener;
        _entropy = entropy;
        _time = time;
        _log = loggers.CreateLogger<DmsgServer>();
        _tasks = new OwnedTasks(e => Log.Unexpected(_log, e));
        _admission = new Admission(options);
        _forwarder = new StreamForwarder(options, key, _sessions, Causes, time, n => Interlocked.Add(ref _relayed, n));
        _settings = new SessionSettings(options.HandshakeTimeout, TimeSpan.Zero, YamuxOptions.Default with { MaxStreams = options.MaxStreamsPerSession }, Causes);
        _publisher = new EntryPublisher(
            new EntryWriter(key, discovery, time),
            new EntrySchedule(options.EntryDebounce, options.EntryRefresh, options.DiscoveryBackoff, options.CloseTimeout),
            () => new DmsgEntry { Server = new DmsgServerInfo(options.PublicAddress, Math.Max(0, options.MaxSessions - SessionCount), options.ServerType) },
            Causes,
            entropy,
            time,
            _log);
    }

    private enum State
    {
        Created,
        Started,
        Closed,
    }

    /// <summary>Causes counted.</summary>
    public CauseCounters Causes { get; } = new("dmsg-server");

    /// <summary>The server's key.</summary>
    public PubKey LocalKey => _key.PublicKey;

    /// <summary>Clients with a live session.</summary>
    public int SessionCount => _sessions.Count;

    /// <summary>Bytes relayed.</summary>
    public long RelayedBytes => Interlocked.Read(ref _relayed);

    /// <summary>Why the entry is not in the discovery, in words for the operator; empty when it is.</summary>
    public string EntryProblem => _publisher.Problem;

    /// <summary>Starts accepting and registering.</summary>
    public void Start()
    {
        if (Interlocked.CompareExchange(ref _state, (int)State.Started, (int)State.Created) != (int)State.Created)
        {
            throw new InvalidOperationException("the dmsg server was started or closed before");
        }

        _accepting = AcceptAsync();
        _publisher.Start();
        _publisher.Changed();
    }

    /// <summary>Completes when the entry was written for the first time.</summary>
    public Task WaitRegisteredAsync(CancellationToken cancellationToken) => _publisher.Ready.Stay().WaitAsync(Timeout.InfiniteTimeSpan, _time, cancellationToken);

    /// <summary>Stops: deletes the entry (bounded in time), closes all sessions.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _state, (int)State.Closed) == (int)State.Closed)
        {
            return;
        }

        await _publisher.DisposeAsync();
        _stop.Cancel();
        await _listener.DisposeAsync();
        await _accepting;
        foreach (var session in _sessions.ToArray())
        {
            await session.DisposeAsync();
        }

        await _tasks.WhenIdleAsync();
    }

    private async Task AcceptAsync()
    {
        await Task.Yield();
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                var stream = await _listener.AcceptAsync(_stop.Token);
                _tasks.Run(() => ServeAsync(stream));
            }
            catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
            {
                return;
            }
            catch (IOException e)
            {
                Log.AcceptFailed(_log, e.Message);
                await Task.Delay(AcceptRetry, _time, CancellationToken.None);
            }
        }
    }

    private async Task ServeAsync(IByteStream stream)
    {
        using var ticket = _admission.TryEnter(stream.RemoteEndPoint);
        if (ticket is null)
        {
            Refuse(stream, ProtocolError.LimitReached, "too many sessions");
            await stream.DisposeAsync();
            return;
        }

        DmsgSession session;
        try
        {
            session = await DmsgSession.AcceptAsync(stream, _key, _settings, _entropy, _time, _stop.Token);
        }
        catch (ProtocolException e)
        {
            Refuse(stream, e.Error, e.Message);
            await stream.DisposeAsync();
            return;
        }

        ticket.HandshakeDone();
        Log.ClientJoined(_log, session.RemoteKey.ToShortString(), stream.RemoteEndPoint?.ToString() ?? "");
        if (_sessions.Add(session) is { } replaced)
        {
            await replaced.DisposeAsync();
        }

        _publisher.Changed();
        await AcceptStreamsAsync(session);
        _sessions.Remove(session);
        await session.DisposeAsync();
        _publisher.Changed();
        Log.ClientLeft(_log, session.RemoteKey.ToShortString(), session.Mux.CloseCause.ToString());
    }

    private void Refuse(IByteStream stream, ProtocolError cause, string reason)
    {
        Causes.Add(cause);
        Log.ConnectionRefused(_log, stream.RemoteEndPoint?.ToString() ?? "", reason);
        stream.Abort();
    }

    private async Task AcceptStreamsAsync(DmsgSession session)
    {
        try
        {
            while (true)
            {
                var stream = await session.Mux.AcceptAsync(_stop.Token);
                _tasks.Run(() => ForwardAsync(session, stream));
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // The session has ended; its cause is in CloseCause.
        }
    }

    private async Task ForwardAsync(DmsgSession session, IByteStream stream)
    {
        var cause = await _forwarder.HandleAsync(session, stream, _stop.Token);
        if (cause != ProtocolError.None)
        {
            Log.RequestRefused(_log, session.RemoteKey.ToShortString(), cause.ToString());
        }
    }
}
