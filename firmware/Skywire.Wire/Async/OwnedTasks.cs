// Gives tasks that outlive the call that started them, and that nobody awaits, an owner who does.
namespace Skywire.Wire;

/// <summary>
/// A set of running tasks; those that have ended leave by themselves. A failure is reported to <paramref name="onUnexpected"/>, not lost; cancellation is no
/// failure. Thread-safe. Never uses the thread pool: what it awaits continues on the scheduler of the caller.
/// </summary>
/// <param name="onUnexpected">Gets the exception of a task that failed. Must not throw.</param>
public sealed class OwnedTasks(Action<Exception> onUnexpected)
{
    private readonly Lock _lock = new();
    private int _count;
    private TaskCompletionSource? _idle;

    /// <summary>Tasks still running.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Starts a body on a fresh stack.</summary>
    public void Run(Func<Task> body)
    {
        Enter();
        _ = FollowAsync(StartAsync(body));
    }

    /// <summary>Takes over a task that runs already.</summary>
    public void Add(Task task)
    {
        if (task.IsCompletedSuccessfully)
        {
            return;
        }

        Enter();
        _ = FollowAsync(task);
    }

    /// <summary>Completes when no task is left, those started meanwhile included. Never throws.</summary>
    public Task WhenIdleAsync()
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

    private static async Task StartAsync(Func<Task> body)
    {
        await Task.Yield();
        await body();
    }

    private void Enter()
    {
        lock (_lock)
        {
            _count++;
        }
    }

    // Ends in the count, which WhenIdleAsync awaits.
    private async Task FollowAsync(Task task)
    {
        try
        {
            await task;
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
