// Growing waits between tries, spread so that a thousand clients of a restarted server do not come back in one instant.
using Skywire.Crypto;

namespace Skywire.Wire;

/// <summary>How waits grow.</summary>
/// <param name="First">The first wait.</param>
/// <param name="Factor">What each failure multiplies it by.</param>
/// <param name="Limit">The longest wait.</param>
public sealed record BackoffOptions(TimeSpan First, double Factor, TimeSpan Limit);

/// <summary>Counts failures and names the wait before the next try, with jitter. Not thread-safe.</summary>
/// <param name="options">How the waits grow.</param>
/// <param name="entropy">Where the jitter comes from.</param>
public sealed class Backoff(BackoffOptions options, IEntropy entropy)
{
    private TimeSpan _step = options.First;

    /// <summary>The wait after one more failure: between half of the current step and the whole of it.</summary>
    public TimeSpan Next()
    {
        var wait = Capped(_step) * (0.5 + (0.5 * entropy.NextFraction()));
        _step = Capped(_step * options.Factor);
        return wait;
    }

    /// <summary>Starts over after a success.</summary>
    public void Reset() => _step = options.First;

    private TimeSpan Capped(TimeSpan step) => step < options.Limit ? step : options.Limit;
}
