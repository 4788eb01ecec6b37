// How long a failed step rests before it is tried again: fast at first, rare in the end, never in step with other boards.
namespace Skywire.Wifi.Life;

/// <summary>Rests of 1 s, doubling to 60 s, each 25 % shorter to longer by chance.</summary>
internal static class Backoff
{
    /// <summary>Rest after the n-th failure in a row (from 1); <paramref name="chance"/> is from 0 to below 1.</summary>
    public static TimeSpan Rest(int failures, double chance)
        => TimeSpan.FromSeconds(Math.Min(60, 1L << Math.Clamp(failures - 1, 0, 6)) * (0.75 + (0.5 * chance)));
}
