// The arithmetic behind every figure; small, so that it can be tested.
namespace Skywire.Bench.Measuring;

/// <summary>Medians: on a shared machine a few rounds are always spoilt, and a mean would carry them.</summary>
internal static class Statistics
{
    /// <summary>The middle value; the mean of the two in the middle for an even count.</summary>
    /// <exception cref="ArgumentException">There are no values.</exception>
    public static double Median(ReadOnlySpan<double> values)
    {
        if (values.IsEmpty)
        {
            throw new ArgumentException("no values have no median", nameof(values));
        }

        var sorted = values.ToArray();
        Array.Sort(sorted);
        var middle = sorted.Length / 2;
        return sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    /// <summary>The median of the ratios of each round, which is not the ratio of the medians: neighbours in time share the machine's mood.</summary>
    /// <exception cref="ArgumentException">The two have different lengths, or none.</exception>
    public static double MedianRatio(ReadOnlySpan<double> ours, ReadOnlySpan<double> peer)
    {
        if (ours.Length != peer.Length)
        {
            throw new ArgumentException("ratios are taken round by round", nameof(peer));
        }

        var ratios = new double[ours.Length];
        for (var i = 0; i < ratios.Length; i++)
        {
            ratios[i] = ours[i] / peer[i];
        }

        return Median(ratios);
    }
}
