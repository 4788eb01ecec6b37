// CPU time and memory of a process, from the kernel's own counters.
using System.Globalization;

namespace Skywire.Workbench.Lab;

/// <summary>User plus system seconds, resident megabytes (10^6 bytes).</summary>
internal readonly record struct ProcessStats(double CpuSeconds, double RssMb)
{
    private const double TicksPerSecond = 100;

    /// <summary>Reads /proc; zeros when the process is gone.</summary>
    public static ProcessStats Of(int pid)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{pid}/stat");
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            var ticks = long.Parse(fields[11], CultureInfo.InvariantCulture) + long.Parse(fields[12], CultureInfo.InvariantCulture);
            var pages = long.Parse(File.ReadAllText($"/proc/{pid}/statm").Split(' ')[1], CultureInfo.InvariantCulture);
            return new ProcessStats(ticks / TicksPerSecond, pages * Environment.SystemPageSize / 1e6);
        }
        catch (IOException)
        {
            return default;
        }
    }
}
