// Keeps the own entry in the discovery in step with the sessions (spec 03 §8, §10).
using Skywire.Crypto;
using Skywire.Discovery;
using Skywire.Wire;

namespace Skywire.Dmsg.Client;

/// <summary>Writes the entry when the set of session servers has changed, and now and then unchanged; never otherwise.</summary>
internal sealed class EntryPublisher(ClientContext context, Func<IReadOnlyList<PubKey>> servers) : IAsyncDisposable
{
    private readonly EntryWriter _writer = new(context.Key, context.Discovery, context.Time);
    private readonly AsyncSignal _changed = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task _publishing = Task.CompletedTask;

    /// <summary>Completes with the first entry written.</summary>
    public Task Ready => _ready.Task;

    /// <summary>Why the entry is not written, in words for the operator; empty when it is.</summary>
    public string Problem { get; private set; } = "the dmsg entry is not written yet";

    /// <summary>Starts publishing.</summary>
    public void Start() => _publishing = PublishAsync();

    /// <summary>The sessions have changed.</summary>
    public void Changed() => _changed.Set();

    /// <summary>Stops and deletes the entry, within the close limit.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _publishing;
        _ready.TrySetCanceled(_stop.Token);
        using var limit = new CancellationTokenSource(context.Options.CloseTimeout, context.Time);
        try
        {
            await _writer.DeleteAsync(limit.Token);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            Log.EntryNotDeleted(context.Log, e.Message);
        }
    }

    private async Task PublishAsync()
    {
        await Task.Yield();
        var backoff = new Backoff(context.Options.DiscoveryBackoff, context.Entropy);
        var wait = Timeout.InfiniteTimeSpan;
        try
        {
            while (true)
            {
                var isDue = !await WaitAsync(wait);
                if (!isDue && _writer.Last is not null)
                {
                    // Several changes in a row become one entry. The very first is not held back: nobody can reach us before it.
                    await Task.Delay(context.Options.EntryDebounce, context.Time, _stop.Token);
                }

                var current = servers();
                if (current.Count == 0 || (!isDue && IsWritten(current)))
                {
                    // Without sessions there is nothing to offer; the entry is written with the next session.
                    continue;
                }

                wait = await TryWriteAsync(backoff);
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // Closing.
        }
    }

    // True when the sessions changed, false when the time was up.
    private async Task<bool> WaitAsync(TimeSpan limit)
    {
        using var timeout = new CancellationTokenSource(limit, context.Time);
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
            await _writer.WriteAsync(() => new DmsgEntry { DelegatedServers = servers(), ClientType = context.Options.ClientType }, _stop.Token);
            if (_writer.IsContested)
            {
                Log.EntryContested(context.Log, _writer.Last!.Sequence - 1);
            }

            Log.EntryWritten(context.Log, _writer.Last!.DelegatedServers!.Count, _writer.Last.Sequence);
            Problem = "";
            _ready.TrySetResult();
            backoff.Reset();
            return context.Options.EntryRefresh;
        }
        catch (IOException e)
        {
            context.Causes.Add(e is ServiceException { Status: > 0 } ? ProtocolError.ServiceRefused : ProtocolError.ServiceUnreachable);
            Problem = "the dmsg entry could not be written: " + e.Message;
            Log.EntryFailed(context.Log, e.Message);
            return backoff.Next();
        }
    }

    private bool IsWritten(IReadOnlyList<PubKey> current) =>
        Problem.Length == 0 && _writer.Last?.DelegatedServers is { } written && written.Count == current.Count && current.All(written.Contains);
}
