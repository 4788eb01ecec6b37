// All transports of one visor: who is connected, how links come and go, who is told (spec 10 §6, §9).
using Microsoft.Extensions.Logging;
using Skywire.Crypto;
using Skywire.Discovery;
using Skywire.Dmsg;
using Skywire.Transport.Links;
using Skywire.Transport.Manager;
using Skywire.Wire;

namespace Skywire.Transport;

/// <summary>A transport as an operator sees it. Bytes are payload bytes, headers not counted (spec 10 §9).</summary>
public sealed record TransportSummary(TransportId Id, PubKey RemoteKey, string Type, string Label, bool IsUp, bool IsInitiator, long SentBytes, long ReceivedBytes, long SentPackets, long ReceivedPackets, TimeSpan Age, TimeSpan? RoundTrip, string RemoteAddress);

/// <summary>Payload bytes of one transport on one UTC day.</summary>
public sealed record DailyTraffic(TransportId Id, long ReceivedBytes, long SentBytes);

/// <summary>All transports of one visor: settles, saves, redials, deduplicates, accounts, registers (spec 10 §6, §9). Thread-safe.</summary>
public sealed partial class TransportManager : IAsyncDisposable
{
    private readonly TransportManagerOptions _options;
    private readonly SecKey _key;
    private readonly IReadOnlyList<ITransportNetwork> _networks;
    private readonly IEntropy _entropy;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly TransportTable _table;
    private readonly Registrar? _registrar;
    private readonly BandwidthMeter _meter;
    private readonly OwnedTasks _tasks;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Lock _lock = new();
    private readonly Queue<TableChange> _changes = new();
    private bool _raising;
    private IPacketHandler? _handler;
    private bool _disposed;

    /// <summary>Does nothing until <see cref="StartAsync"/>. Owns the networks. Throws <see cref="ArgumentException"/> when an option is out of range.</summary>
    public TransportManager(TransportManagerOptions options, SecKey key, IReadOnlyList<ITransportNetwork> networks, ITransportDiscovery? discovery, IEntropy entropy, TimeProvider time, ILoggerFactory loggers)
    {
        options.Validate();
        _options = options;
        _key = key;
        _networks = networks;
        _entropy = entropy;
        _time = time;
        _log = loggers.CreateLogger<TransportManager>();
        _tasks = new OwnedTasks(e => Log.TaskFailed(_log, e));
        _table = new TransportTable(key.PublicKey);
        _meter = new BandwidthMeter(options, time, _log);
        _registrar = discovery is null ? null : new Registrar(discovery, _table, entropy, time, Causes, _log);
    }

    /// <summary>
    /// Raised when an ID is up (again, or on another link: the transport given is the one to use from now on), and when it has no live link left. In
    /// order, one at a time, from any thread; keep it short.
    /// </summary>
    public event Action<ITransport, bool>? Changed;

    /// <summary>Causes counted.</summary>
    public CauseCounters Causes { get; } = new("transport");

    /// <summary>Payload bytes carried today (UTC) by each transport.</summary>
    public IReadOnlyList<DailyTraffic> TrafficToday => _meter.Today();

    /// <summary>Starts networks, accept loops, redial of persistent transports, re-registration. <paramref name="handler"/> is the router. A network that cannot listen is tried again in the background.</summary>
    public async Task StartAsync(IPacketHandler handler, CancellationToken cancellationToken)
    {
        _handler = handler;
        foreach (var network in _networks)
        {
            var pauses = new Backoff(NetworkRetry, _entropy);
            var failure = await TryStartAsync(network, pauses, cancellationToken);
            _tasks.Run(() => AcceptLoopAsync(network, failure, pauses));
        }

        foreach (var wanted in _options.Persistent)
        {
            AddPersistent(wanted);
        }

        _tasks.Run(TickLoopAsync);
        if (_registrar is not null)
        {
            _tasks.Run(() => _registrar.RunAsync(_stopping.Token));
        }
    }

    /// <summary>The live transport of an ID; null when there is none. Lock-free, no allocation.</summary>
    public ITransport? Find(TransportId id) => _table.Find(id) is { IsUp: true } found ? found : null;

    /// <summary>A live transport to this neighbour, any type, the cheapest there is; null when there is none. Lock-free, no allocation.</summary>
    public ITransport? FindByRemote(PubKey remote) => _table.FindByRemote(remote) is { IsUp: true } found ? found : null;

    /// <summary>All transports for display, oldest first.</summary>
    public IReadOnlyList<TransportSummary> Snapshot() => [.. _table.All.Select(t => t.Summarise())];

    /// <summary>The transport discovery may have forgotten everything: registers all live transports again at once. Does not wait.</summary>
    public void Renew() => _registrar?.Renew();

    /// <summary>Closes and deregisters; a removed persistent transport is not redialled. False when unknown.</summary>
    public async Task<bool> RemoveAsync(TransportId id, CancellationToken cancellationToken)
    {
        var known = StopPersistent(id);
        if (_table.Find(id) is { } transport)
        {
            known = true;
            await transport.CloseAsync(ProtocolError.TransportClosed, "removed by the operator", _options.DrainLimit).WaitAsync(cancellationToken);
        }

        return known;
    }

