// The dmsg client: composes keeping sessions, publishing, dialling and accepting.
using Microsoft.Extensions.Logging;
using Skywire.Crypto;
using Skywire.Discovery;
using Skywire.Dmsg.Client;
using Skywire.Wire;

namespace Skywire.Dmsg;

/// <summary>Holds sessions to dmsg servers, publishes the own entry, dials and accepts streams (spec 03). Thread-safe.</summary>
public sealed class DmsgClient : IDmsg, IAsyncDisposable
{
    private readonly ClientContext _context;
    private readonly OwnedTasks _tasks;
    private readonly PortTable _ports = new();
    private readonly SessionKeeper _sessions;
    private readonly EntryPublisher _publisher;
    private readonly StreamAcceptor _acceptor;
    private readonly StreamDialer _dialer;
    private readonly EntryCache _entries;
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource _firstSession = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _state;

    /// <summary>Does nothing until <see cref="Start"/>. The key stays the caller's and must outlive the client.</summary>
    public DmsgClient(DmsgClientOptions options, SecKey key, INetwork network, IDmsgDiscovery discovery, IEntropy entropy, TimeProvider time, ILoggerFactory loggers)
    {
        options.Validate();
        _context = new ClientContext(options, key, network, discovery, entropy, time, loggers.CreateLogger<DmsgClient>(), Causes);
        _tasks = new OwnedTasks(e => Log.Unexpected(_context.Log, e));
        _acceptor = new StreamAcceptor(_context, _ports, _tasks, _stop.Token);
        _sessions = new SessionKeeper(_context, _tasks, _acceptor.Handle, OnSessionsChanged);
        _publisher = new EntryPublisher(
            new EntryWriter(key, discovery, time),
            new EntrySchedule(options.EntryDebounce, options.EntryRefresh, options.DiscoveryBackoff, options.CloseTimeout),
            Content,
            Causes,
            entropy,
            time,
            _context.Log);
        _entries = new EntryCache(_context);
        _dialer = new StreamDialer(_context, _sessions, _entries, _ports, _tasks, _stop.Token);
    }

    private enum State
    {
        Created,
        Started,
        Closed,
    }

    /// <inheritdoc/>
    public PubKey LocalKey => _context.Key.PublicKey;

    /// <inheritdoc/>
    public bool IsReady => Ready.IsCompletedSuccessfully && _sessions.Live.Count > 0;

    /// <summary>Causes counted.</summary>
    public CauseCounters Causes { get; } = new("dmsg-client");

    /// <summary>Keys of servers with a live session.</summary>
    public IReadOnlyList<PubKey> SessionServers => [.. _sessions.Live.Select(s => s.RemoteKey)];

    /// <summary>The reason why it is not ready yet, in words for the operator; empty when ready.</summary>
    public string NotReadyReason => IsReady ? "" : _sessions.Live.Count == 0 ? _sessions.Problem : _publisher.Problem;

    internal PortTable Ports => _ports;

    private Task Ready => _context.Options.PublishEntry ? _publisher.Ready : _firstSession.Task;

    /// <summary>Starts connecting and keeps at it until disposed.</summary>
    public void Start()
    {
        if (Interlocked.CompareExchange(ref _state, (int)State.Started, (int)State.Created) != (int)State.Created)
        {
            throw new InvalidOperationException("the dmsg client was started or closed before");
        }

        _sessions.Start();
        if (_context.Options.PublishEntry)
        {
            _publisher.Start();
        }
    }

    /// <summary>Completes when ready.</summary>
    public Task WaitReadyAsync(CancellationToken cancellationToken) => Ready.Stay().WaitAsync(Timeout.InfiniteTimeSpan, _context.Time, cancellationToken);

    /// <summary>
    /// Another machine took over a server's key and the discovery: connects to it at once, writes the entry again, and forgets what was learned of the old ones. Does not wait.
    /// </summary>
    public void Renew(PubKey server)
    {
        _entries.Clear();
        _dialer.Renew();
        _sessions.Renew(server);
        _publisher.Renew();
    }

    /// <inheritdoc/>
    public Task<IDmsgStream> DialAsync(PubKey remote, ushort port, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_stop.IsCancellationRequested, this);
        return _dialer.DialAsync(remote, port, cancellationToken);
    }

    /// <inheritdoc/>
    public IDmsgListener Listen(ushort port)
    {
        ObjectDisposedException.ThrowIf(_stop.IsCancellationRequested, this);
        return _ports.Listen(port, _context.Options.ListenBacklog);
    }

    /// <summary>Closes sessions and deletes the own entry (bounded in time).</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _state, (int)State.Closed) == (int)State.Closed)
        {
            return;
        }

        // The entry first: the discovery may be reached over these very sessions.
        await _publisher.DisposeAsync();
        _stop.Cancel();
        await _sessions.DisposeAsync();
        await _ports.CloseListenersAsync();
        await _tasks.WhenIdleAsync();
        _firstSession.TrySetCanceled(_stop.Token);
    }

    // Without sessions there is nothing to offer; the entry is written with the next session.
    private DmsgEntry? Content()
    {
        var servers = SessionServers;
        return servers.Count == 0 ? null : new DmsgEntry { DelegatedServers = servers, ClientType = _context.Options.ClientType };
    }

    private void OnSessionsChanged()
    {
        if (_sessions.Live.Count > 0)
        {
            _firstSession.TrySetResult();
        }

        _publisher.Changed();
    }
}
