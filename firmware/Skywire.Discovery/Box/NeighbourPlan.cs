// Who dials whom, so that a box is connected without anybody being asked: everybody with everybody while that is few, else a ring with chords.
using Skywire.Crypto;

namespace Skywire.Discovery.Box;

/// <summary>Pure: all members that see the same members make the same plan.</summary>
public static class NeighbourPlan
{
    /// <summary>
    /// The members that <paramref name="self"/> dials. Up to <paramref name="limit"/> others: all with a higher key, so that each pair has one dialler. Beyond: those 1, 2, 4, 8 ... places
    /// ahead in the ring of sorted keys, at most half of the limit as others dial as many here; any two members are then a few hops apart, and no single loss divides them.
    /// </summary>
    public static IReadOnlyList<PubKey> Of(PubKey self, IEnumerable<PubKey> others, int limit)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 2);
        var ring = others.Where(k => k != self).Append(self).Distinct().Order().ToList();
        var here = ring.IndexOf(self);
        if (ring.Count - 1 <= limit)
        {
            return ring[(here + 1)..];
        }

        var chosen = new List<PubKey>();
        for (var step = 1; step < ring.Count && chosen.Count < Math.Max(1, limit / 2); step *= 2)
        {
            chosen.Add(ring[(here + step) % ring.Count]);
        }

        return chosen;
    }
}
