// Short tasks that outlive the call that started them still have an owner who waits for them.
namespace Skywire.Routing;

/// <summary>A set of running tasks that never fault; finished ones leave by themselves.</summary>
internal sealed class OwnedTasks
{
    private readonly Lock _lock = new();
    private readonly HashSet<Task> _tasks = [];

    /// <summary>Takes a task over.</summary>
    public void Add(Task task)
    {
        if (task.IsCompleted)
        {
            return;
        }

        lock (_lock)
        {
            _tasks.Add(task);
        }

        task.ContinueWith(
            static (done, state) =>
            {
                var owner = (OwnedTasks)state!;
                lock (owner._lock)
                {
                    owner._tasks.Remove(done);
                }
            },
            this,
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
    }

    /// <summary>Completes when no task is left.</summary>
    public async Task WhenIdleAsync()
    {
        while (true)
        {
            Task[] tasks;
            lock (_lock)
            {
                tasks = [.. _tasks];
            }

            if (tasks.Length == 0)
            {
                return;
            }

            await Task.WhenAll(tasks);
        }
    }
}
