// Keeps the transport discovery informed (spec 11 §2.4). Nothing waits for it: a discovery that is down costs counted retries and no more.
using Microsoft.Extensions.Logging;
using Skywire.Crypto;
using Skywire.Discovery;
using Skywire.Dmsg;
using Skywire.Wire;

namespace Skywire.Transport.Manager;

/// <summary>Settings of the talk with the transport discovery.</summary>
internal static class RegistrarLimits
{
    /// <summary>Between re-registrations of all live transports; the network's own cadence (spec 11 §2.4).</summary>
    internal static readonly TimeSpan Reregister = TimeSpan.FromSeconds(90);

    /// <summary>Changes collect this long before they are told: a link that comes back at once is not worth two requests (spec 11 §2.4).</summary>
    internal static readonly TimeSpan Debounce = TimeSpan.FromSeconds(5);

    /// <summary>First pause after a failure.</summary>
    internal static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(5);

    /// <summary>Longest pause after failures: below the re-registration, so that a discovery that is back learns of us within it.</summary>
    internal static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(60);

    /// <summary>Longest wait for one request.</summary>
    internal static readonly TimeSpan Request = TimeSpan.FromSeconds(15);

    /// <summary>Deletions per round; with the debounce between rounds this stays below the 30 requests a minute a key may send (spec 11 §2.3).</summary>
    internal const int DeletionsPerRound = 2;

    /// <summary>Registrations and deletions kept while the discovery is away; older ones are made good by re-registration and expiry.</summary>
    internal const int MaxPending = 4096;
}

