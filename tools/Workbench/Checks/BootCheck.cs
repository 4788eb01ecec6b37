// The image as a person meets it: power on, joined, LEDs that tell the truth, a second start that remembers, a settings file with mistakes.
using System.Text.Json;
using Skywire.Workbench.Emulation;

namespace Skywire.Workbench.Checks;

/// <summary><c>check boot qemu-virt</c>: the board under test, and a neighbour on its wire so that there is something to join.</summary>
internal sealed class BootCheck(FleetPlan plan, string image, bool shortCheck, CheckProgress progress) : IAsyncDisposable
{
    // Generous: other work on the machine stretches an emulated board's time; the figures tell how long it took.
    private static readonly TimeSpan StateLimit = TimeSpan.FromMinutes(4);

    // A link whose cable is out is noticed by three pings, half a minute apart, that stay unanswered.
    private static readonly TimeSpan ChangeLimit = TimeSpan.FromMinutes(3);

    // Looked at within the board's own patience with a silent visor, 10 s, of which asking and answering take some.
    private const int BootingSeconds = 4;

    private const int MostLooks = 3;

    // Each line is a mistake of its own kind: an unknown key, a value outside its list, a country that is none, an address that is none.
    private static readonly (string Key, string Value)[] Mistakes = [("mesh_nam", "attic"), ("network", "sometimes"), ("wifi_country", "Germany"), ("dns", "nine.nine")];

    private readonly EmulatedFleet _fleet = new(plan);
    private readonly List<string> _failures = [];
    private readonly BootReport _report = new() { Image = Path.GetFileName(image), MachineLoad = BoardWatch.MachineLoad(), MemoryMb = plan.Boards[0].MemoryMb };
    private readonly string _passphrase = Convert.ToHexStringLower(System.Security.Cryptography.RandomNumberGenerator.GetBytes(12));

    private EmulatedBoard Board => plan.Boards[0];

    private EmulatedBoard Neighbour => plan.Boards[1];

