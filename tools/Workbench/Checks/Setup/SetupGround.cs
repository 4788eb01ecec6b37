// What check setup does inside the board: simulated radios, a phone, a neighbour, questions asked by way of the phone.
using System.Globalization;
using System.Text;
using System.Text.Json;
using Skywire.Workbench.Emulation;

namespace Skywire.Workbench.Checks.Setup;

/// <summary>The board and what stands around it.</summary>
internal sealed class SetupGround(BoardShell shell)
{
    private const string Folder = "/run/check";
    private const string Script = Folder + "/setup-ground.sh";
    private const string WifiFolder = "/run/skyminer-wifi";

    /// <summary>Port of the board's loopback that leads to the page by way of the phone.</summary>
    public const int RelayPort = 8097;

    /// <summary>Copies what is needed into the board. <paramref name="program"/> takes the place of its skywire for every unit; null keeps it.</summary>
    public async Task PrepareAsync(string? program, CancellationToken cancellationToken)
    {
        await shell.RequireAsync($"mountpoint -q {Folder} || {{ mkdir -p {Folder} && mount -t tmpfs -o mode=755,size=256m check {Folder}; }}", cancellationToken);
        await WriteAsync(Script, Text(), "755", cancellationToken);
        if (program is not null)
        {
            await shell.CopyAsync(program, Folder + "/skywire", cancellationToken);
            await shell.RequireAsync($"chmod 755 {Folder}/skywire && mount --bind {Folder}/skywire /usr/bin/skywire && systemctl restart skyminer-settings skyminer-board skywire", cancellationToken);
        }

        await DoAsync("air", cancellationToken);
    }

    /// <summary>Starts the board's wifi service as if these wires were not there.</summary>
    public Task OfferAsync(IEnumerable<string> ignoredWires, CancellationToken cancellationToken) => DoAsync("offer " + string.Join(' ', ignoredWires), cancellationToken);

    /// <summary>Lets the neighbour be a board of a mesh.</summary>
    public async Task NeighbourAsync(string meshName, string airPassphrase, CancellationToken cancellationToken)
    {
        await WriteAsync($"{Folder}/neighbour.conf", $$"""
            ctrl_interface={{Folder}}/ctrl-neighbour
            update_config=0
            user_mpm=1
            p2p_disabled=1
            sae_pwe=2
            network={
            ssid="{{meshName}}"
            mode=5
            frequency=2437
            beacon_int=200
            key_mgmt=SAE
            ieee80211w=2
            sae_password="{{airPassphrase}}"
            }

            """, "600", cancellationToken);
        await DoAsync("supplicant neighbour", cancellationToken);
    }

    /// <summary>Lets the phone try a network with a code.</summary>
    public async Task PhoneAsync(string network, string code, CancellationToken cancellationToken)
    {
        await WriteAsync($"{Folder}/phone.conf", $$"""
            ctrl_interface={{Folder}}/ctrl-phone
            update_config=0
            p2p_disabled=1
            network={
            ssid="{{network}}"
            psk="{{code}}"
            key_mgmt=WPA-PSK
            }

            """, "600", cancellationToken);
        await DoAsync("supplicant phone", cancellationToken);
    }

    /// <summary>The word of the phone's or the neighbour's wpa_supplicant: COMPLETED once it is on; "" while it does not answer.</summary>
    public async Task<string> StateAsync(string name, CancellationToken cancellationToken) => (await RunAsync("state " + name, cancellationToken)).Output.Trim();

    /// <summary>How often the phone's wpa_supplicant said that the code is wrong, or was put off for it.</summary>
    public async Task<int> RefusalsAsync(CancellationToken cancellationToken)
        => int.TryParse((await shell.RunAsync($"grep -c -E 'WRONG_KEY|4-Way Handshake failed' {Folder}/phone.log", cancellationToken)).Output.Trim(), CultureInfo.InvariantCulture, out var count) ? count : 0;

    /// <summary>Gives the phone an address in the setup network.</summary>
    public Task AddressAsync(CancellationToken cancellationToken) => DoAsync("address phone 10.77.0.77/24", cancellationToken);

    /// <summary>The board hands out addresses.</summary>
    public async Task<bool> HasDhcpAsync(CancellationToken cancellationToken) => (await RunAsync("dhcp", cancellationToken)).Output.Trim() is not ("" or "0");

    /// <summary>The address of a name as the phone is told.</summary>
    public async Task<string> AskNameAsync(CancellationToken cancellationToken) => (await RunAsync("ask-name", cancellationToken)).Output.Trim();

    /// <summary>Status and place of the page's answer to the phone: "302 http://10.77.0.1/".</summary>
    public async Task<string> AskPageAsync(string host, string path, CancellationToken cancellationToken)
        => string.Join(' ', (await RunAsync($"ask-page {host} {path}", cancellationToken)).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));

    /// <summary>Leads a port of this machine through the phone to the page.</summary>
    public async Task RelayAsync(int here, CancellationToken cancellationToken)
    {
        await DoAsync(string.Create(CultureInfo.InvariantCulture, $"relay {RelayPort}"), cancellationToken);
        await shell.ForwardAsync(here, RelayPort, cancellationToken);
    }

    /// <summary>A file of the wifi service as JSON; null when there is none, or it is being written.</summary>
    public async Task<JsonElement?> ReadAsync(string name, CancellationToken cancellationToken)
    {
        var result = await shell.RunAsync($"cat {WifiFolder}/{name}", cancellationToken);
        try
        {
            return result.Ok ? JsonDocument.Parse(result.Output).RootElement : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>What the neighbour's kernel says of the boards it is linked to.</summary>
    public async Task<string> StationAsync(CancellationToken cancellationToken) => (await RunAsync("station", cancellationToken)).Output;

    /// <summary>How often a secret stands in the board's journal.</summary>
    public async Task<int> SecretInJournalAsync(string secret, CancellationToken cancellationToken)
    {
        var result = await shell.RunAsync($"echo {Convert.ToBase64String(Encoding.UTF8.GetBytes(secret))} | base64 -d | bash {Script} secret-in-journal", cancellationToken);
        return int.TryParse(result.Output.Trim(), CultureInfo.InvariantCulture, out var count) ? count : -1;
    }

    /// <summary>Text of a file of the board; "" when there is none.</summary>
    public async Task<string> TextAsync(string file, CancellationToken cancellationToken) => await shell.RunAsync($"cat {file}", cancellationToken) is { Ok: true } result ? result.Output : "";

    private static string Text()
    {
        using var reader = new StreamReader(typeof(SetupGround).Assembly.GetManifestResourceStream("setup-ground.sh")!);
        return reader.ReadToEnd();
    }

    private Task<ShellResult> RunAsync(string command, CancellationToken cancellationToken) => shell.RunAsync($"bash {Script} {command}", cancellationToken);

    private Task<string> DoAsync(string command, CancellationToken cancellationToken) => shell.RequireAsync($"bash {Script} {command}", cancellationToken);

    private Task<string> WriteAsync(string file, string text, string mode, CancellationToken cancellationToken)
        => shell.RequireAsync($"echo {Convert.ToBase64String(Encoding.UTF8.GetBytes(text))} | base64 -d | install -D -m {mode} /dev/stdin {file}", cancellationToken);
}
