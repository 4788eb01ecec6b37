// One file carried inside the board, and what it cost. Pure: the output of "ground.sh fetch" in, figures out.
using System.Globalization;

namespace Skywire.Workbench.Checks.Wifi;

/// <summary>A fetch. Processor time in seconds: <paramref name="VisorCpuS"/> is that of the visors, kernel included; <paramref name="KernelCpuS"/> all kernel time of the board, the radios' among it; <paramref name="VisorUserCpuS"/> the visors' without the kernel.</summary>
internal sealed record FetchRun(long Bytes, string Sha256, double Seconds, double VisorCpuS, double VisorUserCpuS, double KernelCpuS)
{
    // USER_HZ, which is the same on every Linux this runs on.
    private const double Ticks = 100;
    private const double Million = 1e6;

    /// <summary>Bytes a second.</summary>
    public double BytesPerS => Bytes / Seconds;

    /// <summary>What carrying cost the board a megabyte (10^6): the visors' own time and all of the kernel's, none of it twice.</summary>
    public double CpuSPerMb => (VisorUserCpuS + KernelCpuS) / (Bytes / Million);

    /// <summary>Reads the output; null when it is not whole.</summary>
    public static FetchRun? Parse(string output)
    {
        var sections = ("\n" + output).Split("\n-- ").Skip(1).Select(s => s.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)).Where(s => s.Length > 0).ToDictionary(s => s[0], s => s[1..]);
        if (Counters.Parse(sections.GetValueOrDefault("before")) is not { } before || Counters.Parse(sections.GetValueOrDefault("after")) is not { } after
            || sections.GetValueOrDefault("file") is not [var size, var sha, ..] || !long.TryParse(size, NumberStyles.None, CultureInfo.InvariantCulture, out var bytes) || after.At <= before.At)
        {
            return null;
        }

        return new FetchRun(bytes, sha, after.At - before.At, (after.User + after.System - before.User - before.System) / Ticks, (after.User - before.User) / Ticks, (after.Kernel - before.Kernel) / Ticks);
    }

    // A time in seconds, the first line of /proc/stat, one /proc/PID/stat for each visor.
    private sealed record Counters(double At, long Kernel, long User, long System)
    {
        public static Counters? Parse(string[]? lines)
        {
            if (lines is not [var time, var stat, .. var visors] || !double.TryParse(time.Replace(',', '.'), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var at))
            {
                return null;
            }

            // cpu user nice system idle iowait irq softirq ...
            var all = stat.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (all is not ["cpu", _, _, var system, _, _, var irq, var soft, ..])
            {
                return null;
            }

            long user = 0, kernel = 0;
            foreach (var visor in visors)
            {
                // pid (name) state ...: the name may hold blanks; utime and stime are fields 14 and 15.
                var fields = visor[(visor.LastIndexOf(')') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
                if (fields.Length < 13)
                {
                    return null;
                }

                user += Whole(fields[11]);
                kernel += Whole(fields[12]);
            }

            return new Counters(at, Whole(system) + Whole(irq) + Whole(soft), user, kernel);
        }

        private static long Whole(string text) => long.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture);
    }
}
