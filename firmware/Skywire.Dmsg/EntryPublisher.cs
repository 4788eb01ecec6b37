// Keeps an entry in the discovery in step with the sessions, for clients and servers alike (spec 03 §8, §10).
using Microsoft.Extensions.Logging;
using Skywire.Crypto;
using Skywire.Discovery;
using Skywire.Wire;

namespace Skywire.Dmsg;

/// <summary>When entries are written.</summary>
/// <param name="Debounce">Wait that gathers changes into one entry.</param>
/// <param name="Refresh">An unchanged entry is written again after this time.</param>
/// <param name="Retry">Wait after a failure.</param>
/// <param name="CloseLimit">Limit for deleting the entry at the end.</param>
internal sealed record EntrySchedule(TimeSpan Debounce, TimeSpan Refresh, BackoffOptions Retry, TimeSpan CloseLimit);

/// <summary>
/// Writes the entry when its content has changed, and now and then unchanged; never otherwise.
/// <paramref name="content"/> gives what the entry should say, null for nothing worth saying.
/// </summary>
internal sealed class EntryPublisher(
    EntryWriter writer, EntrySchedule schedule, Func<DmsgEntry?> content, CauseCounters causes, IEntropy entropy, TimeProvider time, ILogger log) : IAsyncDisposable
{
    private readonly AsyncSignal _changed = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task _publishing = Task.CompletedTask;
    private volatile bool _renew;

    /// <summary>Completes with the first entry written.</summary>
    public Task Ready => _ready.Task;

    /// <summary>Why the entry is not written, in words for the operator; empty when it is.</summary>
    public string Problem { get; private set; } = "the dmsg entry is not written yet";

    /// <summary>Starts publishing.</summary>
    public void Start() => _publishing = PublishAsync();

    /// <summary>The content may have changed.</summary>
    public void Changed() => _changed.Set();

    /// <summary>The discovery may have forgotten the entry: it is written again, changed or not.</summary>
    public void Renew()
    {
        _renew = true;
        _changed.Set();
    }

    /// <summary>Stops and deletes the entry, within the close limit.</summary>
    public async ValueTask DisposeAsync()
    {
        _stop.Cancel();
        await _publishing;
        _ready.TrySetCanceled(_stop.Token);
        using var limit = new CancellationTokenSource(schedule.CloseLimit, time);
        try
        {
            await writer.DeleteAsync(limit.Token);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            Log.EntryNotDeleted(log, e.Message);
        }
    }

    private async Task PublishAsync()
    {
        await Task.Yield();
        var backoff = new Backoff(schedule.Retry, entropy);
        var wait = Timeout.InfiniteTimeSpan;
        try
        {
            while (true)
            {
                var isDue = !await WaitAsync(wait);
                if (!isDue && !_renew && writer.Last is not null)
                {
                    // Several changes in a row become one entry. The very first is not held back: nobody can reach us before it.
                    await Task.Delay(schedule.Debounce, time, _stop.Token);
                }

                if (content() is { } wanted && (isDue || _renew || !IsWritten(wanted)))
                {
                    _renew = false;
                    wait = await TryWriteAsync(backoff);
                }
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // Closing.
        }
    }

    // True when something changed, false when the time was up.
    private async Task<bool> WaitAsync(TimeSpan limit)
    {
        using var timeout = new CancellationTokenSource(limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, _stop.Token);
        try
        {
            await _changed.WaitAsync(either.Token);
            return true;
        }
        catch (OperationCanceledException) when (!_stop.IsCancellationRequested)
        {
            return false;
        }
    }

    private async Task<TimeSpan> TryWriteAsync(Backoff backoff)
    {
        try
        {
            if (!await writer.TryWriteAsync(content, _stop.Token))
            {
                return schedule.Refresh;
            }

            var written = writer.Last!;
            if (writer.IsContested)
            {
                Log.EntryContested(log, written.Sequence - 1);
            }

            Log.EntryWritten(log, written.Sequence);
            Problem = "";
            _ready.TrySetResult();
            backoff.Reset();
            return schedule.Refresh;
        }
        catch (Exception e) when (e is IOException or TimeoutException || (e is OperationCanceledException && !_stop.IsCancellationRequested))
        {
            causes.Add(e is ServiceException { Status: > 0 } ? ProtocolError.ServiceRefused : ProtocolError.ServiceUnreachable);
            Problem = "the dmsg entry could not be written: " + e.Message;
            Log.EntryFailed(log, e.Message);
            if (e is ServiceException { IsPartial: true })
            {
                // Whoever asks the other discovery finds this entry; the one that is away is tried again.
                _ready.TrySetResult();
            }

            return backoff.Next();
        }
    }

    private bool IsWritten(DmsgEntry wanted)
    {
        var written = Problem.Length == 0 ? writer.Last : null;
        return written is not null
            && written.Server == wanted.Server
            && (written.DelegatedServers ?? []).ToHashSet().SetEquals(wanted.DelegatedServers ?? []);
    }
}
