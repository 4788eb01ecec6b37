// One wire with boards on it that know nothing but a secret: namespaces on a bridge, a visor in each, power that can be cut.
using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Skywire.Workbench.Lab;

/// <summary>The boards of one check. Everything is made by <see cref="CreateAsync"/> and removed by <see cref="DisposeAsync"/>; leftovers of a check that was killed are removed first.</summary>
internal sealed class BoxWire : IAsyncDisposable
{
    /// <summary>Local SOCKS5 port on a board that leaves through board number 0; the next ones follow.</summary>
    public const int FirstProxyPort = 1080;

    private const string MeshName = "check";

    // Another name and subnet than the lab's, so that both stand side by side.
    private static readonly byte Instance = SHA256.HashData(Encoding.UTF8.GetBytes(Checkout.State + " box"))[0];
    private static readonly string Stem = string.Create(CultureInfo.InvariantCulture, $"box{Instance:x2}");

    private readonly string _program;
    private readonly bool _addresses;
    private readonly List<BoardPlan> _boards = [];
    private readonly Dictionary<string, Process> _running = [];

    private BoxWire(string program, bool addresses)
    {
        _program = program;
        _addresses = addresses;
    }

    /// <summary>The boards.</summary>
    public IReadOnlyList<BoardPlan> Boards => _boards;

    private static string Folder => Path.Combine(Checkout.State, "box");

    private static string Bridge => Stem + "br";

    /// <summary>Makes wire, keys and settings; starts nothing. Without <paramref name="addresses"/> the boards have no address but the link-local one that IPv6 gives by itself.</summary>
    public static async Task<BoxWire> CreateAsync(string program, int boards, bool addresses, CancellationToken cancellationToken)
    {
        var wire = new BoxWire(program, addresses);
        for (var i = 0; i < boards; i++)
        {
            var name = ((char)('A' + i)).ToString();
            wire._boards.Add(new BoardPlan(name, string.Create(CultureInfo.InvariantCulture, $"10.78.{Instance}.{i + 1}"), $"{Stem}-{name.ToLowerInvariant()}", Path.Combine(Folder, name), 0));
        }

        await wire.RemoveAsync();
        if (Directory.Exists(Folder))
        {
            Directory.Delete(Folder, recursive: true);
        }

        await Ip(cancellationToken, "link", "add", Bridge, "type", "bridge", "mcast_snooping", "0");
        await Ip(cancellationToken, "link", "set", Bridge, "up");
        foreach (var board in wire._boards)
        {
            await wire.PlugInAsync(board, cancellationToken);
        }

        await wire.WriteSettingsAsync(cancellationToken);
        return wire;
    }

    /// <summary>Switches a board on.</summary>
    public void PowerOn(BoardPlan board)
    {
        var start = new ProcessStartInfo("ip") { UseShellExecute = false };
        foreach (var argument in new[] { "netns", "exec", board.Namespace!, "sh", "-c", "exec \"$0\" \"$@\" >>\"$SKYMINER_LOG\" 2>&1 </dev/null", _program, "visor", "run", "--config", board.Config })
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment["SKYMINER_LOG"] = board.Log;
        _running[board.Name] = Process.Start(start) ?? throw new WorkbenchException($"board {board.Name} did not start", $"see {board.Log}");
    }

    /// <summary>Cuts a board's power: the others hear nothing more, not even that its connections are gone.</summary>
    public async Task PowerOffAsync(BoardPlan board, CancellationToken cancellationToken)
    {
        await Ip(cancellationToken, "link", "set", Outer(board), "down");
        if (_running.Remove(board.Name, out var process))
        {
            process.Kill();
            await process.WaitForExitAsync(cancellationToken);
            process.Dispose();
        }

        File.Delete(board.Socket);
        await Ip(cancellationToken, "link", "set", Outer(board), "up");
    }

    /// <summary>Process ID of a board's visor.</summary>
    public int Pid(BoardPlan board) => _running[board.Name].Id;

