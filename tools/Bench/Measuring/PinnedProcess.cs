// The measuring process is a child with one core to itself, so that every thread of it (JIT, collector) is pinned too and settings that the runtime
// and OpenSSL read only at start can be given to it.
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Skywire.Bench.Measuring;

/// <summary>Starts this program again, pinned to a core.</summary>
internal static partial class PinnedProcess
{
    private const int MaxCores = 1024;

    /// <summary>Runs this program with other arguments and environment on the last core this process may use; returns its exit code. Standard streams are shared.</summary>
    public static async Task<int> RunAsync(IEnumerable<string> arguments, IReadOnlyDictionary<string, string> environment)
    {
        var allowed = new byte[MaxCores / 8];
        if (GetAffinity(0, allowed.Length, allowed) < 0)
        {
            throw new BenchException("the cores this process may use could not be read");
        }

        var core = Enumerable.Range(0, MaxCores).Last(n => (allowed[n / 8] & (1 << (n % 8))) != 0);
        var one = new byte[allowed.Length];
        one[core / 8] = (byte)(1 << (core % 8));

        // A child inherits the cores of the thread that makes it, which is this one, up to the first await.
        if (SetAffinity(0, one.Length, one) < 0)
        {
            throw new BenchException($"this process could not be pinned to core {core}");
        }

        var program = Environment.ProcessPath!;
        string[] host = Path.GetFileNameWithoutExtension(program) == "dotnet" ? [Path.Combine(AppContext.BaseDirectory, typeof(PinnedProcess).Assembly.GetName().Name + ".dll")] : [];
        var start = new ProcessStartInfo(program, [.. host, .. arguments]) { UseShellExecute = false };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        using var child = Process.Start(start)!;
        await child.WaitForExitAsync();
        return child.ExitCode;
    }

    [LibraryImport("libc", EntryPoint = "sched_getaffinity")]
    private static partial int GetAffinity(int pid, nint size, [Out] byte[] mask);

    [LibraryImport("libc", EntryPoint = "sched_setaffinity")]
    private static partial int SetAffinity(int pid, nint size, byte[] mask);
}
