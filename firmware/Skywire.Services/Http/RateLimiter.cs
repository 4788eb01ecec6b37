// Keeps one caller from taking the whole service.

namespace Skywire.Services.Http;

/// <summary>So many requests per minute and caller in the long run, so many at once.</summary>
public sealed record RateLimit(int PerMinute, int Burst)
{
    /// <summary>What the transport discovery of 2026 allows per key (spec 11 §2.3).</summary>
    public static RateLimit Reference2026 { get; } = new(30, 10);
}

/// <summary>One token bucket per caller. Thread-safe. Forgets callers whose bucket is full again, so that memory follows the callers of the last minutes.</summary>
internal sealed class RateLimiter(RateLimit limit, TimeProvider time)
{
    /// <summary>Above this, full buckets are dropped; while none is full, newcomers share one bucket.</summary>
    private const int MaxCallers = 20_000;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, (double Tokens, long At)> _buckets = new(StringComparer.Ordinal);

    /// <summary>Takes a token; false when there is none left.</summary>
    public bool TryTake(string caller)
    {
        lock (_lock)
        {
            var now = time.GetTimestamp();
            if (!_buckets.ContainsKey(caller) && _buckets.Count >= MaxCallers)
            {
                Forget(now);
                caller = _buckets.Count >= MaxCallers ? "" : caller;
            }

            var tokens = _buckets.TryGetValue(caller, out var bucket) ? Refilled(bucket, now) : limit.Burst;
            if (tokens < 1)
            {
                return false;
            }

            _buckets[caller] = (tokens - 1, now);
            return true;
        }
    }

    private double Refilled((double Tokens, long At) bucket, long now) =>
        Math.Min(limit.Burst, bucket.Tokens + (time.GetElapsedTime(bucket.At, now).TotalMinutes * limit.PerMinute));

    private void Forget(long now)
    {
        foreach (var (caller, bucket) in _buckets.ToArray())
        {
            if (Refilled(bucket, now) >= limit.Burst)
            {
                _buckets.Remove(caller);
            }
        }
    }
}