    /// <summary>What each board that is on says of itself; null for one that does not answer.</summary>
    public async Task<IReadOnlyDictionary<string, JsonElement?>> StatusAsync(CancellationToken cancellationToken)
    {
        var all = new Dictionary<string, JsonElement?>();
        foreach (var board in _boards.Where(b => _running.ContainsKey(b.Name)))
        {
            using var client = new BoardClient(board);
            all[board.Name] = await client.TryGetAsync("status", cancellationToken);
        }

        return all;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var process in _running.Values)
        {
            process.Kill();
            await process.WaitForExitAsync();
            process.Dispose();
        }

        await RemoveAsync();
    }

    private static string Outer(BoardPlan board) => Stem + board.Name.ToLowerInvariant();

    private static Task<string> Ip(CancellationToken cancellationToken, params string[] arguments) => Shell.RequireAsync("ip", arguments, cancellationToken, "root is needed, and a kernel that makes network namespaces");

    private async Task PlugInAsync(BoardPlan board, CancellationToken cancellationToken)
    {
        var ns = board.Namespace!;
        await Ip(cancellationToken, "netns", "add", ns);
        await Ip(cancellationToken, "link", "add", Outer(board), "type", "veth", "peer", "name", "eth0", "netns", ns);
        await Ip(cancellationToken, "link", "set", Outer(board), "master", Bridge, "up");
        if (_addresses)
        {
            await Ip(cancellationToken, "-n", ns, "addr", "add", $"{board.Address}/24", "dev", "eth0");
        }

        await Ip(cancellationToken, "-n", ns, "link", "set", "eth0", "up");
        await Ip(cancellationToken, "-n", ns, "link", "set", "lo", "up");
    }

    private async Task WriteSettingsAsync(CancellationToken cancellationToken)
    {
        var keys = new List<string>();
        foreach (var board in _boards)
        {
            Directory.CreateDirectory(board.Folder);
            keys.Add((await Shell.RequireAsync(_program, ["key", "gen", Path.Combine(board.Folder, "visor.key")], cancellationToken)).Trim());
            var secret = await Shell.RunAsync(_program, ["box", "secret", MeshName, Path.Combine(board.Folder, "box.secret")], cancellationToken, environment: new Dictionary<string, string> { ["SKYWIRE_BOX_PASSPHRASE"] = "nothing but this" });
            if (!secret.Ok)
            {
                throw new WorkbenchException("the secret of the box could not be made: " + secret.Output.Trim(), "the text above is the program's own");
            }
        }

        foreach (var board in _boards)
        {
            await File.WriteAllTextAsync(board.Config, Settings(board, keys).ToJsonString(new JsonSerializerOptions { WriteIndented = true }), cancellationToken);
        }
    }

    // The section "box" and apps; no service, no address, no neighbour.
    private JsonObject Settings(BoardPlan board, List<string> keys)
    {
        var apps = new JsonArray(new JsonObject { ["name"] = "proxy", ["kind"] = "skysocks", ["auto_start"] = true });
        for (var i = 0; i < _boards.Count; i++)
        {
            if (_boards[i].Name != board.Name)
            {
                apps.Add(new JsonObject
                {
                    ["name"] = "over-" + _boards[i].Name,
                    ["kind"] = "skysocks-client",
                    ["port"] = 100 + i,
                    ["auto_start"] = true,
                    ["settings"] = new JsonObject { ["server"] = keys[i], ["listen"] = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{FirstProxyPort + i}") },
                });
            }
        }

        return new JsonObject
        {
            ["schema_version"] = 1,
            ["name"] = board.Name,
            ["box"] = new JsonObject { ["mesh_name"] = MeshName },
            ["api"] = new JsonObject { ["socket"] = board.Socket, ["listen"] = null },
            ["apps"] = apps,
        };
    }

    // A namespace's processes are the check's own; a check that was killed could not end them.
    private async Task RemoveAsync()
    {
        foreach (var board in _boards)
        {
            var left = await Shell.RunAsync("ip", ["netns", "pids", board.Namespace!], CancellationToken.None);
            foreach (var line in left.Ok ? left.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries) : [])
            {
                if (int.TryParse(line, CultureInfo.InvariantCulture, out var pid))
                {
                    Signals.Send(pid, Signals.Kill);
                }
            }

            await Shell.RunAsync("ip", ["netns", "del", board.Namespace!], CancellationToken.None);
        }

        await Shell.RunAsync("ip", ["link", "del", Bridge], CancellationToken.None);
    }
}
