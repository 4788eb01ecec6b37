// What is done inside the board: radios, namespaces, services. Each call is one command over the connection that is open.
using System.Globalization;
using System.Text;
using Skywire.Workbench.Emulation;

namespace Skywire.Workbench.Checks.Wifi;

/// <summary>The ground that nodes stand on. Not for several callers at once.</summary>
internal sealed class WifiGround(BoardShell shell)
{
    /// <summary>Country of the nodes: its rules open channels 1 to 13.</summary>
    public const string Country = "DE";

    // Of the air between nodes of one check, which no one else hears.
    private const string Passphrase = "simulated radios of a check";
    private const string OtherPassphrase = "simulated radios of another";
    private const string Ground = $"bash {WifiNode.CheckFolder}/ground.sh";

    private string _program = "";
    private string _service = "";
    private string _supplicant = "";

    /// <summary>The connection.</summary>
    public BoardShell Shell => shell;

    /// <summary>The program inside the board that visors are started with.</summary>
    public string Program => _program;

    /// <summary>Copies what is needed into the board and makes it ready for radios. <paramref name="program"/> replaces the image's skywire; null keeps it.</summary>
    public async Task PrepareAsync(string radioLab, string? program, CancellationToken cancellationToken)
    {
        // A folder of its own: programs can be executed in it whatever becomes of /run, and it is gone with the board.
        await shell.RequireAsync($"mountpoint -q {WifiNode.CheckFolder} || {{ mkdir -p {WifiNode.CheckFolder} && mount -t tmpfs -o mode=755,size=512m check {WifiNode.CheckFolder}; }}", cancellationToken);
        await WriteAsync($"{WifiNode.CheckFolder}/ground.sh", Script(), "755", cancellationToken);
        await shell.CopyAsync(radioLab, $"{WifiNode.CheckFolder}/radiolab", cancellationToken);
        _program = "/usr/bin/skywire";
        if (program is not null)
        {
            _program = $"{WifiNode.CheckFolder}/skywire";
            await shell.CopyAsync(program, _program, cancellationToken);
            await shell.RequireAsync($"chmod 755 {_program}", cancellationToken);
        }

        await DoAsync("prepare", cancellationToken);
        (_service, _supplicant) = (await UnitAsync(NodeUnits.Service, program, cancellationToken), await UnitAsync(NodeUnits.Supplicant, program, cancellationToken));
    }

    /// <summary>Makes nodes with a radio of these types each, and starts nothing. One command: the board is slow to begin any.</summary>
    public Task MakeAsync(IEnumerable<WifiNode> nodes, string types, int mask, CancellationToken cancellationToken)
    {
        var all = nodes.ToList();
        var script = new StringBuilder("set -e\n");
        foreach (var node in all)
        {
            script.Append(CultureInfo.InvariantCulture, $"{Ground} node-make {node.Number}\n");
            script.Append(Write($"/run/systemd/system/{node.Service}.service", NodeUnits.ServiceOf(node, _service, _program), "644"));
            script.Append(Write($"/run/systemd/system/{node.Supplicant}@.service", NodeUnits.SupplicantOf(node, _supplicant), "644"));
            script.Append(Write(node.Settings, WifiNode.SettingsText(Country, Passphrase, 0), "600"));
        }

        script.Append("systemctl daemon-reload\n");
        foreach (var node in all)
        {
            script.Append(CultureInfo.InvariantCulture, $"{Ground} radio-add {node.Number} {types} {mask}\n");
        }

        return shell.RequireAsync(script.ToString(), cancellationToken);
    }

    /// <summary>Writes a node's settings.</summary>
    public Task SetAsync(WifiNode node, string country, int channel, bool isOutsider, CancellationToken cancellationToken)
        => WriteAsync(node.Settings, WifiNode.SettingsText(country, isOutsider ? OtherPassphrase : Passphrase, channel), "600", cancellationToken);

    /// <summary>Starts the wifi services of nodes, all at the same time.</summary>
    public Task StartAsync(IEnumerable<WifiNode> nodes, CancellationToken cancellationToken) => ForEachAsync("node-start", nodes, cancellationToken);

    /// <summary>Stops them and their wpa_supplicants.</summary>
    public Task StopAsync(IEnumerable<WifiNode> nodes, CancellationToken cancellationToken) => ForEachAsync("node-stop", nodes, cancellationToken);

