using System.CommandLine;
using System.Diagnostics;
using Skywire.Workbench.Lab;

namespace Skywire.Workbench.Commands;

/// <summary><c>down</c>: stops the lab and removes its network.</summary>
internal static class DownCommand
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    public static Command Create()
    {
        var command = new Command("down", "Stops the lab: every process, every namespace. Keys and logs stay for the next start.");
        command.SetAction(async (_, token) =>
        {
            Console.WriteLine(await StopAsync(token) ? "stopped" : "nothing was running");
            return 0;
        });
        return command;
    }

    /// <summary>Stops a running lab; false when there was none. Left-over namespaces are removed either way.</summary>
    public static async Task<bool> StopAsync(CancellationToken cancellationToken)
    {
        var running = Supervisor.RunningPid();
        if (running is { } pid)
        {
            Signals.Send(pid, Signals.Terminate);
            var watch = Stopwatch.StartNew();
            while (Supervisor.RunningPid() is not null && watch.Elapsed < Limit)
            {
                await Task.Delay(50, cancellationToken);
            }

            if (Supervisor.RunningPid() is not null)
            {
                // The children go with it: the kernel ends them when their parent is gone.
                Signals.Send(pid, Signals.Kill);
            }
        }

        if (LabPlan.Load() is { } plan)
        {
            await LabNetwork.DownAsync(plan, cancellationToken);
        }

        return running is not null;
    }
}
