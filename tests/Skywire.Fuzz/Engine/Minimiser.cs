// Makes a finding small enough to look at.
namespace Skywire.Fuzz.Engine;

/// <summary>Shrinks an input while it still fails in the same way: first by leaving out ranges, then by setting bytes to zero.</summary>
internal static class Minimiser
{
    // Enough for inputs of some kilobytes; a finding not yet minimal is still a finding.
    private const int MaxRuns = 4000;

    /// <summary>The smallest input found for which <paramref name="fails"/> holds.</summary>
    public static byte[] Shrink(byte[] input, Func<byte[], bool> fails)
    {
        var runs = 0;
        var best = input;
        for (var size = Math.Max(1, best.Length / 2); size >= 1; size /= 2)
        {
            for (var at = 0; at + size <= best.Length && runs < MaxRuns;)
            {
                byte[] shorter = [.. best.AsSpan(0, at), .. best.AsSpan(at + size)];
                runs++;
                if (fails(shorter))
                {
                    best = shorter;
                }
                else
                {
                    at += size;
                }
            }
        }

        for (var at = 0; at < best.Length && runs < MaxRuns; at++)
        {
            if (best[at] == 0)
            {
                continue;
            }

            var plainer = (byte[])best.Clone();
            plainer[at] = 0;
            runs++;
            if (fails(plainer))
            {
                best = plainer;
            }
        }

        return best;
    }
}
