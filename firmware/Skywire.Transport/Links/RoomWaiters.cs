// Any number of producers waiting for one queue to have room, without an allocation per wait.
using System.Runtime.CompilerServices;
using Skywire.Wire;

namespace Skywire.Transport.Links;

/// <summary>Members other than <see cref="WaitAsync"/> are called under the owner's lock.</summary>
internal sealed class RoomWaiters
{
    /// <summary>Waiters kept for reuse: one per neighbour that may push at the same time is plenty.</summary>
    private const int Spare = 16;

    private readonly List<Waiter> _waiting = [];
    private readonly Stack<Waiter> _spare = new();

    /// <summary>Registers a waiter; the same lock section must have found the queue full.</summary>
    internal Waiter Add()
    {
        if (!_spare.TryPop(out var waiter))
        {
            waiter = new Waiter();
        }

        _waiting.Add(waiter);
        return waiter;
    }

    /// <summary>Lets everybody go.</summary>
    internal void ReleaseAll()
    {
        foreach (var waiter in _waiting)
        {
            waiter.Signal.Set();
        }

        _waiting.Clear();
    }

    /// <summary>Waits until released or cancelled.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    internal async ValueTask WaitAsync(Waiter waiter, Lock ownersLock, CancellationToken cancellationToken)
    {
        try
        {
            await waiter.Signal.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            lock (ownersLock)
            {
                // A waiter released in the same moment holds an unread signal; it must not be used again.
                _waiting.Remove(waiter);
            }

            throw;
        }

        lock (ownersLock)
        {
            if (_spare.Count < Spare)
            {
                _spare.Push(waiter);
            }
        }
    }

    internal sealed class Waiter
    {
        internal AsyncSignal Signal { get; } = new();
    }
}
