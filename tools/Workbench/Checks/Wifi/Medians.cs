// Figures of several runs made into one: on a shared machine a few runs are always spoilt, and a mean would carry them. Pure.
namespace Skywire.Workbench.Checks.Wifi;

/// <summary>Makes figures of runs.</summary>
internal static class Medians
{
    /// <summary>The middle value; the mean of the two in the middle for an even count; 0 of none.</summary>
    public static double Of(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return sorted.Length == 0 ? 0 : (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }

    /// <summary>Figures of the runs of one way.</summary>
    public static CarryFigures Of(IReadOnlyList<FetchRun> runs)
    {
        double Median(Func<FetchRun, double> figure) => Math.Round(Of(runs.Select(figure)), 3);
        return new CarryFigures
        {
            Runs = runs.Count,
            BytesPerS = Math.Round(Of(runs.Select(r => r.BytesPerS))),
            CpuSPerMb = Median(r => r.CpuSPerMb),
            VisorCpuSPerMb = Median(r => r.VisorCpuS / (r.Bytes / 1e6)),
            KernelCpuSPerMb = Median(r => r.KernelCpuS / (r.Bytes / 1e6)),
            RunBytesPerS = [.. runs.Select(r => Math.Round(r.BytesPerS))],
            RunCpuSPerMb = [.. runs.Select(r => Math.Round(r.CpuSPerMb, 3))],
        };
    }
}
