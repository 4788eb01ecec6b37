// Background work that comes and goes (handshakes, dials, retiring links) still has an owner who awaits it.
namespace Skywire.Transport.Manager;

/// <summary>Runs async methods and awaits those still under way at the end. What they let through is a bug and goes to <paramref name="onFault"/>. Thread-safe.</summary>
internal sealed class OwnedTasks(Action<Exception> onFault)
{
    private readonly Lock _lock = new();
    private readonly HashSet<Task> _tasks = [];

    /// <summary>Tasks under way.</summary>
    internal int Count
    {
        get
        {
            lock (_lock)
            {
                return _tasks.Count;
            }
        }
    }

    /// <summary>Starts <paramref name="work"/>, which handles its own failures.</summary>
    internal void Run(Func<Task> work)
    {
        var task = StartAsync(work);
        lock (_lock)
        {
            _tasks.Add(task);
        }

        task.GetAwaiter().UnsafeOnCompleted(() =>
        {
            lock (_lock)
            {
                _tasks.Remove(task);
            }
        });
    }

    /// <summary>Completes when all started so far have ended.</summary>
    internal Task WhenAllAsync()
    {
        lock (_lock)
        {
            return Task.WhenAll(_tasks);
        }
    }

    private async Task StartAsync(Func<Task> work)
    {
        await Task.Yield();
        try
        {
            await work();
        }
        catch (Exception e)
        {
            onFault(e);
        }
    }
}
