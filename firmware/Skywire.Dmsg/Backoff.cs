// Growing waits between tries, spread so that a thousand clients of a restarted server do not come back in one instant.
using Skywire.Crypto;

namespace Skywire.Dmsg;

/// <summary>How waits grow.</summary>
/// <param name="First">The first wait.</param>
/// <param name="Factor">What each failure multiplies it by.</param>
/// <param name="Limit">The longest wait.</param>
public sealed record BackoffOptions(TimeSpan First, double Factor, TimeSpan Limit);

/// <summary>Counts failures and names the wait before the next try, with jitter. Not thread-safe.</summary>
internal sealed class Backoff(BackoffOptions options, IEntropy entropy)
{
    private TimeSpan _next = options.First;

    /// <summary>The wait after one more failure: between half of the current step and the whole of it.</summary>
    public TimeSpan Next()
    {
        var wait = _next * (0.5 + (0.5 * entropy.NextFraction()));
        _next = TimeSpan.FromTicks(Math.Min(options.Limit.Ticks, (long)(_next.Ticks * options.Factor)));
        return wait;
    }

    /// <summary>Starts over after a success.</summary>
    public void Reset() => _next = options.First;
}

/// <summary>Draws from an entropy source.</summary>
internal static class EntropyDraws
{
    /// <summary>A number in [0, 1).</summary>
    public static double NextFraction(this IEntropy entropy)
    {
        Span<byte> bytes = stackalloc byte[sizeof(uint)];
        entropy.Fill(bytes);
        return BitConverter.ToUInt32(bytes) / (uint.MaxValue + 1.0);
    }

    /// <summary>Shuffles in place.</summary>
    public static void Shuffle<T>(this IEntropy entropy, IList<T> items)
    {
        for (var i = items.Count - 1; i > 0; i--)
        {
            var j = (int)(entropy.NextFraction() * (i + 1));
            (items[i], items[j]) = (items[j], items[i]);
        }
    }
}
