// Whom a board of a tree follows. The rule that keeps loops out: after a loss no place at least as deep as the lost one is taken in the same tree, for it may be below us.
using Skywire.Wifi.Plan;
using Skywire.Wifi.Radios;

namespace Skywire.Wifi.Life;

/// <summary>Places of a tree that must not be taken for a while: they may hang on the board itself.</summary>
/// <param name="Root">The tree's root.</param>
/// <param name="Depth">Own depth when the parent was lost: places from here on down.</param>
/// <param name="Until">Until when, by then every board below has noticed.</param>
internal readonly record struct TreeBar(string Root, int Depth, TimeSpan Until);

/// <summary>A board's place below a parent.</summary>
/// <param name="MacAddress">The parent's access point.</param>
/// <param name="Root">The tree's root.</param>
/// <param name="Depth">Own hops to it.</param>
/// <param name="Frequency">The parent's frequency, MHz.</param>
/// <param name="Signal">The parent's signal when it was heard, dBm.</param>
internal sealed record TreePlace(string MacAddress, string Root, int Depth, int Frequency, int Signal);

/// <summary>Choice of a parent.</summary>
internal static class TreeChoice
{
    /// <summary>Deepest place in a tree.</summary>
    public const int MaxDepth = 8;

    // The kernel remembers networks for half a minute: a mark that old may no longer be true.
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(10);

    /// <summary>The best place of those heard: the lowest root, then the fewest hops, then the strongest signal; null when there is none.</summary>
    public static TreePlace? Best(IReadOnlyList<HeardNetwork> heard, string meshName, Func<HeardNetwork, bool> isLeftOut, TreeBar? bar)
        => heard.Where(h => ChannelChoice.IsOurs(h, meshName, LinkMode.Tree) && h.Age <= Fresh && h.Tree!.Value.Depth is >= 0 and < MaxDepth && !isLeftOut(h) && !IsBarred(h.Tree.Value, bar))
            .OrderBy(h => Key(h.Tree!.Value.Root), StringComparer.Ordinal).ThenBy(h => h.Tree!.Value.Depth).ThenByDescending(h => h.Signal).ThenBy(h => h.MacAddress, StringComparer.Ordinal)
            .Select(h => new TreePlace(h.MacAddress, Key(h.Tree!.Value.Root), h.Tree.Value.Depth + 1, h.Frequency, h.Signal)).FirstOrDefault();

    /// <summary>True when <paramref name="other"/> is so much better than <paramref name="now"/> that the links below are worth breaking: a lower root, or fewer hops.</summary>
    public static bool IsBetter(TreePlace other, TreePlace now)
        => string.CompareOrdinal(other.Root, now.Root) is var order && (order < 0 || (order == 0 && other.Depth < now.Depth));

    /// <summary>Addresses are compared in one form.</summary>
    public static string Key(string address) => address.ToLowerInvariant();

    private static bool IsBarred(TreeMark mark, TreeBar? bar) => bar is { } b && Key(mark.Root) == b.Root && mark.Depth >= b.Depth;
}
