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
    private const string ServiceUnit = """
        [Service]
        Type=exec
        Restart=always
        RestartSec=1
        """;

    private const string SupplicantUnit = """
        [Service]
        ExecStart=/usr/sbin/wpa_supplicant -i %i -c /run/skyminer-wifi/%i.conf
        """;

    private string _program = "";

    /// <summary>The connection.</summary>
    public BoardShell Shell => shell;

    /// <summary>The program inside the board that visors are started with.</summary>
    public string Program => _program;

    /// <summary>Copies what is needed into the board and makes it ready for radios. <paramref name="program"/> replaces the image's skywire; null keeps it.</summary>
    public async Task PrepareAsync(string radioLab, string? program, CancellationToken cancellationToken)
    {
        // Nothing can be executed below the board's /run; this folder is one of its own.
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
    }

    /// <summary>Makes a node with a radio of these types and starts nothing.</summary>
    public async Task MakeAsync(WifiNode node, string types, int mask, CancellationToken cancellationToken)
    {
        await DoAsync($"node-make {node.Number}", cancellationToken);
        var units = $"/usr/lib/systemd/system/{NodeUnits.Service}";
        var templates = $"/usr/lib/systemd/system/{NodeUnits.Supplicant}";
        var service = await shell.RunAsync($"cat {units}", cancellationToken);
        var supplicant = await shell.RunAsync($"cat {templates}", cancellationToken);
        await WriteAsync($"/run/systemd/system/{node.Service}.service", NodeUnits.ServiceOf(node, service.Ok ? service.Output : ServiceUnit, _program), "644", cancellationToken);
        await WriteAsync($"/run/systemd/system/{node.Supplicant}@.service", NodeUnits.SupplicantOf(node, supplicant.Ok ? supplicant.Output : SupplicantUnit), "644", cancellationToken);
        await shell.RequireAsync("systemctl daemon-reload", cancellationToken);
        await SetAsync(node, Country, 0, isOutsider: false, cancellationToken);
        await DoAsync($"radio-add {node.Number} {types} {mask}", cancellationToken);
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
    public async Task HearAsync(IReadOnlyList<WifiNode> nodes, Func<int, int> maskOfPlace, CancellationToken cancellationToken)
    {
        for (var i = 0; i < nodes.Count; i++)
        {
            var mask = maskOfPlace(i + 1);
            await DoAsync(string.Create(CultureInfo.InvariantCulture, $"mask {nodes[i].Number} {mask}"), cancellationToken);
            await shell.RequireAsync(string.Create(CultureInfo.InvariantCulture, $"echo {mask} >{nodes[i].Folder}/mask"), cancellationToken);
        }
    }

    /// <summary>What the nodes' services say.</summary>
    public async Task<NodeStatus> StatusAsync(IEnumerable<WifiNode> nodes, CancellationToken cancellationToken) => NodeStatus.Parse((await RunAsync("status " + Numbers(nodes), cancellationToken)).Output);

    /// <summary>The board's clock.</summary>
    public async Task<DateTimeOffset> NowAsync(CancellationToken cancellationToken) => (await StatusAsync([], cancellationToken)).Now;

    /// <summary>Gives nodes' interfaces on the air their addresses; what has none now is left.</summary>
    public Task AddressAsync(IEnumerable<WifiNode> nodes, CancellationToken cancellationToken) => RunAsync("address " + Numbers(nodes), cancellationToken);

    /// <summary>True when a node reaches all of these within two seconds each.</summary>
    public async Task<bool> ReachesAsync(WifiNode from, IEnumerable<WifiNode> to, CancellationToken cancellationToken)
        => (await shell.RunAsync(string.Join(" && ", to.Select(n => $"ip netns exec {from.Namespace} ping -q -c 1 -W 2 {n.Address} >/dev/null")), cancellationToken)).Ok;

    /// <summary>Runs a command of the guest's script; its output, whatever it ends with.</summary>
    public Task<ShellResult> RunAsync(string command, CancellationToken cancellationToken) => shell.RunAsync($"bash {WifiNode.CheckFolder}/ground.sh {command}", cancellationToken);

    /// <summary>Runs a command of the guest's script and throws when it fails.</summary>
    public Task<string> DoAsync(string command, CancellationToken cancellationToken) => shell.RequireAsync($"bash {WifiNode.CheckFolder}/ground.sh {command}", cancellationToken);

    /// <summary>Writes a file in the board.</summary>
    public Task WriteAsync(string file, string text, string mode, CancellationToken cancellationToken)
        => shell.RequireAsync($"echo {Convert.ToBase64String(Encoding.UTF8.GetBytes(text))} | base64 -d | install -D -m {mode} /dev/stdin {file}", cancellationToken);

    /// <summary>Numbers of nodes as the script takes them.</summary>
    public static string Numbers(IEnumerable<WifiNode> nodes) => string.Join(' ', nodes.Select(n => n.Number.ToString(CultureInfo.InvariantCulture)));

    private Task<string> ForEachAsync(string command, IEnumerable<WifiNode> nodes, CancellationToken cancellationToken)
        => shell.RequireAsync(string.Join(" && ", nodes.Select(n => string.Create(CultureInfo.InvariantCulture, $"bash {WifiNode.CheckFolder}/ground.sh {command} {n.Number}"))), cancellationToken);

    private static string Script()
    {
        using var reader = new StreamReader(typeof(WifiGround).Assembly.GetManifestResourceStream("ground.sh")!);
        return reader.ReadToEnd();
    }
}
