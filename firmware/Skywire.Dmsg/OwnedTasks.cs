// Gives tasks that nobody awaits an owner who does.
namespace Skywire.Dmsg;

/// <summary>Tasks started for one connection or stream each. Thread-safe. An unexpected failure is reported, not lost.</summary>
internal sealed class OwnedTasks(Action<Exception> onUnexpected)
{
    private readonly Lock _lock = new();
    private int _count;
    private TaskCompletionSource? _idle;

    /// <summary>Tasks still running.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Starts a body on a fresh stack.</summary>
    public void Run(Func<Task> body)
    {
        lock (_lock)
        {
            _count++;
        }

        _ = RunAsync(body); // ends in the count, which WhenAllAsync awaits
    }

    /// <summary>Completes when every task has ended, also those started meanwhile.</summary>
    public Task WhenAllAsync()
    {
        lock (_lock)
        {
            if (_count == 0)
            {
                return Task.CompletedTask;
            }

            _idle ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _idle.Task;
        }
    }

    private async Task RunAsync(Func<Task> body)
    {
        await Task.Yield();
        try
        {
            await body();
        }
        catch (OperationCanceledException)
        {
            // The owner is shutting down or a deadline fired; whoever cancelled knows.
        }
        catch (Exception e)
        {
            onUnexpected(e);
        }

        lock (_lock)
        {
            if (--_count == 0)
            {
                _idle?.SetResult();
                _idle = null;
            }
        }
    }
}
