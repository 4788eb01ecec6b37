// The same image on QEMU's Raspberry Pi 3 B: another boot medium, another U-Boot, another serial line. It has no network there, so its console is the witness.
using Skywire.Workbench.Emulation;

namespace Skywire.Workbench.Checks;

/// <summary><c>check boot qemu-raspi3b</c>.</summary>
internal static class Raspi3bCheck
{
    private static readonly TimeSpan LoginLimit = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan VisorLimit = TimeSpan.FromMinutes(6);

    // These come from the visor itself; booting and failed are what the board shows while it does not answer.
    private static readonly string[] VisorStates = ["no_link", "linked", "joined", "traffic"];

    /// <summary>Boots to the login prompt and on until the console page shows a state that only a running visor gives.</summary>
    public static async Task<Raspi3bReport> RunAsync(FleetPlan plan, string image, CheckProgress progress, CancellationToken cancellationToken)
    {
        var report = new Raspi3bReport { Image = Path.GetFileName(image), MachineLoad = BoardWatch.MachineLoad() };
        var failures = new List<string>();
        var board = plan.Boards[0];
        await EmulatedFleet.MakeCardAsync(board, image, null, cancellationToken);
        await using var fleet = new EmulatedFleet(plan);
        var watch = await fleet.PowerOnAsync(board, cancellationToken);
        report.LoginS = Math.Round(await progress.StepAsync("login on the serial console", () => watch.WaitAsync(BootStep.Login, LoginLimit, cancellationToken)), 1);
        try
        {
            await progress.StepAsync("the visor answers", () => watch.WaitAsync(() => Answered(watch.Log) is not null, "the console page shows no state that a running visor gives", VisorLimit, cancellationToken));
        }
        catch (WorkbenchException e)
        {
            failures.Add($"{e.Message}; states shown: {string.Join(", ", watch.Log.Shown.Select(s => s.State))}");
        }

        double? Step(BootStep step) => watch.Log.Seconds.TryGetValue(step, out var seconds) ? Math.Round(seconds, 1) : null;
        report.SlotS = Step(BootStep.Slot);
        report.KernelS = Step(BootStep.Kernel);
        report.VisorAnsweredS = Answered(watch.Log) is { } answered ? Math.Round(answered.At, 1) : null;
        report.StateShown = watch.Log.Shown is [.., var last] ? last.State : "";
        report.ConsoleProblems = watch.Log.Problems;
        if (watch.Log.Problems.Count > 0)
        {
            failures.Add("the console says: " + string.Join(" | ", watch.Log.Problems));
        }

        report.Failures = failures;
        report.Ok = failures.Count == 0;
        return report;
    }

    private static (string State, double At)? Answered(BootLog log) => log.Shown.Where(s => VisorStates.Contains(s.State)).Cast<(string, double)?>().FirstOrDefault();
}
