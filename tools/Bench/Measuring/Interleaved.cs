// The measurement itself. Short slices, everyone in turn: a load that comes and goes on the machine then falls on all contenders alike, and a
// pre-emption spoils one slice of one round, which the median drops.
using System.Diagnostics;

namespace Skywire.Bench.Measuring;

/// <summary>Runs all contenders of a subject one after the other, round by round, on the calling thread.</summary>
internal static class Interleaved
{
    /// <summary>Rounds when nothing else is asked for.</summary>
    public const int DefaultRounds = 101;

    // The JIT compiles its last tier in the background, on this same core, some time after a method was called often: no fixed time is enough for
    // all. Each contender runs at least this long, and on until it gets no faster.
    private static readonly TimeSpan WarmUp = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan WarmUpLimit = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan WarmUpWindow = TimeSpan.FromMilliseconds(60);
    private const double Settled = 0.03;

    /// <summary>Checks every contender against the firmware's answer, then measures.</summary>
    /// <exception cref="BenchException">A contender's answer differs; nothing was measured.</exception>
    public static Measured Measure(Subject subject, int rounds)
    {
        foreach (var contender in subject.Contenders)
        {
            if (contender.Check() is { } difference)
            {
                throw new BenchException($"{subject.Name}: {contender.Name} does not agree with the firmware: {difference}");
            }
        }

        // Warming all before calibrating any: a later contender may change what an earlier one's shared code compiles to.
        foreach (var contender in subject.Contenders)
        {
            Warm(contender);
        }

        var counts = subject.Contenders.Select(c => Calibrate(c, subject.Slice)).ToArray();
        var times = new double[subject.Contenders.Count][];
        for (var i = 0; i < times.Length; i++)
        {
            times[i] = new double[rounds];
        }

        for (var round = 0; round < rounds; round++)
        {
            for (var i = 0; i < times.Length; i++)
            {
                times[i][round] = Time(subject.Contenders[i], counts[i]) / counts[i];
            }
        }

        var readings = subject.Contenders.Select((c, i) => new Reading(c.Name, Statistics.Median(times[i]), Statistics.MedianRatio(times[0], times[i]))).ToList();
        return new Measured(subject, readings);
    }

    /// <summary>How many operations fill a slice: at least one.</summary>
    internal static int CountFor(TimeSpan slice, double nanosecondsPerOperation) => (int)Math.Clamp(Math.Round(slice.TotalNanoseconds / nanosecondsPerOperation), 1, 1_000_000);

    private static void Warm(Contender contender)
    {
        var total = Stopwatch.StartNew();
        var best = double.PositiveInfinity;
        for (var settled = false; total.Elapsed < WarmUp || (!settled && total.Elapsed < WarmUpLimit);)
        {
            var quickest = double.PositiveInfinity;
            var watch = Stopwatch.StartNew();
            for (var count = 1; watch.Elapsed < WarmUpWindow; count = Math.Min(count * 2, 64))
            {
                quickest = Math.Min(quickest, Time(contender, count) / count);
            }

            settled = quickest > best * (1 - Settled);
            best = Math.Min(best, quickest);

            // The compiler's thread wants the core too.
            Thread.Sleep(1);
        }
    }

    // The quickest of some trials: a slow one was disturbed.
    private static int Calibrate(Contender contender, TimeSpan slice)
    {
        var best = Time(contender, 1);
        for (var count = 1; count * best < slice.TotalNanoseconds; count *= 4)
        {
            best = Math.Min(best, Time(contender, count) / count);
        }

        for (var i = 0; i < 5; i++)
        {
            var count = CountFor(slice, best);
            best = Math.Min(best, Time(contender, count) / count);
        }

        return CountFor(slice, best);
    }

    private static double Time(Contender contender, int count)
    {
        var start = Stopwatch.GetTimestamp();
        contender.Run(count);
        return Math.Max(1, Stopwatch.GetElapsedTime(start).TotalNanoseconds);
    }
}

/// <summary>The benchmark cannot go on; the message says why.</summary>
internal sealed class BenchException(string message) : Exception(message);
