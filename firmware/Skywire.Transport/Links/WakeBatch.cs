// A read loop hands over many packets at once; waking a writer for the first of them would send it alone. Wake-ups are therefore held back until
// the whole read batch has been handled: fewer system calls, fewer thread switches, fuller frames.
namespace Skywire.Transport.Links;

/// <summary>Owned by one read loop. Between <see cref="Begin"/> and <see cref="End"/>, which run on one thread without an await, wake-ups collect here.</summary>
internal sealed class WakeBatch
{
    [ThreadStatic]
    private static WakeBatch? _current;

    private SendQueue[] _queues = new SendQueue[4];
    private int _count;

    /// <summary>The batch open on this thread; null outside one.</summary>
    internal static WakeBatch? Current => _current;

    /// <summary>Opens the batch on this thread.</summary>
    internal void Begin() => _current = this;

    /// <summary>Remembers a writer that sleeps. A queue asks once until its writer has run, so the list is short.</summary>
    internal void Add(SendQueue queue)
    {
        if (_count == _queues.Length)
        {
            Array.Resize(ref _queues, _count * 2);
        }

        _queues[_count++] = queue;
    }

    /// <summary>Closes the batch and wakes the writers.</summary>
    internal void End()
    {
        _current = null;
        for (var i = 0; i < _count; i++)
        {
            _queues[i].WakeNow();
            _queues[i] = null!;
        }

        _count = 0;
    }
}