    /// <summary>Closes all, telling the discovery first (bounded in time).</summary>
    public async ValueTask DisposeAsync()
    {
        lock (_lock)
        {
            if (_disposed)
            {
                return;
            }

            _disposed = true;
        }

        _stopping.Cancel();
        if (_registrar is not null)
        {
            await _registrar.DeleteAllAsync([.. _table.All.Select(t => t.Id)], _options.DeregisterLimit);
        }

        await Task.WhenAll(_table.AllLinks().Select(t => t.CloseAsync(ProtocolError.ShuttingDown, "the visor ends", _options.DrainLimit)));
        foreach (var network in _networks)
        {
            await network.DisposeAsync();
        }

        await _tasks.WhenIdleAsync();
        _meter.Save();
    }

    /// <summary>Enters a settled link, or closes it when the rule of duplicates says so; returns the transport that stands for the ID.</summary>
    private ManagedTransport Enter(TransportEntry entry, TransportLink link, bool isInitiator, SignedTransportEntry? toRegister)
    {
        var transport = new ManagedTransport(entry, link, isInitiator, _handler!, _options.SendBuffer, FirstPing * (0.5 + _entropy.NextFraction()), _time, Causes, _log);
        AddOutcome outcome;
        ManagedTransport? replaced;
        ManagedTransport? dropped;
        lock (_lock)
        {
            if (_disposed)
            {
                link.Stream.Abort();
                throw new ProtocolException(ProtocolError.ShuttingDown, "the visor ends");
            }

            // Within the lock, so that subscribers hear of changes in the order of the table.
            outcome = _table.Add(transport, out replaced, out dropped, out var change);
            if (change is { } c)
            {
                _changes.Enqueue(c);
            }
        }

        if (outcome == AddOutcome.Rejected)
        {
            Causes.Add(ProtocolError.DuplicateTransport);
            Log.Duplicate(_log, entry.Id, link.RemoteKey, "the old one stays");
            link.Stream.Abort();
            return _table.Find(entry.Id) ?? throw new ProtocolException(ProtocolError.DuplicateTransport, "a second link of the same transport gave way, then the first ended");
        }

        Log.TransportUp(_log, entry.Id, link.RemoteKey, entry.Type, entry.Label, isInitiator);
        dropped?.Close(ProtocolError.DuplicateTransport, "a newer link took its place");
        if (replaced is not null)
        {
            Causes.Add(ProtocolError.DuplicateTransport);
            Log.Duplicate(_log, entry.Id, link.RemoteKey, "the new one takes over");
            _tasks.Run(() => RetireAsync(replaced));
        }

        transport.Start();
        _tasks.Run(() => FollowAsync(transport));
        _registrar?.Up(entry.Id);
        if (toRegister is not null)
        {
            _registrar?.Settled(toRegister);
        }

        RaiseChanges();
        return transport;
    }

    /// <summary>Waits for the end of a link and tells who must know.</summary>
    private async Task FollowAsync(ManagedTransport transport)
    {
        await transport.Completion;
        _meter.Count(transport, last: true);
        TableChange? change;
        lock (_lock)
        {
            change = _table.Remove(transport);
            if (change is { } c)
            {
                _changes.Enqueue(c);
            }
        }

        if (change is { Up: false })
        {
            _registrar?.Down(transport.Id);
            WakePersistent(transport.Id);
        }

        RaiseChanges();
    }

    private async Task RetireAsync(ManagedTransport replaced)
    {
        try
        {
            await Task.Delay(_options.DuplicateGrace, _time, _stopping.Token);
        }
        catch (OperationCanceledException)
        {
            return;
        }

        if (_table.TryRetire(replaced))
        {
            await replaced.CloseAsync(ProtocolError.DuplicateTransport, "a newer link took its place", _options.DrainLimit);
        }
    }

    /// <summary>Looks at every link in turn and counts what they carried.</summary>
    private async Task TickLoopAsync()
    {
        try
        {
            while (true)
            {
                await Task.Delay(_options.TickInterval, _time, _stopping.Token);
                foreach (var transport in _table.AllLinks())
                {
                    transport.Tick();
                    _meter.Count(transport, last: false);
                }

                _meter.SaveWhenDue();
            }
        }
        catch (OperationCanceledException)
        {
            // The manager ends.
        }
    }

    private void RaiseChanges()
    {
        lock (_lock)
        {
            if (_raising)
            {
                return;
            }

            _raising = true;
        }

        while (true)
        {
            TableChange change;
            lock (_lock)
            {
                if (!_changes.TryDequeue(out change))
                {
                    _raising = false;
                    return;
                }
            }

            try
            {
                Changed?.Invoke(change.Transport, change.Up);
            }
            catch (Exception e)
            {
                // One subscriber's fault must not stop the others, or the links.
                Log.SubscriberFailed(_log, e, nameof(Changed));
            }
        }
    }
}
