// What an LED did, judged from the level of its GPIO line over time: not what a program says it shows. Pure: edges in, pattern out.
namespace Skywire.Workbench.Emulation;

/// <summary>The level of a line from <paramref name="At"/> (seconds) until the next edge.</summary>
internal readonly record struct LedEdge(double At, bool Lit);

/// <summary>Time lit or dark, cut to the looked-at interval.</summary>
internal readonly record struct LedSpan(bool Lit, double Seconds);

/// <summary>Names patterns by the words of board.json.</summary>
internal static class LedLines
{
    // Emulation delays both the blinking and the looking: spans are told apart at the geometric middle between 125 ms and 1 s.
    private const double FastOrSlow = 0.35;

    // A flash of the kernel's heartbeat lasts 70 ms and repeats in a pair; the board's own double flash 150 ms, with a longer pause between the two.
    private const double ShortFlash = 0.11;
    private const double LongestFlash = 0.3;

    // Pairs of flashes have short and long pauses by turns, three to one; an even blink seen through a late observer has not.
    private const double PairRatio = 1.8;

    // The single flash and the single gap are 150 ms of 2 s.
    private const double LongSpan = 1.2;

    /// <summary>
    /// off, on, blink_fast, blink_slow, heartbeat, pulse, flash, wink, or "flicker" for anything else that changes. <paramref name="edges"/> is in order of time and its first one at or before
    /// <paramref name="from"/>; without any edge nothing is known.
    /// </summary>
    public static string Name(IReadOnlyList<LedEdge> edges, double from, double to)
    {
        var spans = Spans(edges, from, to);
        if (spans.Count == 0)
        {
            return "unknown";
        }

        if (spans.Count == 1)
        {
            return spans[0].Lit ? "on" : "off";
        }

        // The first and the last span are cut off by the interval; they say nothing about the rhythm.
        var whole = spans.Count > 3 ? spans[1..^1] : spans;
        var lit = Median(whole.Where(s => s.Lit).Select(s => s.Seconds));
        var dark = whole.Where(s => !s.Lit).Select(s => s.Seconds).ToList();
        var darkMedian = Median(dark);
        if (lit >= FastOrSlow && darkMedian >= FastOrSlow)
        {
            return "blink_slow";
        }

        if (lit < LongestFlash && IsPaired(dark))
        {
            return lit < ShortFlash ? "heartbeat" : "pulse";
        }

        if (Math.Min(lit, darkMedian) < LongestFlash && Math.Max(lit, darkMedian) >= LongSpan)
        {
            return lit < darkMedian ? "flash" : "wink";
        }

        return lit < FastOrSlow && darkMedian < FastOrSlow && whole.Count >= 4 ? "blink_fast" : "flicker";
    }

    /// <summary>The level over an interval as spans.</summary>
    public static List<LedSpan> Spans(IReadOnlyList<LedEdge> edges, double from, double to)
    {
        var spans = new List<LedSpan>();
        for (var i = 0; i < edges.Count; i++)
        {
            var start = Math.Max(edges[i].At, from);
            var end = Math.Min(i + 1 < edges.Count ? edges[i + 1].At : to, to);
            if (end <= start)
            {
                continue;
            }

            if (spans.Count > 0 && spans[^1].Lit == edges[i].Lit)
            {
                spans[^1] = new LedSpan(edges[i].Lit, spans[^1].Seconds + end - start);
            }
            else
            {
                spans.Add(new LedSpan(edges[i].Lit, end - start));
            }
        }

        return spans;
    }

    private static bool IsPaired(List<double> dark)
    {
        var sorted = dark.Order().ToList();
        var half = sorted.Count / 2;
        return half > 0 && Median(sorted[half..]) > PairRatio * Median(sorted[..half]);
    }

    private static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToList();
        return sorted.Count == 0 ? 0 : sorted[sorted.Count / 2];
    }
}
