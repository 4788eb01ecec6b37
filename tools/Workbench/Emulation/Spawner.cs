// Makes child processes that end with this program: the kernel ends a child when the thread that made it is gone, and pool threads come and go.
using System.Collections.Concurrent;
using System.Diagnostics;

namespace Skywire.Workbench.Emulation;

/// <summary>One thread that makes them all.</summary>
internal static class Spawner
{
    private static readonly BlockingCollection<(ProcessStartInfo Start, TaskCompletionSource<Process> Done)> Orders = [];

    static Spawner() => new Thread(Work) { IsBackground = true, Name = "spawner" }.Start();

    /// <summary>In front of a program's arguments: it gets SIGKILL with this program's end, however that ends.</summary>
    public static IReadOnlyList<string> EndsWithUs { get; } = ["setpriv", "--pdeathsig", "KILL"];

    /// <summary>Starts a program. The caller owns the process.</summary>
    public static Task<Process> StartAsync(ProcessStartInfo start)
    {
        var done = new TaskCompletionSource<Process>(TaskCreationOptions.RunContinuationsAsynchronously);
        Orders.Add((start, done));
        return done.Task;
    }

    private static void Work()
    {
        foreach (var (start, done) in Orders.GetConsumingEnumerable())
        {
            try
            {
                done.SetResult(Process.Start(start)!);
            }
            catch (Exception e) when (e is System.ComponentModel.Win32Exception or InvalidOperationException)
            {
                done.SetException(new WorkbenchException($"{start.FileName} did not start: {e.Message}", "apt-get install util-linux"));
            }
        }
    }
}
