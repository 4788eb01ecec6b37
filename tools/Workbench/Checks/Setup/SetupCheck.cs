// The setup access point as its owner meets it: a board without settings and cable, a phone that scans the code, the page in a real browser, and the board in the mesh.
using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Skywire.Boards.Settings;
using Skywire.Browser;
using Skywire.Workbench.Emulation;

namespace Skywire.Workbench.Checks.Setup;

/// <summary><c>check setup</c>. <paramref name="program"/> takes the place of the image's skywire; null keeps it.</summary>
internal sealed class SetupCheck(FleetPlan plan, string image, string? program, CheckProgress progress) : IAsyncDisposable
{
    private const string MeshName = "check-setup";
    private const string Page = "http://10.77.0.1/";

    // The service waits 40 s for a cable; an emulated board takes long to start it, and wpa_supplicant.
    private static readonly TimeSpan OfferLimit = TimeSpan.FromMinutes(4);
    private static readonly TimeSpan ConsoleLimit = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan LedLimit = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan PhoneLimit = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan JoinLimit = TimeSpan.FromMinutes(4);

    // A wrong code is tried for so long: wpa_supplicant puts a network off for ten seconds after each refusal.
    private static readonly TimeSpan WrongCodeTime = TimeSpan.FromSeconds(30);

    // What Android, Apple, Windows and Firefox ask for.
    private static readonly (string Host, string Path)[] CaptiveQuestions =
    [
        ("connectivitycheck.gstatic.com", "/generate_204"), ("captive.apple.com", "/hotspot-detect.html"), ("www.msftconnecttest.com", "/connecttest.txt"), ("detectportal.firefox.com", "/canonical.html"),
    ];

