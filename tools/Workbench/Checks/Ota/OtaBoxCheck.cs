// A box of three boards updated by one command while a file flows through them.
using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Skywire.Workbench.Emulation;

namespace Skywire.Workbench.Checks.Ota;

/// <summary>Rolls an update out.</summary>
internal sealed class OtaBoxCheck(OtaStage stage, BundleShelf shelf, int count, CheckProgress progress)
{
    private const string ClientApp = "skysocks-client";
    private const int ClientPort = 1080;
    private const int ProxyPlace = 60;
    private const int FileBytes = 32 * BoxFlow.BlockSize;

    // A piece that broke off is sent again.
    private const double MostRepeated = 1.2;

    private static readonly TimeSpan JoinLimit = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan RolloutLimit = TimeSpan.FromMinutes(40);
    private static readonly TimeSpan FlowLimit = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);

    private readonly List<string> _failures = [];
    private readonly OtaBoxFigures _figures = new() { Boards = count };
    private readonly byte[] _file = RandomNumberGenerator.GetBytes(FileBytes);
    private readonly List<Member> _members = [];

    /// <summary>Runs all of it; figures and what did not hold.</summary>
    public async Task<(OtaBoxFigures Figures, IReadOnlyList<string> Failures)> RunAsync(CancellationToken cancellationToken)
    {
        var bundle = await shelf.SystemAsync(SlotChange.Good, cancellationToken);
        (_figures.From, _figures.To) = (shelf.Running, bundle.Version);
        await using var feed = new FeedServer(bundle.Folder);
        try
        {
            await progress.StepAsync("all boards let us in", () => StartAsync(feed.Port, cancellationToken));
            if (await progress.StepAsync("all boards joined", () => JoinedAsync(cancellationToken)))
            {
                await progress.StepAsync("configured, and joined again", async () =>
                {
                    await ConfigureAsync(cancellationToken);
                    await JoinedAsync(cancellationToken);
                });
                await RollOutAsync(feed, bundle, cancellationToken);
            }
        }
        finally
        {
            foreach (var member in _members)
            {
                await member.Board.DisposeAsync();
            }
        }

        return (_figures, _failures);
    }

    private async Task StartAsync(int feedPort, CancellationToken cancellationToken)
    {
        EmulatedBoard? first = null;
        for (var i = 0; i < count; i++)
        {
            var plan = stage.Plan($"box-{i}", i, feedPort);
            var emulated = plan.Boards[0] with { Index = i, Wire = first?.Wire ?? plan.Boards[0].Wire };
            first ??= emulated;
            var member = new Member(new OtaBoard(plan with { Boards = [emulated] }), emulated.PagePort + ProxyPlace);
            _members.Add(member);
            await stage.MakeCardAsync(emulated, $"box-{emulated.Name}", cancellationToken);
            await member.Board.PowerOnAsync([], cancellationToken);
        }

        foreach (var member in _members)
        {
            await member.Board.Watch.WaitAsync(BootStep.Login, JoinLimit, cancellationToken);
        }
    }

    // Joined, and of one mind about who serves.
    private async Task<bool> JoinedAsync(CancellationToken cancellationToken)
    {
        var why = "";
        var took = await BoardWatch.UntilAsync(
            async () =>
            {
                why = "";
                foreach (var member in _members)
                {
                    await member.AskAsync(cancellationToken);
                    why += member.IsJoined ? "" : $"{member.Name}: {member.Why}; ";
                }

                return why.Length == 0 && _members.Select(m => m.ServedBy).Distinct().Count() == 1;
            },
            JoinLimit,
            cancellationToken);
        if (took is null)
        {
            _failures.Add($"the boards did not join: {why}");
        }

        return took is not null;
    }

    // Each board is the client of the next one's proxy and has the file, so that a way is left whichever board restarts.
    private async Task ConfigureAsync(CancellationToken cancellationToken)
    {
        var local = Path.Combine(Path.GetDirectoryName(_members[0].Board.Board.Folder)!, "flow.bin");
        await File.WriteAllBytesAsync(local, _file, cancellationToken);
        for (var i = 0; i < _members.Count; i++)
        {
            var (member, next) = (_members[i], _members[(i + 1) % _members.Count]);
            var shell = await member.Board.ShellAsync(cancellationToken);
            await shell.CopyAsync(local, "/data/check.bin", cancellationToken);
            await OtaStage.SetUpdatesAsync(member.Board, config => config["apps"]!.AsArray().Add(new JsonObject
            {
                ["name"] = ClientApp,
                ["kind"] = ClientApp,
                ["auto_start"] = true,
                ["settings"] = new JsonObject { ["server"] = next.Key, ["listen"] = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{ClientPort}") },
            }), cancellationToken);
        }
    }

    private async Task RollOutAsync(FeedServer feed, ShelvedBundle bundle, CancellationToken cancellationToken)
    {
        foreach (var member in _members)
        {
            await member.OpenAsync(cancellationToken);
        }

        var serving = _members.First(m => m.Key == _members[0].ServedBy);
        _figures.ServedBy = serving.Name;
        var ways = _members.Select((m, i) => new FlowWay($"{m.Name} by {_members[(i + 1) % _members.Count].Name}", m.ProxyPort, _members[(i + 1) % _members.Count].Address, () => m.IsOpen && _members[(_members.IndexOf(m) + 1) % _members.Count].IsOpen)).ToList();
        using var flow = new BoxFlow(_file, ways);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var flowing = flow.RunAsync(stop.Token);
        var watching = WatchAsync(stop.Token);
        try
        {
            await progress.StepAsync("the file flows", async () =>
            {
                if (await BoardWatch.UntilAsync(() => Task.FromResult(flow.Bytes > 0), FlowLimit, cancellationToken) is null)
                {
                    _failures.Add("no block came through the box before the update");
                }
            });
            var clock = Stopwatch.StartNew();
            await progress.StepAsync($"roll-out of {bundle.Version}, ordered on {serving.Name}", async () =>
            {
                await serving.Board.BeginAsync($"install {bundle.Version} --box", cancellationToken);
                await UntilUpdatedAsync(bundle.Version, clock, cancellationToken);
            });
            var before = flow.Bytes;
            await progress.StepAsync("the file still flows", async () =>
            {
                if (await BoardWatch.UntilAsync(() => Task.FromResult(flow.Bytes > before), FlowLimit, cancellationToken) is null)
                {
                    _failures.Add("no block came through the box after the update");
                }
            });
        }
        finally
        {
            stop.Cancel();
            await flowing;
            await watching;
        }

        (_figures.FileBytes, _figures.Sha256Equal, _figures.LongestGapS) = (flow.Bytes, flow.IsEqual, Math.Round(flow.LongestGap.TotalSeconds, 1));
        (_figures.DownloadedBytes, _figures.DistinctBytes) = (feed.BundleBytes, feed.DistinctBytes);
        _figures.Ways = flow.ByWay;
        if (!flow.IsEqual)
        {
            _failures.Add("what flowed through the box is not what was sent");
        }

        // A board that fetches by itself takes the same bytes once more: all have the same slot.
        if (_figures.DownloadedBytes > _figures.DistinctBytes * MostRepeated)
        {
            _failures.Add($"the box took {_figures.DownloadedBytes} bytes from the feed, where one board needs {_figures.DistinctBytes}");
        }

        if (_figures.MostDownAtOnce > 1)
        {
            _failures.Add($"{_figures.MostDownAtOnce} boards were down at once");
        }

        if (_figures.Order.Count == count && _figures.Order[^1] != serving.Name)
        {
            _failures.Add($"the serving board {serving.Name} was not the last one: {string.Join(", ", _figures.Order)}");
        }
    }

    private async Task UntilUpdatedAsync(string version, Stopwatch clock, CancellationToken cancellationToken)
    {
        var order = new List<string>();
        while (clock.Elapsed < RolloutLimit && order.Count < count)
        {
            foreach (var member in _members.Where(m => !order.Contains(m.Name) && m.Board.Starts.Length > 1 && m.IsUp))
            {
                try
                {
                    var facts = await member.Board.FactsAsync(cancellationToken);
                    if (facts.Version == version && facts.History is [.., { Event: "good" }])
                    {
                        order.Add(member.Name);
                        progress.Note($"board {member.Name} proved itself, start {member.Board.Starts}", clock.Elapsed, ok: true);
                        await member.OpenAsync(cancellationToken);
                    }
                    else if (facts.History is [.., { Event: "rolled_back" or "refused" } bad])
                    {
                        _failures.Add($"board {member.Name}: {bad.Event} {bad.Reason}");
                        _figures.Order = order;
                        return;
                    }
                }
                catch (WorkbenchException)
                {
                    // It restarts just now.
                    await member.Board.CloseAsync();
                }
            }

            await Task.Delay(Look, cancellationToken);
        }

        _figures.Order = order;
        _figures.RolloutS = order.Count == count ? Math.Round(clock.Elapsed.TotalSeconds, 1) : null;
        if (order.Count < count)
        {
            _failures.Add($"after {clock.Elapsed.TotalSeconds:0} s only {(order.Count == 0 ? "none" : string.Join(", ", order))} of {count} boards runs {version}");
        }
    }

    // Up: the page answers. A board that is down is one that restarts; a page that is slow once is not.
    private async Task WatchAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                foreach (var member in _members)
                {
                    member.Board.Watch.Read();
                    var answers = await AnswersAsync(member.Board.Board.PagePort, cancellationToken);
                    var starts = member.Board.Starts.Length;
                    if (starts != member.SeenStarts)
                    {
                        (member.SeenStarts, member.IsUp) = (starts, false);
                        member.Shut();
                    }

                    member.IsUp |= answers && member.Board.Watch.HasReached(BootStep.Login);
                }

                _figures.MostDownAtOnce = Math.Max(_figures.MostDownAtOnce, _members.Count(m => !m.IsUp));
                await Task.Delay(Look, cancellationToken);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The check is over.
        }
    }

    private static async Task<bool> AnswersAsync(int port, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(5));
        try
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync("127.0.0.1", port, limit.Token);
            await socket.SendAsync(Encoding.ASCII.GetBytes("GET / HTTP/1.1\r\nHost: board\r\nConnection: close\r\n\r\n"), limit.Token);
            return await socket.ReceiveAsync(new byte[16], limit.Token) > 0;
        }
        catch (Exception e) when (e is SocketException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return false;
        }
    }

    private sealed class Member(OtaBoard board, int proxyPort)
    {
        public OtaBoard Board => board;

        public string Name => board.Board.Name;

        public int ProxyPort => proxyPort;

        public string Key { get; private set; } = "";

        public string ServedBy { get; private set; } = "";

        public string Address { get; private set; } = "";

        public bool IsJoined { get; private set; }

        public string Why { get; private set; } = "";

        public bool IsUp { get; set; } = true;

        public int SeenStarts { get; set; } = 1;

        public bool IsOpen { get; private set; }

        public void Shut() => IsOpen = false;

        public async Task AskAsync(CancellationToken cancellationToken)
        {
            IsJoined = false;
            var status = await board.StatusAsync(cancellationToken);
            if (status is not { } s || !s.TryGetProperty("box", out var box) || box.ValueKind != JsonValueKind.Object)
            {
                Why = status is null ? "the visor does not answer" : "it is in no box";
                return;
            }

            Key = s.GetProperty("public_key").GetString()!;
            ServedBy = box.TryGetProperty("serving", out var serving) && serving.ValueKind == JsonValueKind.Object ? serving.GetProperty("key").GetString()! : "";
            IsJoined = box.GetProperty("joined").GetBoolean() && ServedBy.Length > 0;
            Why = $"{box.GetProperty("role").GetString()}, {box.GetProperty("reason").GetString()}";
        }

        // The board's end of the ways through it; gone with each restart.
        public async Task OpenAsync(CancellationToken cancellationToken)
        {
            var shell = await board.ShellAsync(cancellationToken);
            Address = (await shell.RequireAsync($"ip -4 -o addr show dev {QemuArguments.WireInterface} | head -1 | sed 's#.*inet \\([0-9.]*\\)/.*#\\1#'", cancellationToken)).Trim();
            var script = "printf '%s\\n' '#!/bin/bash' 'read -r method path rest; while read -r line; do [ \"$line\" = $'\"'\"'\\r'\"'\"' ] && break; done' "
                + string.Create(CultureInfo.InvariantCulture, $"'printf \"HTTP/1.1 200 OK\\r\\nContent-Length: {BoxFlow.BlockSize}\\r\\nConnection: close\\r\\n\\r\\n\"' 'exec dd if=/data/check.bin bs={BoxFlow.BlockSize} skip=\"${{path#/}}\" count=1 status=none' >/run/check-flow; chmod 755 /run/check-flow; ")
                + string.Create(CultureInfo.InvariantCulture, $"systemctl is-active -q check-flow || systemd-run -q --unit=check-flow --collect systemd-socket-activate --listen=0.0.0.0:{BoxFlow.ServerPort} --accept --inetd /bin/bash /run/check-flow");
            await shell.RequireAsync(script, cancellationToken);
            await shell.ForwardAsync(proxyPort, ClientPort, cancellationToken);
            IsOpen = true;
        }
    }
}
