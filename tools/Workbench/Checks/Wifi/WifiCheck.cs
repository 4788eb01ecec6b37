// Wifi on simulated radios inside one emulated board: meshes, lines, trees, visors over them, refusals and faults.
using Skywire.Workbench.Emulation;

namespace Skywire.Workbench.Checks.Wifi;

/// <summary>What was asked for.</summary>
/// <param name="Only">Steps; empty for all.</param>
/// <param name="Faults">Sequences of faults.</param>
/// <param name="Seed">Of the faults.</param>
/// <param name="Program">A published linux-arm64 skywire to use instead of the image's; null for that.</param>
/// <param name="Keep">The board runs on afterwards.</param>
internal sealed record WifiOrder(IReadOnlyList<string> Only, int Faults, ulong Seed, string? Program, bool Keep);

/// <summary><c>check wifi</c>.</summary>
internal sealed class WifiCheck(FleetPlan plan, string image, WifiOrder order, CheckProgress progress)
{
    /// <summary>Names of the steps, in their order.</summary>
    public static IReadOnlyList<string> Names { get; } = ["mesh", "line", "visors", "refusal", "faults", "ad-hoc", "tree"];

    private static readonly TimeSpan LoginLimit = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan ShellLimit = TimeSpan.FromMinutes(5);

    private readonly WifiCheckReport _report = new()
    {
        Image = Path.GetFileName(image),
        MachineLoad = BoardWatch.MachineLoad(),
        Processors = plan.Boards[0].Processors ?? 1,
        Seed = order.Seed,
        File = Path.Combine(plan.Folder, "report.json"),
    };

    private EmulatedBoard Board => plan.Boards[0];

    /// <summary>Runs all of it.</summary>
    public async Task<WifiCheckReport> RunAsync(CancellationToken cancellationToken)
    {
        var radioLab = "";
        await progress.StepAsync("the program that makes radios", async () => radioLab = await SkywireProgram.PublishRadioLabAsync("linux-arm64", cancellationToken));
        try
        {
            var watch = await PowerOnAsync(cancellationToken);
            await using var shell = await progress.StepAsync("the board lets us in", async () =>
            {
                await watch.WaitAsync(BootStep.Login, LoginLimit, cancellationToken);
                return await BoardShell.OpenAsync(Board, plan, ShellLimit, cancellationToken);
            });
            var stage = new WifiStage(new WifiGround(shell), _report, progress);
            if (await stage.StepAsync("the ground", () => stage.Ground.PrepareAsync(radioLab, order.Program, cancellationToken), cancellationToken))
            {
                await CarryOutAsync(stage, cancellationToken);
            }
        }
        finally
        {
            if (!order.Keep)
            {
                await QemuProcess.StopAsync(Board, CancellationToken.None);
            }
        }

        _report.Save();
        return _report;
    }

    private async Task<ConsoleWatch> PowerOnAsync(CancellationToken cancellationToken)
    {
        var key = await BoardShell.EnsureKeyAsync(plan, cancellationToken);
        await progress.StepAsync("the card", () => EmulatedFleet.MakeCardAsync(Board, image, BoardSettings.Text([("ssh_key", key), ("name", "wifi")]), cancellationToken));
        var watch = new ConsoleWatch(Board);
        // A machine with other work lets a board of a dozen programs wait for longer than its watchdog does, which has a check of its own.
        await QemuProcess.StartAsync(Board, plan, stays: order.Keep, ["-action", "watchdog=none"], cancellationToken);
        return watch;
    }

    private bool IsWanted(params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            if (order.Only.Count == 0 || order.Only.Contains(name))
            {
                return true;
            }
        }

        return false;
    }

    private async Task CarryOutAsync(WifiStage stage, CancellationToken cancellationToken)
    {
        Task<bool> StepAsync(string name, Func<Task> step) => stage.StepAsync(name, step, cancellationToken);
        var sockets = Board.SocketFolder;
        if (IsWanted("mesh", "line", "visors", "refusal", "faults") && await StepAsync("four nodes join a mesh", () => stage.EnsureMeshAsync(cancellationToken)))
        {
            if (IsWanted("mesh"))
            {
                await StepAsync("a node with another passphrase stays outside", () => new MeshStep(stage).RunAsync(cancellationToken));
            }

            if (IsWanted("line", "visors"))
            {
                await LineAsync(stage, sockets, cancellationToken);
            }

            if (IsWanted("refusal"))
            {
                await StepAsync("a channel that the rules refuse", () => new RefusalStep(stage).RunAsync(cancellationToken));
            }

            if (IsWanted("faults") && order.Faults > 0)
            {
                await new FaultStep(stage, order.Faults).RunAsync(cancellationToken);
            }
        }

        if (IsWanted("ad-hoc"))
        {
            await StepAsync("three nodes in an ad-hoc network", () => new AirModeStep(stage, sockets).AdHocAsync(cancellationToken));
        }

        if (IsWanted("tree"))
        {
            await StepAsync("three nodes in a tree", () => new AirModeStep(stage, sockets).TreeAsync(cancellationToken));
        }
    }

    private async Task LineAsync(WifiStage stage, string sockets, CancellationToken cancellationToken)
    {
        _report.Line = new LineFigures();
        var isFormed = await stage.StepAsync("four nodes in a line", async () => _report.Line.JoinedS = await LineStep.FormAsync(stage, cancellationToken), cancellationToken);
        if (isFormed && IsWanted("line"))
        {
            await stage.StepAsync("three hops, and a radio in the middle pulled and put back", () => new LineStep(stage).RunAsync(cancellationToken), cancellationToken);
        }

        if (isFormed && IsWanted("visors"))
        {
            await new VisorStep(stage, sockets).RunAsync(cancellationToken);
        }

        await stage.StepAsync("all hear each other again", () => LineStep.DissolveAsync(stage, cancellationToken), cancellationToken);
    }
}