    /// <summary>Runs all of it.</summary>
    public async Task<BootReport> RunAsync(CancellationToken cancellationToken)
    {
        var key = await BoardShell.EnsureKeyAsync(plan, cancellationToken);
        (string, string)[] common = [("ssh_key", key), ("mesh_name", "check"), ("mesh_passphrase", _passphrase)];
        await EmulatedFleet.MakeCardAsync(Neighbour, image, BoardSettings.Text([.. common, ("name", "neighbour")]), cancellationToken);
        var settings = BoardSettings.Text([.. common, ("name", "tested")]);
        await EmulatedFleet.MakeCardAsync(Board, image, settings, cancellationToken);
        var leds = BoardLed.Load(Board.Machine);

        await progress.StepAsync("a neighbour is up", () => NeighbourAsync(cancellationToken));
        var identity = await progress.StepAsync("first start", () => FirstAsync(new LedCheck(leds, _report.Leds, _failures), cancellationToken));
        if (!shortCheck)
        {
            await progress.StepAsync("second start", () => SecondAsync(identity, settings, cancellationToken));
            await progress.StepAsync("start with a broken skyminer.conf", () => BrokenAsync(key, new LedCheck(leds, _report.Leds, _failures), cancellationToken));
        }

        _report.Failures = _failures;
        _report.Ok = _failures.Count == 0;
        return _report;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _fleet.DisposeAsync();

    private async Task NeighbourAsync(CancellationToken cancellationToken)
    {
        var watch = await _fleet.PowerOnAsync(Neighbour, cancellationToken);
        await using var shell = await _fleet.LookIntoAsync(Neighbour, watch, cancellationToken);
        // Alone on the wire it serves, and has no link: that is as far as it gets.
        await BoardWatch.UntilShownAsync(shell, ["no_link", "linked", "joined"], StateLimit, "the neighbour", _failures, cancellationToken);
    }

    private async Task<string> FirstAsync(LedCheck leds, CancellationToken cancellationToken)
    {
        var watch = await _fleet.PowerOnAsync(Board, cancellationToken);
        var shell = await _fleet.LookIntoAsync(Board, watch, cancellationToken);
        await using var closing = shell;
        await BoardWatch.UntilShownAsync(shell, ["joined", "traffic"], StateLimit, "first start", _failures, cancellationToken);
        var joinedAt = watch.Seconds;
        // What starts late (timers, the good-boot mark) is waited for: failed units count only then.
        await shell.RunAsync("systemctl is-system-running --wait", cancellationToken);
        await leds.LookAsync(shell, (await BoardWatch.ShownAsync(shell, cancellationToken)).State, "joined to the neighbour", cancellationToken);
        var facts = await BoardWatch.FactsAsync(shell, cancellationToken);
        watch.Read();
        _report.First = BoardWatch.Figures(watch.Log, facts, joinedAt);
        BoardWatch.Judge("first start", _report.First, _failures);
        var identity = await IdentityAsync(shell, cancellationToken);
        if (!shortCheck)
        {
            await StatesAsync(leds, shell, cancellationToken);
        }
        else
        {
            await StoppedAsync(leds, shell, cancellationToken);
        }

        if (!await EmulatedFleet.ShutDownAsync(Board, shell, cancellationToken))
        {
            _failures.Add("first start: the board did not switch itself off when told to");
        }

        return identity;
    }

    // Every state that can be brought about on purpose.
    private async Task StatesAsync(LedCheck leds, BoardShell shell, CancellationToken cancellationToken)
    {
        await shell.RequireAsync("touch /run/skyminer/updating", cancellationToken);
        await ShowsAsync(leds, shell, ["updating"], "an update's mark is there", cancellationToken);
        await shell.RequireAsync("rm /run/skyminer/updating", cancellationToken);

        await StoppedAsync(leds, shell, cancellationToken);
        await shell.RequireAsync("systemctl start skywire", cancellationToken);
        await BoardWatch.UntilShownAsync(shell, ["joined", "traffic"], StateLimit, "after the visor was started again", _failures, cancellationToken);

        await QemuControl.SetCableAsync(Board, QemuArguments.WireId, isIn: false, cancellationToken);
        await ShowsAsync(leds, shell, ["no_link", "linked"], "the wire's cable is out", cancellationToken);
        await QemuControl.SetCableAsync(Board, QemuArguments.WireId, isIn: true, cancellationToken);
        await BoardWatch.UntilShownAsync(shell, ["joined", "traffic"], StateLimit, "after the cable was put back", _failures, cancellationToken);

        // Whoever sets the LEDs dies: they must not go on showing what was true before.
        await shell.RequireAsync("systemctl stop skyminer-board", cancellationToken);
        await leds.LookAsync(shell, "failed", "the board service is stopped", cancellationToken);
        await shell.RequireAsync("systemctl start skyminer-board", cancellationToken);
    }

    private async Task StoppedAsync(LedCheck leds, BoardShell shell, CancellationToken cancellationToken)
    {
        // For ten seconds the board takes it for a visor that starts again, then for one that failed.
        await shell.RequireAsync("systemctl stop skywire", cancellationToken);
        if (await BoardWatch.UntilShownAsync(shell, ["booting", "failed"], ChangeLimit, "the visor is stopped", _failures, cancellationToken) == "booting")
        {
            await leds.LookAsync(shell, "booting", "the visor is silent", BootingSeconds, cancellationToken);
        }

        await ShowsAsync(leds, shell, ["failed"], "the visor is stopped", cancellationToken);
    }

    private async Task ShowsAsync(LedCheck leds, BoardShell shell, string[] states, string how, CancellationToken cancellationToken)
    {
        // A board that goes on to another state while it is looked at is looked at again.
        for (var look = 1; look <= MostLooks; look++)
        {
            var state = await BoardWatch.UntilShownAsync(shell, states, ChangeLimit, how, _failures, cancellationToken);
            if (await leds.LookAsync(shell, state, how, async () => look == MostLooks || (await BoardWatch.ShownAsync(shell, cancellationToken)).State == state, cancellationToken))
            {
                return;
            }
        }
    }

    private async Task SecondAsync(string identity, string settings, CancellationToken cancellationToken)
    {
        var watch = await _fleet.PowerOnAsync(Board, cancellationToken);
        await using var shell = await _fleet.LookIntoAsync(Board, watch, cancellationToken);
        await BoardWatch.UntilShownAsync(shell, ["joined", "traffic"], StateLimit, "second start", _failures, cancellationToken);
        var joinedAt = watch.Seconds;
        await shell.RunAsync("systemctl is-system-running --wait", cancellationToken);
        var facts = await BoardWatch.FactsAsync(shell, cancellationToken);
        _report.Second = BoardWatch.Figures(watch.Log, facts, joinedAt);
        BoardWatch.Judge("second start", _report.Second, _failures);
        var now = Lines(await IdentityAsync(shell, cancellationToken));
        var before = Lines(identity);
        _report.Kept = [.. before.Where(b => now.TryGetValue(b.Key, out var value) && value == b.Value && value.Length > 0).Select(b => b.Key)];
        foreach (var lost in before.Keys.Except(_report.Kept))
        {
            _failures.Add($"second start: {lost} was \"{before[lost]}\" and is \"{now.GetValueOrDefault(lost)}\"");
        }

        if (await new Card(Board.Card).ReadAsync(BoardSettings.Name, cancellationToken) != settings)
        {
            _failures.Add("second start: skyminer.conf on the card is not what was written");
        }

        await EmulatedFleet.ShutDownAsync(Board, shell, cancellationToken);
    }

    private async Task BrokenAsync(string key, LedCheck leds, CancellationToken cancellationToken)
    {
        var card = new Card(Board.Card);
        await card.WriteAsync(BoardSettings.Name, BoardSettings.Text([("ssh_key", key), .. Mistakes]) + "this line has no equals sign\n", cancellationToken);
        var watch = await _fleet.PowerOnAsync(Board, cancellationToken);
        await using var shell = await _fleet.LookIntoAsync(Board, watch, cancellationToken);
        var state = await BoardWatch.UntilShownAsync(shell, ["attention"], StateLimit, "with a broken skyminer.conf", _failures, cancellationToken);
        await shell.RunAsync("systemctl is-system-running --wait", cancellationToken);
        await leds.LookAsync(shell, state, "skyminer.conf is broken", cancellationToken);
        var facts = await BoardWatch.FactsAsync(shell, cancellationToken);
        await EmulatedFleet.ShutDownAsync(Board, shell, cancellationToken);

        var text = await card.ReadAsync(BoardSettings.ErrorsName, cancellationToken) ?? "";
        // The comment is line 1, the key line 2, the mistakes follow.
        var wanted = Enumerable.Range(3, Mistakes.Length + 1).Select(line => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"line {line}:")).ToList();
        var explained = wanted.Where(w => text.Contains(w, StringComparison.Ordinal)).ToList();
        _report.Broken = new BrokenSettings(facts.System.Length > 0, facts.VisorState == "active", true, state, text, explained, [.. wanted.Except(explained)]);
        if (facts.VisorState != "active")
        {
            _failures.Add($"with a broken skyminer.conf the visor is {facts.VisorState}");
        }

        if (explained.Count != wanted.Count)
        {
            _failures.Add($"skyminer-errors.txt says nothing about {string.Join(", ", wanted.Except(explained))}: {text}");
        }

        if (facts.FailedUnits.Count > 0)
        {
            _failures.Add($"with a broken skyminer.conf units failed: {string.Join(", ", facts.FailedUnits)}");
        }
    }

    // What makes the board this board. The visor's key is compared by its public half, the page's password by its hash.
    private static Task<string> IdentityAsync(BoardShell shell, CancellationToken cancellationToken) => shell.RequireAsync(string.Join("; ",
        "echo \"visor key=$(skywire status --json | grep -o '\"public_key\":\"[0-9a-f]*\"' | head -1)\"",
        "echo \"ssh host key=$(cut -d' ' -f2 /data/ssh/ssh_host_ed25519_key.pub)\"",
        "echo \"machine id=$(cat /etc/machine-id)\"",
        "echo \"host name=$(hostname)\"",
        "echo \"box secret=$(sha256sum </var/lib/skywire/box.secret)\"",
        "echo \"page password=$(grep -o '\"password_hash\": *\"[^\"]*\"' /run/skyminer/skywire.json | sha256sum)\""), cancellationToken);

    private static Dictionary<string, string> Lines(string text) => text.Split('\n').Select(l => l.Split('=', 2)).Where(p => p.Length == 2).ToDictionary(p => p[0], p => p[1].Trim(), StringComparer.Ordinal);
}
