// Tasks that outlive the call that started them still have an owner who waits for them.
namespace Skywire.Apps;

/// <summary>A set of running tasks that never fault; finished ones leave by themselves.</summary>
internal sealed class OwnedTasks
{
    private readonly Lock _lock = new();
    private readonly HashSet<Task> _tasks = [];

    /// <summary>Tasks still running.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _tasks.Count;
            }
        }
    }

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

        _ = LeaveAsync(task);
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
            lock (_lock)
            {
                _tasks.ExceptWith(tasks);
            }
        }
    }

    // Ends right behind the task it follows.
    private async Task LeaveAsync(Task task)
    {
        await Task.WhenAny(task);
        lock (_lock)
        {
            _tasks.Remove(task);
        }
    }
}