    private readonly EmulatedFleet _fleet = new(plan);
    private readonly List<string> _failures = [];
    private readonly SetupCheckReport _report = new() { Image = Path.GetFileName(image), MachineLoad = BoardWatch.MachineLoad() };
    private readonly string _passphrase = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(12));

    private EmulatedBoard Board => plan.Boards[0];

    // A port beside the board's own, as in check box.
    private int ProxyPort => Board.PagePort + 50;

    /// <summary>Folder of the pictures.</summary>
    public static string Folder => Path.Combine(Checkout.State, "check-setup");

    /// <summary>Runs all of it.</summary>
    public async Task<SetupCheckReport> RunAsync(CancellationToken cancellationToken)
    {
        var key = await BoardShell.EnsureKeyAsync(plan, cancellationToken);
        // No mesh passphrase, no country: as the card comes, but for a way to look in.
        await EmulatedFleet.MakeCardAsync(Board, image, BoardSettings.Text([("ssh_key", key)]), cancellationToken);
        var watch = await _fleet.PowerOnAsync(Board, cancellationToken);
        await using var shell = await progress.StepAsync("the board is up", () => _fleet.LookIntoAsync(Board, watch, cancellationToken));
        await shell.RunAsync("systemctl is-system-running --wait", cancellationToken);
        var ground = new SetupGround(shell);
        try
        {
            await progress.StepAsync("radios, a phone, a neighbour in a mesh", () => AirAsync(ground, cancellationToken));
            if (await progress.StepAsync("offered, with the code on the console", () => OfferAsync(ground, watch, cancellationToken)) is { } offer)
            {
                await progress.StepAsync("the LEDs say so", () => LedsAsync(shell, cancellationToken));
                await progress.StepAsync("a wrong code stays out, the right one is let in", () => PhoneAsync(ground, offer, cancellationToken));
                await progress.StepAsync("names and pages lead to the setup page", () => CaptiveAsync(ground, cancellationToken));
                var pressed = await progress.StepAsync("the page is filled in by a browser", () => PageAsync(ground, cancellationToken));
                await progress.StepAsync("closed, and joined by SAE", () => JoinAsync(ground, pressed, cancellationToken));
                await progress.StepAsync("settings on the card, secrets nowhere else", () => SecretsAsync(ground, watch, offer.Code, cancellationToken));
            }
        }
        catch (Exception e) when (e is WorkbenchException or BrowserException)
        {
            _failures.Add(e.Message);
        }

        _report.Failures = _failures;
        _report.Ok = _failures.Count == 0;
        return _report;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _fleet.DisposeAsync();

    private async Task AirAsync(SetupGround ground, CancellationToken cancellationToken)
    {
        await ground.PrepareAsync(program, cancellationToken);
        await ground.NeighbourAsync(MeshName, AirPassphrase(), cancellationToken);
        Require(await BoardWatch.UntilAsync(async () => await ground.StateAsync("neighbour", cancellationToken) == "COMPLETED", PhoneLimit, cancellationToken) is not null, "the neighbour's mesh did not begin");
    }

    private async Task<(string Network, string Code)?> OfferAsync(SetupGround ground, ConsoleWatch watch, CancellationToken cancellationToken)
    {
        await ground.OfferAsync([QemuArguments.UplinkInterface, QemuArguments.WireInterface], cancellationToken);
        JsonElement? setup = null;
        JsonElement? radio = null;
        var offered = await BoardWatch.UntilAsync(
            async () =>
            {
                var status = await ground.ReadAsync("status.json", cancellationToken);
                setup = Member(status, "setup");
                radio = Member(status, "radios") is { ValueKind: JsonValueKind.Array } radios && radios.GetArrayLength() > 0 ? radios[0] : null;
                return Word(setup, "phase") == "open" && Word(radio, "role") == "setup" && Word(radio, "state") == "setup";
            },
            OfferLimit,
            cancellationToken);
        _report.OfferedS = Seconds(offered);
        if (!Require(offered is not null, $"no setup access point: {setup?.GetRawText() ?? "the wifi service tells nothing of it"}; its radio: {Word(radio, "state")} {Word(radio, "reason")}"))
        {
            return null;
        }

        var console = await ground.ReadAsync("setup.json", cancellationToken);
        var (network, code) = (Word(console, "name"), Word(console, "code"));
        _report.Network = network;
        if (!Require(network.Length > 0 && code.Length > 0, "setup.json has no name and code for the console"))
        {
            return null;
        }

        var shown = await BoardWatch.UntilAsync(
            () =>
            {
                watch.Read();
                return Task.FromResult(watch.Text.Contains(code, StringComparison.Ordinal) && watch.Text.Contains(network, StringComparison.Ordinal));
            },
            ConsoleLimit,
            cancellationToken);
        _report.CodeOnConsoleS = Seconds(shown);
        Require(shown is not null, "the console does not show network and code");
        Require(!(await ground.TextAsync("/run/skyminer-wifi/status.json", cancellationToken)).Contains(code, StringComparison.Ordinal), "the code stands in status.json, which everybody may read");
        return (network, code);
    }

    private async Task LedsAsync(BoardShell shell, CancellationToken cancellationToken)
    {
        const string when = "the setup access point is open";
        await BoardWatch.UntilShownAsync(shell, ["no_link"], LedLimit, when, _failures, cancellationToken);
        await new LedCheck(BoardLed.Load(Board.Machine), _report.Leds, _failures).LookAsync(shell, BoardLed.Setup, when, cancellationToken);
    }

    private async Task PhoneAsync(SetupGround ground, (string Network, string Code) offer, CancellationToken cancellationToken)
    {
        // One character off.
        var wrong = offer.Code[..^1] + (offer.Code[^1] == '2' ? '3' : '2');
        await ground.PhoneAsync(offer.Network, wrong, cancellationToken);
        var gotIn = await BoardWatch.UntilAsync(async () => await ground.StateAsync("phone", cancellationToken) == "COMPLETED", WrongCodeTime, cancellationToken);
        _report.WrongCodeRefusals = await ground.RefusalsAsync(cancellationToken);
        // Kept out is only who has tried.
        _report.WrongCodeKeptOut = gotIn is null && _report.WrongCodeRefusals > 0;
        Require(_report.WrongCodeKeptOut, gotIn is null ? "a phone with a wrong code was not refused: did it try?" : "a phone with a wrong code is on the setup network");

        await ground.PhoneAsync(offer.Network, offer.Code, cancellationToken);
        var on = await BoardWatch.UntilAsync(async () => await ground.StateAsync("phone", cancellationToken) == "COMPLETED", PhoneLimit, cancellationToken);
        _report.PhoneOnS = Seconds(on);
        if (Require(on is not null, "the phone is not on the setup network with the right code"))
        {
            await ground.AddressAsync(cancellationToken);
        }
    }

    private async Task CaptiveAsync(SetupGround ground, CancellationToken cancellationToken)
    {
        _report.HandsOutAddresses = await BoardWatch.UntilAsync(() => ground.HasDhcpAsync(cancellationToken), PhoneLimit, cancellationToken) is not null;
        Require(_report.HandsOutAddresses, "nobody hands out addresses in the setup network");
        var isNamed = await BoardWatch.UntilAsync(async () => (_report.NameLeadsTo = await ground.AskNameAsync(cancellationToken)) == "10.77.0.1", PhoneLimit, cancellationToken);
        Require(isNamed is not null, $"captive.apple.com leads to \"{_report.NameLeadsTo}\", not to the page");
        foreach (var (host, path) in CaptiveQuestions)
        {
            var answer = await ground.AskPageAsync(host, path, cancellationToken);
            _report.Captive.Add(new CaptiveAnswer(host + path, answer, answer == "302 " + Page));
            Require(answer == "302 " + Page, $"{host}{path} is answered with \"{answer}\"");
        }
    }

    // The browser's proxy is the phone: what it asks for goes over the air.
    private async Task<Stopwatch> PageAsync(SetupGround ground, CancellationToken cancellationToken)
    {
        await ground.RelayAsync(ProxyPort, cancellationToken);
        await using var tab = await BrowserTab.StartAsync(
            BrowserOptions.Default with { Proxy = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{ProxyPort}"), RunsScripts = false },
            cancellationToken);
        await tab.ResizeAsync(360, 740, isMobile: true, cancellationToken);
        await tab.OpenAsync($"http://{CaptiveQuestions[0].Host}{CaptiveQuestions[0].Path}", cancellationToken);
        var address = (await tab.EvaluateAsync("location.href", cancellationToken))!.GetValue<string>();
        Require(address == Page, $"the browser ended at {address}");
        _report.MeshesOffered = (await tab.EvaluateAsync("[...document.querySelectorAll('.choice strong')].map(e => e.textContent).join(', ')", cancellationToken))!.GetValue<string>();
        await PictureAsync(tab, "1-page", cancellationToken);

        var isHeard = Require(_report.MeshesOffered.Split(", ").Contains(MeshName), $"the page offers \"{_report.MeshesOffered}\", not the mesh within reach");
        await tab.FillAsync("#country", "DE", cancellationToken);
        await tab.FillAsync("#name", "attic", cancellationToken);
        await tab.ClickAsync(isHeard ? $"input[value='join:{MeshName}']" : "#mesh-new", cancellationToken);
        if (!isHeard)
        {
            await tab.FillAsync("#mesh_name", MeshName, cancellationToken);
        }

        await tab.FillAsync("#passphrase", "short", cancellationToken);
        await tab.LoadAsync(() => tab.ClickAsync("button", cancellationToken), cancellationToken);
        _report.WrongInputSaid = await tab.TextAsync("#error-passphrase", cancellationToken);
        await PictureAsync(tab, "2-wrong", cancellationToken);

        await tab.FillAsync("#passphrase", _passphrase, cancellationToken);
        var pressed = Stopwatch.StartNew();
        await tab.LoadAsync(() => tab.ClickAsync("button", cancellationToken), cancellationToken);
        _report.DoneSaid = await tab.TextAsync("h1", cancellationToken);
        Require(_report.DoneSaid.Contains("Done", StringComparison.Ordinal), $"after the answers the page says \"{_report.DoneSaid}\"");
        await PictureAsync(tab, "3-done", cancellationToken);
        return pressed;
    }

    private async Task JoinAsync(SetupGround ground, Stopwatch pressed, CancellationToken cancellationToken)
    {
        JsonElement? status = null;
        var closed = await BoardWatch.UntilAsync(
            async () => Word(Member(status = await ground.ReadAsync("status.json", cancellationToken), "setup"), "phase") == "closed",
            JoinLimit,
            cancellationToken);
        _report.ClosedS = closed is null ? null : Seconds(pressed.Elapsed.TotalSeconds);
        _report.ClosedReason = Word(Member(status, "setup"), "reason");
        Require(_report.ClosedReason == "settings are in force", $"the setup access point is \"{Word(Member(status, "setup"), "phase")}\": {_report.ClosedReason}");

        var joined = await BoardWatch.UntilAsync(
            async () => Word(status = await ground.ReadAsync("status.json", cancellationToken), "state") is "joined" or "weak" && Word(status, "mesh_name") == MeshName,
            JoinLimit,
            cancellationToken);
        _report.JoinedS = joined is null ? null : Seconds(pressed.Elapsed.TotalSeconds);
        Require(joined is not null, $"the board is not linked to the mesh: {Word(status, "state")}, {Word(status, "reason")}");
        var station = await ground.StationAsync(cancellationToken);
        _report.JoinedBySae = Says(station, "mesh plink:", "ESTAB") && Says(station, "authorized:", "yes") && Says(station, "MFP:", "yes");
        Require(_report.JoinedBySae, $"the neighbour's kernel does not say that the board is authorized: {station.Trim()}");
    }

    private async Task SecretsAsync(SetupGround ground, ConsoleWatch watch, string code, CancellationToken cancellationToken)
    {
        var card = await ground.TextAsync("/boot/firmware/" + BoardSettings.Name, cancellationToken);
        _report.SettingsOnCard = Says(card, "name", "attic") && Says(card, "wifi_country", "DE") && Says(card, "mesh_name", MeshName) && Says(card, "mesh_passphrase", _passphrase);
        Require(_report.SettingsOnCard, "skyminer.conf on the card does not hold what was given on the page");
        Require((await ground.TextAsync("/run/skyminer-wifi/setup.json", cancellationToken)).Length == 0, "setup.json still holds a code");
        Require((await ground.TextAsync("/run/skyminer-wifi/settings-order", cancellationToken)).Length == 0, "the order with the passphrase still lies there");
        var isGone = await BoardWatch.UntilAsync(async () => !(await ground.TextAsync("/etc/issue", cancellationToken)).Contains(code, StringComparison.Ordinal), ConsoleLimit, cancellationToken);
        Require(isGone is not null, "the console still shows the code");
        watch.Read();
        _report.SecretsInJournal = await ground.SecretInJournalAsync(code, cancellationToken) + await ground.SecretInJournalAsync(_passphrase, cancellationToken) + await ground.SecretInJournalAsync(AirPassphrase(), cancellationToken);
        Require(_report.SecretsInJournal == 0, string.Create(CultureInfo.InvariantCulture, $"code or passphrases stand in the journal {_report.SecretsInJournal} times"));
    }

    // As a board derives it (docs/wifi.md), so that the neighbour knows it before the board does.
    private string AirPassphrase()
        => Convert.ToHexStringLower(HMACSHA256.HashData(BoxPassphrase.Derive(_passphrase, MeshName), "skyminer wifi"u8).AsSpan(0, 16));

    private async Task PictureAsync(BrowserTab tab, string name, CancellationToken cancellationToken)
    {
        var path = Path.Combine(Folder, name + ".png");
        await tab.ScreenshotAsync(path, cancellationToken);
        _report.Pictures.Add(path);
    }

    private bool Require(bool holds, string otherwise)
    {
        if (!holds)
        {
            _failures.Add(otherwise);
        }

        return holds;
    }

    private static bool Says(string text, string label, string value)
        => text.Split('\n').Any(l => l.Trim() is var line && line.StartsWith(label, StringComparison.Ordinal) && line[label.Length..].Trim(' ', '\t', '=', '"') == value);

    private static JsonElement? Member(JsonElement? parent, string name) => parent is { ValueKind: JsonValueKind.Object } p && p.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    private static string Word(JsonElement? parent, string name) => Member(parent, name) is { ValueKind: JsonValueKind.String } word ? word.GetString()! : "";

    private static double? Seconds(double? seconds) => seconds is { } s ? Math.Round(s, 1) : null;
}
