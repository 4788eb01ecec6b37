// Outgoing links: one dial at a time per ID, shared by its callers; persistent transports dialled again when lost.
using Skywire.Crypto;
using Skywire.Discovery;
using Skywire.Dmsg;
using Skywire.Transport.Links;
using Skywire.Transport.Manager;
using Skywire.Transport.Settlement;
using Skywire.Wire;

namespace Skywire.Transport;

public sealed partial class TransportManager
{
    private readonly Dictionary<TransportId, Task<ManagedTransport>> _dials = [];
    private readonly Dictionary<TransportId, PersistentKeeper> _keepers = [];

    /// <summary>
    /// The transport to this key and type: the one there is, or dialled and settled once. Callers of the same transport share one dial, which a caller's
    /// cancellation does not end. Throws <see cref="ProtocolException"/>.
    /// </summary>
    public async Task<ITransport> SaveAsync(PubKey remote, string type, string label, CancellationToken cancellationToken)
    {
        if (_networks.FirstOrDefault(n => n.Type == type) is not { } network)
        {
            throw Counted(ProtocolError.TypeNotEnabled, $"transport type '{type}' is not enabled on this visor");
        }

        if (remote == _key.PublicKey || remote.IsNull)
        {
            throw Counted(ProtocolError.WrongDestination, "a transport needs another visor at its far end");
        }

        var id = TransportId.Of(_key.PublicKey, remote, type);
        Task<ManagedTransport>? dial;
        lock (_lock)
        {
            if (_table.Find(id) is { IsUp: true } existing)
            {
                return existing;
            }

            if (_disposed || _handler is null)
            {
                throw Counted(ProtocolError.ShuttingDown, _disposed ? "the visor ends" : "the transport manager was not started yet");
            }

            if (!_dials.TryGetValue(id, out dial))
            {
                dial = DialAsync(network, id, remote, label);
                _dials.Add(id, dial);
                _tasks.Run(() => ObserveAsync(dial));
            }
        }

        return await dial.WaitAsync(cancellationToken);
    }

    /// <summary>Adds a transport to those kept alive.</summary>
    public void AddPersistent(PersistentTransport wanted)
    {
        var id = TransportId.Of(_key.PublicKey, wanted.Key, wanted.Type);
        PersistentKeeper keeper;
        lock (_lock)
        {
            if (_disposed || _keepers.ContainsKey(id))
            {
                return;
            }

            keeper = new PersistentKeeper(this, wanted, id);
            _keepers.Add(id, keeper);
        }

        _tasks.Run(keeper.RunAsync);
    }

    /// <summary>Dials a transport that is kept alive and not up at once: its far end has been seen. Does not wait.</summary>
    public void RetryPersistent(TransportId id)
    {
        lock (_lock)
        {
            if (_keepers.TryGetValue(id, out var keeper))
            {
                keeper.Retry();
            }
        }
    }

    private static async Task ObserveAsync(Task dial)
    {
        try
        {
            await dial;
        }
        catch (ProtocolException)
        {
            // Counted and logged; its callers, if any are left, were told.
        }
    }

    private async Task<ManagedTransport> DialAsync(ITransportNetwork network, TransportId id, PubKey remote, string label)
    {
        await Task.Yield();
        using var limit = new CancellationTokenSource(_options.DialLimit, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, _stopping.Token);
        try
        {
            return await DialOnceAsync(network, remote, label, either.Token);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            // The peer may have reached us meanwhile; then nobody needs to know that our own way failed.
            if (_table.Find(id) is { IsUp: true } accepted)
            {
                return accepted;
            }

            var failure = e switch
            {
                ProtocolException p => p,
                IOException => new ProtocolException(ProtocolError.DialFailed, e.Message, e),
                _ when _stopping.IsCancellationRequested => new ProtocolException(ProtocolError.ShuttingDown, "the visor ends", e),
                _ => new ProtocolException(ProtocolError.TimedOut, $"no transport within {_options.DialLimit.TotalSeconds:0} s", e),
            };
            Causes.Add(failure.Error);
            Log.DialFailed(_log, network.Type, remote, failure.Error, failure.Message);
            throw failure;
        }
        finally
        {
            lock (_lock)
            {
                _dials.Remove(id);
            }
        }
    }

