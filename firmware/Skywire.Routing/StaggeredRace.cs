// Several ways to the same end, started one after the other without waiting any of them out.
using Skywire.Wire;

namespace Skywire.Routing;

/// <summary>Every candidate of a race failed.</summary>
internal sealed class RaceLostException(IReadOnlyList<Exception> failures) : Exception("every candidate failed")
{
    public IReadOnlyList<Exception> Failures => failures;
}

/// <summary>
/// Starts the first candidate at once, the next when one has failed or the stagger time passed, at most so many at a time. The first success wins; the others are
/// cancelled, and what they still produce is discarded. Candidates may be added while the race runs. One <see cref="RunAsync"/> per instance.
/// </summary>
internal sealed class StaggeredRace<T>(TimeSpan stagger, int parallel, TimeProvider time, Func<T, ValueTask> discard) : IAsyncDisposable
    where T : class
{
    private readonly Lock _lock = new();
    private readonly Queue<Func<CancellationToken, Task<T>>> _queue = new();
    private readonly List<Task<T>> _running = [];
    private readonly List<Exception> _failures = [];
    private readonly CancellationTokenSource _over = new();
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _isComplete;

    /// <summary>A failure for which this is true ends the race at once: the others would get the same answer.</summary>
    public Func<Exception, bool> IsFinal { get; init; } = static _ => false;

    /// <summary>Adds a candidate.</summary>
    public void Add(Func<CancellationToken, Task<T>> candidate)
    {
        lock (_lock)
        {
            _queue.Enqueue(candidate);
            _changed.TrySetResult();
        }
    }

    /// <summary>No more candidates will come.</summary>
    public void Complete()
    {
        lock (_lock)
        {
            _isComplete = true;
            _changed.TrySetResult();
        }
    }

    /// <summary>The first success. Throws <see cref="RaceLostException"/> when all failed (or none was added), <see cref="OperationCanceledException"/> when cancelled.</summary>
    public async Task<T> RunAsync(CancellationToken cancellationToken)
    {
        var startedAt = time.GetTimestamp();
        var mayStart = true;
        try
        {
            while (true)
            {
                Task changed;
                bool isOver;
                lock (_lock)
                {
                    mayStart |= _running.Count == 0 || time.GetElapsedTime(startedAt) >= stagger;
                    while (mayStart && _running.Count < parallel && _queue.TryDequeue(out var candidate))
                    {
                        _running.Add(candidate(_over.Token));
                        startedAt = time.GetTimestamp();
                        mayStart = false;
                    }

                    if (_changed.Task.IsCompleted)
                    {
                        _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
                    }

                    changed = _changed.Task;
                    isOver = _isComplete && _queue.Count == 0 && _running.Count == 0;
                }

                if (isOver)
                {
                    throw new RaceLostException(_failures);
                }

                await WaitAsync(changed, stagger - time.GetElapsedTime(startedAt), cancellationToken);
                if (Harvest(ref mayStart) is { } winner)
                {
                    return winner;
                }
            }
        }
        finally
        {
            _over.Cancel();
        }
    }

    /// <summary>Completes when the cancelled candidates have come to rest and their products were discarded. Never throws. After <see cref="RunAsync"/>.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (var task in _running)
        {
            try
            {
                await discard(await task);
            }
            catch (Exception)
            {
                // A loser that failed has lost nothing.
            }
        }

        _over.Dispose();
    }

    private async Task WaitAsync(Task changed, TimeSpan untilNext, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var waits = new List<Task>(_running) { changed.Stay() };
        bool isQueued;
        lock (_lock)
        {
            isQueued = _queue.Count > 0 && _running.Count < parallel;
        }

        if (isQueued)
        {
            // Timers count whole milliseconds and cut off the rest; waking early would spin through that rest.
            waits.Add(Task.Delay(TimeSpan.FromMilliseconds(Math.Ceiling(Math.Max(0, untilNext.TotalMilliseconds))), time, stop.Token).Stay());
        }

        await Task.WhenAny(waits).WaitAsync(cancellationToken);
        stop.Cancel();
    }

    private T? Harvest(ref bool mayStart)
    {
        for (var i = 0; i < _running.Count; i++)
        {
            var task = _running[i];
            if (!task.IsCompleted)
            {
                continue;
            }

            _running.RemoveAt(i--);
            if (task.IsCompletedSuccessfully)
            {
                return task.Result;
            }

            var failure = task.Exception?.InnerException ?? new OperationCanceledException("the candidate gave up");
            _failures.Add(failure);
            mayStart = true;
            if (IsFinal(failure))
            {
                throw new RaceLostException([failure]);
            }
        }

        return null;
    }
}
