// Who hears whom: masks of groups of simulated radios. Two radios hear each other when their masks share a bit.
namespace Skywire.Workbench.Checks.Wifi;

/// <summary>Masks by shape.</summary>
internal static class Hearing
{
    /// <summary>Everybody hears everybody.</summary>
    public const int All = 1;

    /// <summary>Mask of the <paramref name="place"/>-th radio (from 1) in a line of <paramref name="count"/>, in which each hears only those beside it: one bit for each link.</summary>
    public static int Line(int place, int count) => (place > 1 ? 1 << (place - 2) : 0) | (place < count ? 1 << (place - 1) : 0);
}