/// <summary>One task talks; everybody else leaves notes.</summary>
internal sealed class Registrar(ITransportDiscovery discovery, TransportTable table, IEntropy entropy, TimeProvider time, CauseCounters causes, ILogger log)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<TransportId, SignedTransportEntry> _registrations = [];
    private readonly HashSet<TransportId> _deletions = [];
    private readonly AsyncSignal _news = new();
    private volatile bool _renew;
    private readonly Backoff _backoff = new(new BackoffOptions(RegistrarLimits.FirstPause, 2, RegistrarLimits.LongestPause), entropy);

    /// <summary>A transport was settled with this side as responder, which registers it.</summary>
    internal void Settled(SignedTransportEntry entry)
    {
        lock (_lock)
        {
            _deletions.Remove(entry.Entry.Id);
            if (_registrations.Count < RegistrarLimits.MaxPending)
            {
                _registrations[entry.Entry.Id] = entry;
            }
        }

        _news.Set();
    }

    /// <summary>A transport is up again or was made by this side.</summary>
    internal void Up(TransportId id)
    {
        lock (_lock)
        {
            _deletions.Remove(id);
        }
    }

    /// <summary>A transport is gone.</summary>
    internal void Down(TransportId id)
    {
        lock (_lock)
        {
            _registrations.Remove(id);
            if (_deletions.Count < RegistrarLimits.MaxPending)
            {
                _deletions.Add(id);
            }
        }

        _news.Set();
    }

    /// <summary>The discovery may have forgotten everything: all is told again at once.</summary>
    internal void Renew()
    {
        _renew = true;
        _news.Set();
    }

    /// <summary>Runs until cancelled.</summary>
    internal async Task RunAsync(CancellationToken cancellationToken)
    {
        await Task.Yield();
        var lastFull = time.GetTimestamp();
        var renewing = false;
        try
        {
            while (true)
            {
                if (!renewing)
                {
                    await WaitForWorkAsync(RegistrarLimits.Reregister - time.GetElapsedTime(lastFull), cancellationToken);
                }

                // Noted here and not in the field: a pause after a failure is ended by the next renewal, not by this one.
                renewing |= _renew;
                _renew = false;
                var ok = await TellAsync(cancellationToken);
                if (ok && (renewing || time.GetElapsedTime(lastFull) >= RegistrarLimits.Reregister))
                {
                    // Judged before the request: what comes up meanwhile is told by its own note.
                    lastFull = time.GetTimestamp();
                    ok = await TryAsync("the re-registration", cancel => discovery.ReregisterAsync([.. table.All.Select(t => t.Entry).Where(e => e.Edge0 != e.Edge1)], cancel), cancellationToken);
                    renewing &= !ok;
                }

                if (ok)
                {
                    _backoff.Reset();
                    await PauseAsync(HasWork() ? RegistrarLimits.Debounce : TimeSpan.Zero, cancellationToken);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The manager ends; it deletes by itself.
        }
    }

    /// <summary>Deletes these IDs now, as many as the discovery takes within <paramref name="limit"/>.</summary>
    internal async Task DeleteAllAsync(IReadOnlyList<TransportId> ids, TimeSpan limit)
    {
        using var deadline = new CancellationTokenSource(limit, time);
        foreach (var id in ids)
        {
            try
            {
                await discovery.DeleteAsync(id, deadline.Token);
            }
            catch (Exception e) when (e is IOException or OperationCanceledException)
            {
                // They expire at the discovery; a shutdown does not wait for it.
                causes.Add(ProtocolError.ServiceUnreachable);
                return;
            }
        }
    }

    private bool HasWork()
    {
        lock (_lock)
        {
            return _registrations.Count + _deletions.Count > 0;
        }
    }

    private async Task WaitForWorkAsync(TimeSpan untilFull, CancellationToken cancellationToken)
    {
        if (!HasWork() && !_renew && untilFull > TimeSpan.Zero)
        {
            using var timer = new CancellationTokenSource(untilFull, time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, cancellationToken);
            try
            {
                await _news.WaitAsync(either.Token);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                return;
            }

            await PauseAsync(RegistrarLimits.Debounce, cancellationToken);
        }
    }

    // A pause that a renewal ends; other news do not, or the pause would gather nothing.
    private async Task PauseAsync(TimeSpan pause, CancellationToken cancellationToken)
    {
        var since = time.GetTimestamp();
        while (!_renew && pause - time.GetElapsedTime(since) is var left && left > TimeSpan.Zero)
        {
            using var timer = new CancellationTokenSource(TimeSpan.FromMilliseconds(Math.Ceiling(left.TotalMilliseconds)), time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, cancellationToken);
            try
            {
                await _news.WaitAsync(either.Token);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                return;
            }
        }
    }

    private async Task<bool> TellAsync(CancellationToken cancellationToken)
    {
        SignedTransportEntry[] registrations;
        TransportId[] deletions;
        lock (_lock)
        {
            registrations = [.. _registrations.Values];
            deletions = [.. _deletions.Take(RegistrarLimits.DeletionsPerRound)];
        }

        if (registrations.Length > 0)
        {
            if (!await TryAsync("a registration", cancel => discovery.RegisterAsync(registrations, cancel), cancellationToken))
            {
                return false;
            }

            Forget(registrations);
        }

        foreach (var id in deletions)
        {
            if (table.Find(id) is null && !await TryAsync("a deletion", cancel => discovery.DeleteAsync(id, cancel), cancellationToken))
            {
                return false;
            }

            lock (_lock)
            {
                _deletions.Remove(id);
            }
        }

        return true;
    }

    private void Forget(SignedTransportEntry[] told)
    {
        lock (_lock)
        {
            foreach (var entry in told)
            {
                if (_registrations.TryGetValue(entry.Entry.Id, out var now) && ReferenceEquals(now, entry))
                {
                    _registrations.Remove(entry.Entry.Id);
                }
            }
        }
    }

    /// <summary>One request. A refusal is final for its subject (409 is usual, spec 10 §6); no answer is worth a later try, after a pause.</summary>
    private async Task<bool> TryAsync(string action, Func<CancellationToken, Task> request, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(RegistrarLimits.Request, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        string reason;
        try
        {
            await request(either.Token);
            return true;
        }
        catch (ServiceException e) when (e.Status is >= 400 and < 500 and not 429)
        {
            causes.Add(ProtocolError.ServiceRefused);
            Log.DiscoveryRefused(log, action, e.Status, e.Reason);
            return true;
        }
        catch (IOException e)
        {
            reason = e.Message;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            reason = $"no answer within {RegistrarLimits.Request.TotalSeconds:0} s";
        }

        causes.Add(ProtocolError.ServiceUnreachable);
        var pause = _backoff.Next();
        Log.DiscoveryFailed(log, action, reason, pause);
        await PauseAsync(pause, cancellationToken);
        return false;
    }
}