    /// <summary>Takes nodes away with their radios.</summary>
    public Task RemoveAsync(IEnumerable<WifiNode> nodes, CancellationToken cancellationToken) => ForEachAsync("node-remove", nodes, cancellationToken);

    /// <summary>Sets who hears whom.</summary>
    public Task HearAsync(IReadOnlyList<WifiNode> nodes, Func<int, int> maskOfPlace, CancellationToken cancellationToken)
        => shell.RequireAsync(string.Join(" && ", nodes.Select((n, i) => string.Create(CultureInfo.InvariantCulture, $"{Ground} hear {n.Number} {maskOfPlace(i + 1)}"))), cancellationToken);

    /// <summary>What the nodes' services say.</summary>
    public async Task<NodeStatus> StatusAsync(IEnumerable<WifiNode> nodes, CancellationToken cancellationToken) => NodeStatus.Parse((await RunAsync("status " + Numbers(nodes), cancellationToken)).Output);

    /// <summary>The board's clock.</summary>
    public async Task<DateTimeOffset> NowAsync(CancellationToken cancellationToken) => (await StatusAsync([], cancellationToken)).Now;

    /// <summary>Gives nodes' interfaces on the air their addresses; what has none now is left.</summary>
    public Task AddressAsync(IEnumerable<WifiNode> nodes, CancellationToken cancellationToken) => RunAsync("address " + Numbers(nodes), cancellationToken);

    /// <summary>True when a node reaches all of these within two seconds each.</summary>
    public async Task<bool> ReachesAsync(WifiNode from, IEnumerable<WifiNode> to, CancellationToken cancellationToken)
        => (await shell.RunAsync(string.Join(" && ", to.Select(n => $"ip netns exec {from.Namespace} ping -q -c 1 -W 2 {n.Address} >/dev/null")), cancellationToken)).Ok;

    /// <summary>Bytes that a node's radios have handed up so far.</summary>
    public async Task<long> ReceivedAsync(WifiNode node, CancellationToken cancellationToken)
        => (await shell.RequireAsync($"ip netns exec {node.Namespace} bash -c 'cat /sys/class/net/wlan*/statistics/rx_bytes'", cancellationToken))
            .Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Sum(bytes => long.Parse(bytes, CultureInfo.InvariantCulture));

    /// <summary>Runs a command of the guest's script; its output, whatever it ends with.</summary>
    public Task<ShellResult> RunAsync(string command, CancellationToken cancellationToken) => shell.RunAsync($"{Ground} {command}", cancellationToken);

    /// <summary>Runs a command of the guest's script and throws when it fails.</summary>
    public Task<string> DoAsync(string command, CancellationToken cancellationToken) => shell.RequireAsync($"{Ground} {command}", cancellationToken);

    /// <summary>Writes a file in the board.</summary>
    public Task WriteAsync(string file, string text, string mode, CancellationToken cancellationToken)
        => shell.RequireAsync(Write(file, text, mode), cancellationToken);

    /// <summary>Numbers of nodes as the script takes them.</summary>
    public static string Numbers(IEnumerable<WifiNode> nodes) => string.Join(' ', nodes.Select(n => n.Number.ToString(CultureInfo.InvariantCulture)));

    // A program of this checkout comes with this checkout's units: the image may be of before.
    private Task<string> UnitAsync(string name, string? program, CancellationToken cancellationToken) => program is null
        ? shell.RequireAsync($"cat /usr/lib/systemd/system/{name}", cancellationToken)
        : File.ReadAllTextAsync(Checkout.At("image-build", "rootfs", "usr", "lib", "systemd", "system", name), cancellationToken);

    private static string Write(string file, string text, string mode) => $"echo {Convert.ToBase64String(Encoding.UTF8.GetBytes(text))} | base64 -d | install -D -m {mode} /dev/stdin {file}\n";

    private Task<string> ForEachAsync(string command, IEnumerable<WifiNode> nodes, CancellationToken cancellationToken)
        => shell.RequireAsync(string.Join(" && ", nodes.Select(n => string.Create(CultureInfo.InvariantCulture, $"{Ground} {command} {n.Number}"))), cancellationToken);

    private static string Script()
    {
        using var reader = new StreamReader(typeof(WifiGround).Assembly.GetManifestResourceStream("ground.sh")!);
        return reader.ReadToEnd();
    }
}
