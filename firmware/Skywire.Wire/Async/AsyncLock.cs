// Mutual exclusion across awaits, first come first served, without the thread pool.
namespace Skywire.Wire;

/// <summary>A fair lock that may be held across awaits. Not re-entrant. Uncontended entry does not allocate.</summary>
public sealed class AsyncLock
{
    private readonly Lock _lock = new();
    private readonly Queue<TaskCompletionSource> _waiters = new();
    private bool _held;

    /// <summary>Enters; dispose the result to leave.</summary>
    public async ValueTask<Holder> EnterAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        TaskCompletionSource waiter;
        lock (_lock)
        {
            if (!_held)
            {
                _held = true;
                return new Holder(this);
            }

            waiter = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiters.Enqueue(waiter);
        }

        using (cancellationToken.UnsafeRegister(static (state, token) => ((TaskCompletionSource)state!).TrySetCanceled(token), waiter))
        {
            await waiter.Task;
        }

        return new Holder(this);
    }

    private void Leave()
    {
        lock (_lock)
        {
            while (_waiters.TryDequeue(out var next))
            {
                if (next.TrySetResult())
                {
                    return;
                }
            }

            _held = false;
        }
    }

    /// <summary>Leaves the lock when disposed, once.</summary>
    public readonly struct Holder : IDisposable, IEquatable<Holder>
    {
        private readonly AsyncLock? _owner;

        internal Holder(AsyncLock owner)
        {
            _owner = owner;
        }

        /// <summary>Leaves the lock.</summary>
        public void Dispose() => _owner?.Leave();

        /// <inheritdoc/>
        public bool Equals(Holder other) => ReferenceEquals(_owner, other._owner);

        /// <inheritdoc/>
        public override bool Equals(object? obj) => obj is Holder other && Equals(other);

        /// <inheritdoc/>
        public override int GetHashCode() => _owner?.GetHashCode() ?? 0;

        /// <summary>Same lock.</summary>
        public static bool operator ==(Holder left, Holder right) => left.Equals(right);

        /// <summary>Another lock.</summary>
        public static bool operator !=(Holder left, Holder right) => !left.Equals(right);
    }
}
