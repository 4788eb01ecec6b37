// Leaves a visor alone that has just failed several times in a row (spec 23 §1).
using Skywire.Crypto;

namespace Skywire.Routing.Setup;

/// <summary>Settings of the breaker; the newest values of the reference.</summary>
public sealed record CircuitBreakerOptions
{
    /// <summary>The defaults.</summary>
    public static CircuitBreakerOptions Default { get; } = new();

    /// <summary>Consecutive failures that open it.</summary>
    public int Failures { get; init; } = 3;

    /// <summary>The failures must fall within this span.</summary>
    public TimeSpan Window { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Time before one probe is let through: dmsg entries refresh about as often.</summary>
    public TimeSpan OpenTime { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>After this everything is forgotten, whatever the probes said.</summary>
    public TimeSpan ResetTime { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>Visors remembered; the oldest is forgotten first.</summary>
    public int MaxKeys { get; init; } = 4096;
}

/// <summary>One breaker per visor key: closed, open, half-open with a single probe. Thread-safe.</summary>
internal sealed class CircuitBreaker(CircuitBreakerOptions options, TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly OrderedDictionary<PubKey, State> _states = [];

    /// <summary>Asks to use a visor. Null: refused (this is not counted as a failure). Dispose the permit however the use ends: without a verdict it only gives the probe back.</summary>
    public Permit? TryEnter(PubKey key)
    {
        lock (_lock)
        {
            if (!_states.TryGetValue(key, out var state))
            {
                return new Permit(this, key, isProbe: false);
            }

            if (time.GetElapsedTime(state.FirstFailure) >= options.ResetTime || (!state.IsOpen && time.GetElapsedTime(state.FirstFailure) > options.Window))
            {
                _states.Remove(key);
                return new Permit(this, key, isProbe: false);
            }

            if (!state.IsOpen)
            {
                return new Permit(this, key, isProbe: false);
            }

            if (state.IsProbing || time.GetElapsedTime(state.OpenedAt) < options.OpenTime)
            {
                return null;
            }

            state.IsProbing = true;
            return new Permit(this, key, isProbe: true);
        }
    }

    /// <summary>Forgets all failures.</summary>
    public void Clear()
    {
        lock (_lock)
        {
            _states.Clear();
        }
    }

    private void Succeed(PubKey key)
    {
        lock (_lock)
        {
            _states.Remove(key);
        }
    }

    private void Fail(PubKey key)
    {
        lock (_lock)
        {
            var now = time.GetTimestamp();
            if (!_states.TryGetValue(key, out var state))
            {
                if (_states.Count >= options.MaxKeys)
                {
                    _states.RemoveAt(0);
                }

                _states.Add(key, state = new State { FirstFailure = now });
            }

            state.Failures++;
            if (state.Failures >= options.Failures)
            {
                state.IsOpen = true;
                state.OpenedAt = now;
            }
        }
    }

    private void ReleaseProbe(PubKey key)
    {
        lock (_lock)
        {
            if (_states.TryGetValue(key, out var state))
            {
                state.IsProbing = false;
            }
        }
    }

    /// <summary>The right to try once.</summary>
    internal sealed class Permit(CircuitBreaker owner, PubKey key, bool isProbe) : IDisposable
    {
        private bool _isDisposed;

        public void Succeed() => owner.Succeed(key);

        public void Fail() => owner.Fail(key);

        public void Dispose()
        {
            if (isProbe && !_isDisposed)
            {
                _isDisposed = true;
                owner.ReleaseProbe(key);
            }
        }
    }

    private sealed class State
    {
        public int Failures { get; set; }

        public long FirstFailure { get; set; }

        public long OpenedAt { get; set; }

        public bool IsOpen { get; set; }

        public bool IsProbing { get; set; }
    }
}
