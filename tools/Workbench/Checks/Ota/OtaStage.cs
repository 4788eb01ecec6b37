// Where the boards of a check come from: one board is started once, brought to rest, and kept; all cases go on from there.
using System.Text;
using System.Text.Json.Nodes;
using Skywire.Workbench.Emulation;

namespace Skywire.Workbench.Checks.Ota;

/// <summary>Prepares boards below <paramref name="folder"/>. <paramref name="stamp"/> tells images apart.</summary>
internal sealed class OtaStage(string folder, BoardImage image, string stamp, int memoryMb, int sshPort, int pagePort)
{
    /// <summary>Time a new slot of a check has to prove itself: the emulated board is up after a minute, and a failed trial is waited for three times.</summary>
    public const string Trial = "180s";

    // It protects nothing: the wire of these boards ends in this machine.
    private const string Passphrase = "emulated boards of a check";
    private static readonly TimeSpan RestLimit = TimeSpan.FromMinutes(12);

    /// <summary>Where the report of a run grows.</summary>
    public string ReportFile => Path.Combine(folder, "report.json");

    /// <summary>The board at rest: up, its visor running, nothing to do.</summary>
    public BoardSnapshot Rest { get; } = new(Path.Combine(folder, "rest-" + stamp));

    private string Key => Path.Combine(folder, "key", "ssh_key");

    /// <summary>
    /// A plan of one board. From inside it looks the same as all others of this check, as it must to go on from one snapshot; ports, wire and folder are its own. <paramref name="place"/> counts the boards that
    /// run at the same time.
    /// </summary>
    public FleetPlan Plan(string name, int place, int? feedPort)
    {
        var plan = FleetPlan.Create(Path.Combine(folder, name), image, QemuMachine.Virt, 1, memoryMb, sshPort + place, pagePort + place);
        Directory.CreateDirectory(plan.Folder);
        foreach (var (from, to) in new[] { (Key, plan.SshKey), (Key + ".pub", plan.SshKey + ".pub") })
        {
            File.Copy(from, to, overwrite: true);
            File.SetUnixFileMode(to, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        return plan with { Boards = [plan.Boards[0] with { FeedPort = feedPort }] };
    }

    /// <summary>A plan of one more board on the wire of <paramref name="board"/>, with an identity of its own.</summary>
    public FleetPlan NeighbourOf(EmulatedBoard board, int place)
    {
        var plan = Plan($"{Path.GetFileName(Path.GetDirectoryName(board.Folder))}-neighbour", place, null);
        return plan with { Boards = [plan.Boards[0] with { Index = 1, Wire = board.Wire }] };
    }

    /// <summary>Makes the card of a board that starts from the image.</summary>
    public async Task MakeCardAsync(EmulatedBoard board, string name, CancellationToken cancellationToken)
    {
        var key = (await File.ReadAllTextAsync(Key + ".pub", cancellationToken)).Trim();
        await EmulatedFleet.MakeCardAsync(board, image.Image, BoardSettings.Text([("ssh_key", key), ("name", name), ("mesh_name", "check"), ("mesh_passphrase", Passphrase)]), cancellationToken);
    }

    /// <summary>Starts a board from the image and keeps it once it is at rest; what an earlier run kept of the same image is taken again.</summary>
    public async Task PrepareAsync(int feedPort, CancellationToken cancellationToken)
    {
        await BoardShell.EnsureKeyAsync(FleetPlan.Create(Path.Combine(folder, "key"), image, QemuMachine.Virt, 1, memoryMb, sshPort, pagePort), cancellationToken);
        if (Rest.IsThere)
        {
            return;
        }

        await using var board = new OtaBoard(Plan("first", 0, feedPort));
        await MakeCardAsync(board.Board, "tested", cancellationToken);
        await board.PowerOnAsync([], cancellationToken);
        await board.Watch.WaitAsync(BootStep.Login, RestLimit, cancellationToken);
        await SetUpdatesAsync(board, cancellationToken);
        var (facts, isSettled) = await board.SettledAsync(1, f => f.Tries.GetValueOrDefault("BOOT_A_LEFT") == "3", RestLimit, cancellationToken);
        if (!isSettled)
        {
            throw new WorkbenchException($"the board does not come to rest: visor {facts?.VisorState}, update phase \"{facts?.Phase}\"", $"its console: {board.Board.Console}");
        }

        var shell = await board.ShellAsync(cancellationToken);
        await shell.RunAsync("systemctl is-system-running --wait; sync", cancellationToken);
        await board.CloseAsync();
        await Rest.SaveAsync(board.Board, cancellationToken);
    }

    /// <summary>An operator's own configuration, which wins over the one made of the settings: a short trial, the check's feed, nothing by itself.</summary>
    public static Task SetUpdatesAsync(OtaBoard board, CancellationToken cancellationToken) => SetUpdatesAsync(board, _ => { }, cancellationToken);

    /// <summary>The same with more changes.</summary>
    public static async Task SetUpdatesAsync(OtaBoard board, Action<JsonObject> change, CancellationToken cancellationToken)
    {
        var shell = await board.ShellAsync(cancellationToken);
        var config = JsonNode.Parse(await shell.RequireAsync("cat /run/skyminer/skywire.json", cancellationToken))!.AsObject();
        config["update"] = new JsonObject
        {
            ["channel"] = BundleShelf.Channel,
            ["feed"] = $"http://{QemuArguments.FeedAddress(board.Board)}/{BundleShelf.Channel}.json",
            ["automatic"] = false,
            ["trial"] = Trial,
        };
        change(config);
        var text = Convert.ToBase64String(Encoding.UTF8.GetBytes(config.ToJsonString()));
        await shell.RequireAsync($"echo {text} | base64 -d | install -o skywire -g skywire -m 640 /dev/stdin /var/lib/skywire/skywire.json && systemctl restart skyminer-settings && systemctl restart skywire", cancellationToken);
    }
}