    private async Task<ManagedTransport> DialOnceAsync(ITransportNetwork network, PubKey remote, string label, CancellationToken cancellationToken)
    {
        if (_table.All.Count >= _options.MaxTransports)
        {
            throw new ProtocolException(ProtocolError.LimitReached, "too many transports");
        }

        var link = await network.DialAsync(remote, cancellationToken);
        if (_table.Find(TransportId.Of(_key.PublicKey, remote, network.Type)) is { IsUp: true } accepted)
        {
            // The peer was faster. A link not yet settled can go without a word.
            link.Stream.Abort();
            return accepted;
        }

        var entry = await SettlementHandshake.InitiateAsync(link, _key, network.Type, label, _time, cancellationToken);
        return Enter(entry, link, isInitiator: true, toRegister: null);
    }

    private ProtocolException Counted(ProtocolError cause, string reason)
    {
        Causes.Add(cause);
        return new ProtocolException(cause, reason);
    }

    private bool StopPersistent(TransportId id)
    {
        PersistentKeeper? keeper;
        lock (_lock)
        {
            _keepers.Remove(id, out keeper);
        }

        keeper?.Stop();
        return keeper is not null;
    }

    private void WakePersistent(TransportId id)
    {
        lock (_lock)
        {
            if (_keepers.TryGetValue(id, out var keeper))
            {
                keeper.Wake();
            }
        }
    }

    /// <summary>Keeps one transport alive.</summary>
    private sealed class PersistentKeeper(TransportManager manager, PersistentTransport wanted, TransportId id)
    {
        private readonly AsyncSignal _lost = new();
        private readonly AsyncSignal _retry = new();
        private readonly CancellationTokenSource _stop = CancellationTokenSource.CreateLinkedTokenSource(manager._stopping.Token);

        /// <summary>Its transport has gone.</summary>
        internal void Wake() => _lost.Set();

        /// <summary>A pause between dials ends now.</summary>
        internal void Retry() => _retry.Set();

        internal void Stop() => _stop.Cancel();

        internal async Task RunAsync()
        {
            var pauses = new Backoff(new BackoffOptions(manager._options.RedialFirst, 2, manager._options.RedialLongest), manager._entropy);
            try
            {
                while (true)
                {
                    try
                    {
                        var transport = await manager.SaveAsync(wanted.Key, wanted.Type, wanted.Label, _stop.Token);
                        var since = manager._time.GetTimestamp();
                        await WaitUntilLostAsync();
                        if (manager._time.GetElapsedTime(since) >= manager._options.StableAfter)
                        {
                            pauses.Reset();
                            continue;
                        }

                        await PauseAsync(pauses, ((ManagedTransport)transport).CloseCause, "lost soon after it came up");
                    }
                    catch (ProtocolException e)
                    {
                        await PauseAsync(pauses, e.Error, e.Message);
                    }
                }
            }
            catch (OperationCanceledException)
            {
                // Removed, or the manager ends.
            }
        }

        private async Task WaitUntilLostAsync()
        {
            while (manager.Find(id) is not null)
            {
                await _lost.WaitAsync(_stop.Token);
            }
        }

        private async Task PauseAsync(Backoff pauses, ProtocolError cause, string reason)
        {
            var pause = pauses.Next();
            Log.PersistentDown(manager._log, wanted.Type, wanted.Key, cause, reason, pause);
            using var timer = new CancellationTokenSource(pause, manager._time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, _stop.Token);
            try
            {
                await _retry.WaitAsync(either.Token);
                pauses.Reset();
            }
            catch (OperationCanceledException) when (!_stop.IsCancellationRequested)
            {
                // The pause is over.
            }
        }
    }
}
