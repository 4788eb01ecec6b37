// Visors in the nodes' namespaces: keys, settings, power, their own accounts, and a file fetched through the first one's client.
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Skywire.Workbench.Lab;

namespace Skywire.Workbench.Checks.Wifi;

/// <summary>One visor a node; the first is the client, the last the proxy and the file's place. Dispose stops all of them.</summary>
internal sealed class NodeVisors(WifiGround ground, IReadOnlyList<WifiNode> nodes, string socketFolder) : IAsyncDisposable
{
    // For one file: megabytes through emulated processors.
    private const int FetchLimitSeconds = 300;
    private const string Secret = $"{WifiNode.CheckFolder}/box.secret";
    private static readonly TimeSpan JoinLimit = TimeSpan.FromMinutes(5);

    // ssh takes a path that it has led somewhere before for done, also when the file is gone: each start of a check's visors gets paths of its own.
    private static int _lastStart;

    private readonly Dictionary<int, BoardClient> _apis = [];
    private int _start;
    private string _sha = "";

    /// <summary>Public keys by node.</summary>
    public Dictionary<int, string> Keys { get; } = [];

    /// <summary>Process IDs, for what they cost.</summary>
    public string Pids { get; private set; } = "";

    private WifiNode First => nodes[0];

    private WifiNode Last => nodes[^1];

    /// <summary>Makes the keys, and the secret of a box.</summary>
    public async Task MakeKeysAsync(CancellationToken cancellationToken)
    {
        foreach (var node in nodes)
        {
            var folder = $"{node.Folder}/visor";
            Keys[node.Number] = LastLine(await ground.Shell.RequireAsync($"mkdir -p {folder} && rm -f {folder}/visor.key && {ground.Program} key gen {folder}/visor.key", cancellationToken));
        }

        await ground.Shell.RequireAsync($"[ -s {Secret} ] || SKYWIRE_BOX_PASSPHRASE='nothing but this' {ground.Program} box secret check {Secret}", cancellationToken);
        foreach (var node in nodes)
        {
            await ground.Shell.RequireAsync($"install -m 600 {Secret} {node.Folder}/visor/box.secret", cancellationToken);
        }
    }

    /// <summary>Starts all of them with settings by node, and serves a file of so many bytes on the last one's own loopback.</summary>
    public async Task StartAsync(Func<WifiNode, JsonObject> settings, long fileBytes, CancellationToken cancellationToken)
    {
        _start = Interlocked.Increment(ref _lastStart);
        _sha = LastLine(await ground.DoAsync(string.Create(CultureInfo.InvariantCulture, $"serve {Last.Number} {fileBytes}"), cancellationToken));
        foreach (var node in nodes)
        {
            await ground.WriteAsync($"{node.Folder}/visor/skywire.json", settings(node).ToJsonString(), "600", cancellationToken);
            await ground.DoAsync($"visor-start {node.Number} {ground.Program}", cancellationToken);
        }

        foreach (var node in nodes)
        {
            // Shell and visor must both be there before the socket can be led out.
            await BoardWatch.UntilAsync(async () => (await ground.Shell.RunAsync($"test -S {node.Folder}/visor/api.sock", cancellationToken)).Ok, JoinLimit, cancellationToken);
            var plan = new BoardPlan(node.Namespace, "127.0.0.1", null, Path.Combine(socketFolder, string.Create(CultureInfo.InvariantCulture, $"{node.Namespace}-{_start}")), 0);
            Directory.CreateDirectory(plan.Folder);
            await ground.Shell.ForwardSocketAsync(plan.Socket, $"{node.Folder}/visor/api.sock", cancellationToken);
            _apis[node.Number] = new BoardClient(plan);
        }

        Pids = string.Join(' ', (await ground.DoAsync("visor-pids " + WifiGround.Numbers(nodes), cancellationToken)).Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
    }

    /// <summary>A node's visor.</summary>
    public BoardClient Api(WifiNode node) => _apis[node.Number];

    /// <summary>Waits until every visor says that it is joined; the seconds, or null and why.</summary>
    public async Task<(double? Seconds, string Why)> JoinedAsync(CancellationToken cancellationToken)
    {
        var why = "";
        var took = await BoardWatch.UntilAsync(
            async () =>
            {
                why = "";
                foreach (var node in nodes)
                {
                    var status = await AskAsync(node, "status", cancellationToken);
                    var state = status?.GetProperty("state").GetString() ?? "silent";
                    why += state is "joined" or "traffic" ? "" : $"{node.Namespace} {state}: {status?.GetProperty("state_reason").GetString()}; ";
                }

                return why.Length == 0;
            },
            JoinLimit,
            cancellationToken);
        return (took is { } seconds ? Math.Round(seconds, 1) : null, why);
    }

    /// <summary>Makes the client's route anew: a route of before may still stand.</summary>
    public async Task RedialAsync(CancellationToken cancellationToken)
    {
        await Api(First).PostAsync($"apps/{VisorConfigs.Client}/stop", "{}", cancellationToken);
        await Api(First).PostAsync($"apps/{VisorConfigs.Client}/start", "{}", cancellationToken);
    }

    /// <summary>Fetches again and again until it comes; null and what the last attempt said when <paramref name="limit"/> passed.</summary>
    public async Task<(FetchRun? Run, string Why)> UntilFetchedAsync(long bytes, TimeSpan limit, CancellationToken cancellationToken)
    {
        var watch = Stopwatch.StartNew();
        var why = "";
        while (watch.Elapsed < limit)
        {
            var result = await ground.RunAsync(string.Create(CultureInfo.InvariantCulture, $"fetch {First.Number} {VisorConfigs.ProxyPort} {bytes} {FetchLimitSeconds} {Pids}"), cancellationToken);
            if (result.Ok && FetchRun.Parse(result.Output) is { } run)
            {
                return (run, "");
            }

            why = LastLine(result.Output);
            await Task.Delay(TimeSpan.FromSeconds(1), cancellationToken);
        }

        return (null, why);
    }

    /// <summary>True when what was fetched is the whole file.</summary>
    public bool IsFile(FetchRun run) => run.Sha256 == _sha;

    /// <summary>IDs of a node's links to another.</summary>
    public async Task<IReadOnlyList<string>> LinkIdsAsync(WifiNode node, WifiNode other, CancellationToken cancellationToken) => await Links(node, other, cancellationToken) is { } links
        ? [.. links.Select(l => l.GetProperty("id").GetString()!)]
        : [];

    /// <summary>Stops the visors.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        foreach (var api in _apis.Values)
        {
            api.Dispose();
        }

        _apis.Clear();
        foreach (var node in nodes)
        {
            await ground.RunAsync($"visor-stop {node.Number}", cancellationToken);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await StopAsync(CancellationToken.None);
        await ground.Shell.RunAsync($"systemctl stop check-file-{Last.Namespace}.service", CancellationToken.None);
    }

    private async Task<IEnumerable<JsonElement>?> Links(WifiNode node, WifiNode other, CancellationToken cancellationToken)
        => (await AskAsync(node, "transports", cancellationToken))?.EnumerateArray().Where(l => l.GetProperty("remote_key").GetString() == Keys[other.Number]);

    // Four visors that start on an emulated processor or two may let a question wait beyond its limit: silent now, asked again by whoever waits.
    private async Task<JsonElement?> AskAsync(WifiNode node, string path, CancellationToken cancellationToken)
    {
        try
        {
            return await Api(node).TryGetAsync(path, cancellationToken);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }

    private static string LastLine(string output) => output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).LastOrDefault() ?? "no output";
}
