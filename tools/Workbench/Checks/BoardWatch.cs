// Waiting for an emulated board to get somewhere, and reading what it says of itself on the way.
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Skywire.Workbench.Emulation;

namespace Skywire.Workbench.Checks;

/// <summary>Questions to one board that is on.</summary>
internal static class BoardWatch
{
    private static readonly TimeSpan Between = TimeSpan.FromMilliseconds(500);

    /// <summary>Asks again and again; the seconds it took, or null when <paramref name="limit"/> passed first.</summary>
    public static async Task<double?> UntilAsync(Func<Task<bool>> holds, TimeSpan limit, CancellationToken cancellationToken)
    {
        var watch = Stopwatch.StartNew();
        while (watch.Elapsed < limit)
        {
            if (await holds())
            {
                return watch.Elapsed.TotalSeconds;
            }

            await Task.Delay(Between, cancellationToken);
        }

        return null;
    }

    /// <summary>What the board shows and why, from the board service's report; empty when there is none.</summary>
    public static async Task<(string State, string Reason)> ShownAsync(BoardShell shell, CancellationToken cancellationToken)
    {
        var result = await shell.RunAsync("cat /run/skyminer-board/status.json", cancellationToken);
        try
        {
            using var report = result.Ok ? JsonDocument.Parse(result.Output) : null;
            return report is null ? ("", result.Output.Trim()) : (report.RootElement.GetProperty("state").GetString()!, report.RootElement.GetProperty("reason").GetString()!);
        }
        catch (JsonException e)
        {
            return ("", e.Message);
        }
    }

    /// <summary>Waits until the board shows one of these states; the one it shows, or its last one with the failure noted.</summary>
    public static async Task<string> UntilShownAsync(BoardShell shell, IReadOnlyList<string> states, TimeSpan limit, string when, List<string> failures, CancellationToken cancellationToken)
    {
        (string State, string Reason) shown = ("", "");
        var took = await UntilAsync(async () => states.Contains((shown = await ShownAsync(shell, cancellationToken)).State), limit, cancellationToken);
        if (took is null)
        {
            failures.Add($"{when}: the board shows \"{shown.State}\" ({shown.Reason}), not {string.Join(" or ", states)}, after {limit.TotalSeconds:0} s");
        }

        return shown.State;
    }

    /// <summary>systemd's and the kernel's facts.</summary>
    public static async Task<BoardFacts> FactsAsync(BoardShell shell, CancellationToken cancellationToken) => BoardFacts.Parse((await shell.RunAsync(BoardFacts.Script, cancellationToken)).Output);

    /// <summary>The figures of a start. <paramref name="joinedAt"/> is used where the journal does not say when the board joined.</summary>
    public static BootFigures Figures(BootLog log, BoardFacts facts, double? joinedAt)
    {
        // The kernel's clock starts where the loader's ends.
        var kernel = log.Seconds.TryGetValue(BootStep.Kernel, out var at) ? at : (double?)null;
        double? SincePower(double? kernelSeconds) => kernel is { } k && kernelSeconds is { } s ? Math.Round(k + s, 1) : null;
        double? Step(BootStep step) => log.Seconds.TryGetValue(step, out var seconds) ? Math.Round(seconds, 1) : null;
        var joined = facts.States.Where(s => s.State == "joined").Select(s => (double?)s.At).FirstOrDefault();
        return new BootFigures
        {
            Slot = log.Slot,
            SlotStateFrom = log.SlotStateFrom,
            SlotS = Step(BootStep.Slot),
            KernelS = Step(BootStep.Kernel),
            LoginS = Step(BootStep.Login),
            VisorUpS = SincePower(facts.VisorUpAt),
            JoinedS = SincePower(joined) ?? (joinedAt is { } j ? Math.Round(j, 1) : null),
            AllStartedS = SincePower(facts.StartedAt),
            MemoryTotalMb = facts.MemoryTotalMb,
            MemoryUsedMb = facts.MemoryUsedMb,
            VisorRssMb = facts.VisorRssMb,
            DataMb = facts.DataMb,
            System = facts.System,
            FailedUnits = facts.FailedUnits,
            VisorRestarts = facts.VisorRestarts,
            ConsoleProblems = log.Problems,
        };
    }

    /// <summary>Failures that every start has in common.</summary>
    public static void Judge(string which, BootFigures figures, List<string> failures)
    {
        void Require(bool holds, string otherwise)
        {
            if (!holds)
            {
                failures.Add($"{which}: {otherwise}");
            }
        }

        Require(figures.FailedUnits.Count == 0, "units failed: " + string.Join(", ", figures.FailedUnits));
        Require(figures.VisorUpS is not null, "the visor did not come up");
        Require(figures.VisorRestarts == 0, string.Create(CultureInfo.InvariantCulture, $"the visor was started again {figures.VisorRestarts} times"));
        Require(figures.SlotStateFrom is "first", $"the slot state was read from the {figures.SlotStateFrom} copy");
        Require(figures.ConsoleProblems.Count == 0, "the console says: " + string.Join(" | ", figures.ConsoleProblems));
    }

    /// <summary>Processes of this machine that want to run, over the last minute.</summary>
    public static double MachineLoad() => double.Parse(File.ReadAllText("/proc/loadavg").Split(' ')[0], CultureInfo.InvariantCulture);
}
