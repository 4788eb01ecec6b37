// Shows that boards on one wire with nothing but a secret join by themselves, carry a file, and carry on when the serving board loses power.
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Skywire.Workbench.Lab;
using Spectre.Console;

namespace Skywire.Workbench.Checks;

/// <summary>The result; <see cref="Ok"/> only when everything holds. Times in seconds.</summary>
internal sealed record BoxReport
{
    public bool Ok { get; set; }

    public IReadOnlyList<string> Failures { get; set; } = [];

    public int Boards { get; set; }

    public bool LinkLocalOnly { get; set; }

    /// <summary>From the start of the processes until every board says that it is joined.</summary>
    public double? JoinedS { get; set; }

    public string? Serving { get; set; }

    public bool LowestKeyServes { get; set; }

    public long SizeBytes { get; set; }

    public bool Sha256Equal { get; set; }

    /// <summary>From the start of the processes until the first bytes came through a proxy.</summary>
    public double? FirstBytesS { get; set; }

    public double? MbPerS { get; set; }

    /// <summary>From the cut of the serving board's power until the others are joined again, served by another one.</summary>
    public double? JoinedAgainS { get; set; }

    public string? ServingThen { get; set; }

    /// <summary>From the cut until bytes came over a route made after it.</summary>
    public double? TrafficAgainS { get; set; }

    public bool Sha256EqualAgain { get; set; }

    /// <summary>From switching the first board on again until all are joined.</summary>
    public double? BackS { get; set; }

    public bool LateLowerKeyServes { get; set; }

    public Dictionary<string, double> RssMb { get; set; } = [];

    public Dictionary<string, long> BeaconsRefused { get; set; } = [];
}

/// <summary><c>check box-lab</c>.</summary>
internal static class BoxLabCheck
{
    private const int ServerPort = 8088;
    private static readonly TimeSpan JoinLimit = TimeSpan.FromSeconds(60);

    // The beacons' quiet rhythm: the death of a board is then found by silence alone.
    private static readonly TimeSpan Settle = TimeSpan.FromSeconds(8);

    public static async Task<int> RunAsync(int boards, long size, bool linkLocal, string? program, bool json, CancellationToken cancellationToken)
    {
        if (!await LabNetwork.IsPossibleAsync(cancellationToken))
        {
            throw new WorkbenchException("each board needs a network namespace of its own", "run as root, with iproute2 installed");
        }

        program ??= await UpCommandBuild(cancellationToken);
        var report = new BoxReport { Boards = boards, LinkLocalOnly = linkLocal, SizeBytes = size };
        var failures = new List<string>();
        await using (var wire = await BoxWire.CreateAsync(Path.GetFullPath(program), boards, !linkLocal, cancellationToken))
        {
            var run = new Run(wire, report, failures, linkLocal);
            try
            {
                await run.AllAsync(size, cancellationToken);
            }
            catch (Exception e) when (e is IOException or TimeoutException)
            {
                failures.Add(e.Message);
            }
            finally
            {
                await run.StopServersAsync();
            }
        }

        report.Failures = failures;
        report.Ok = failures.Count == 0;
        if (json)
        {
            Console.WriteLine(JsonSerializer.Serialize(report, BoxReportJson.Default.BoxReport));
        }
        else
        {
            Show(report);
        }

        return report.Ok ? 0 : 1;
    }

    private static async Task<string> UpCommandBuild(CancellationToken cancellationToken)
    {
        await Prerequisites.EnsureAsync(Prerequisites.Lab, required: true, cancellationToken);
        await Commands.UpCommand.BuildAsync(cancellationToken);
        return Checkout.At("firmware", "Skywire.Visor", "bin", "Release", "net10.0", "skywire");
    }

    private static void Show(BoxReport report)
    {
        var table = new Table().AddColumns("figure", "value");
        void Row(string name, FormattableString value) => table.AddRow(name, Markup.Escape(FormattableString.Invariant(value)));
        Row("boards", $"{report.Boards}{(report.LinkLocalOnly ? ", link-local addresses only" : "")}");
        Row("all joined", $"{report.JoinedS} s after the start; served by {report.Serving}, lowest key: {report.LowestKeyServes}");
        Row("first bytes", $"{report.FirstBytesS} s after the start");
        Row("file", $"{report.SizeBytes / 1e6:0.0} MB, SHA-256 equal: {report.Sha256Equal}, {report.MbPerS} MB/s");
        Row("serving board without power", $"joined again in {report.JoinedAgainS} s, served by {report.ServingThen}; traffic on a new route in {report.TrafficAgainS} s, SHA-256 equal: {report.Sha256EqualAgain}");
        Row("switched on again", $"all joined in {report.BackS} s; took over: {report.LateLowerKeyServes}");
        Row("memory", $"{string.Join(", ", report.RssMb.Select(b => FormattableString.Invariant($"{b.Key} {b.Value} MB")))}");
        Row("beacons refused", $"{string.Join(", ", report.BeaconsRefused.Select(b => FormattableString.Invariant($"{b.Key} {b.Value}")))}");
        AnsiConsole.Write(table);
        foreach (var failure in report.Failures)
        {
            AnsiConsole.MarkupLineInterpolated($"[red]failed:[/] {failure}");
        }

        AnsiConsole.MarkupLine(report.Ok ? "[green]ok[/]" : "[red]not ok[/]");
    }

    private sealed class Run(BoxWire wire, BoxReport report, List<string> failures, bool linkLocal)
    {
        private readonly List<Process> _servers = [];

        public async Task AllAsync(long size, CancellationToken cancellationToken)
        {
            foreach (var board in wire.Boards)
            {
                _servers.Add(await PatternServer.StartAsync(board.Namespace!, ServerPort, anyAddress: !linkLocal, cancellationToken));
            }

            var watch = Stopwatch.StartNew();
            foreach (var board in wire.Boards)
            {
                wire.PowerOn(board);
            }

            var joined = await UntilJoinedAsync("the boards did not join", null, watch, cancellationToken);
            report.JoinedS = joined.Seconds;
            var serving = wire.Boards.Single(b => b.Name == joined.Serving);
            report.Serving = serving.Name;
            report.LowestKeyServes = joined.Keys.MinBy(k => k.Value, StringComparer.Ordinal).Key == serving.Name;
            Require(report.LowestKeyServes, $"board {serving.Name} serves, and its key is not the lowest");

            // A to C by way of B's proxy; C's server is reached on the wire, or with link-local addresses only, which SOCKS cannot name, the proxy's own.
            var (a, b, c) = (wire.Boards[0], wire.Boards[1], wire.Boards[2]);
            report.FirstBytesS = (await UntilFetchedAsync(a, b, c, 1000, watch, cancellationToken)).Seconds;
            var file = await FetchAsync(a, b, c, size, cancellationToken);
            report.Sha256Equal = file.Sha256 == PatternStream.Sha256(size);
            report.MbPerS = Math.Round(size / 1e6 / file.Total.TotalSeconds, 1);
            Require(report.Sha256Equal, "what arrived is not what was sent");
            await Task.Delay(Settle, cancellationToken);
            foreach (var board in wire.Boards)
            {
                report.RssMb[board.Name] = Math.Round(ProcessStats.Of(wire.Pid(board)).RssMb, 1);
            }

            await LosePowerAsync(serving, size, cancellationToken);
            await ComeBackAsync(serving, cancellationToken);
        }

        public async Task StopServersAsync()
        {
            foreach (var server in _servers)
            {
                server.Kill();
                await server.WaitForExitAsync(CancellationToken.None);
                server.Dispose();
            }
        }

        private async Task LosePowerAsync(BoardPlan serving, long size, CancellationToken cancellationToken)
        {
            var left = wire.Boards.Where(b => b != serving).ToList();
            var watch = Stopwatch.StartNew();
            await wire.PowerOffAsync(serving, cancellationToken);
            var joined = await UntilJoinedAsync("the others did not join again", serving.Name, watch, cancellationToken);
            report.JoinedAgainS = joined.Seconds;
            report.ServingThen = joined.Serving;

            // The client app makes its route anew, so that nothing of the time before carries the bytes.
            var (from, over) = (left[0], left[1]);
            using var client = new BoardClient(from);
            await client.PostAsync($"apps/over-{over.Name}/stop", "{}", cancellationToken);
            await client.PostAsync($"apps/over-{over.Name}/start", "{}", cancellationToken);
            report.TrafficAgainS = (await UntilFetchedAsync(from, over, over, 1000, watch, cancellationToken)).Seconds;
            report.Sha256EqualAgain = (await FetchAsync(from, over, over, size, cancellationToken)).Sha256 == PatternStream.Sha256(size);
            Require(report.Sha256EqualAgain, "after the takeover what arrived is not what was sent");
        }

        private async Task ComeBackAsync(BoardPlan board, CancellationToken cancellationToken)
        {
            var watch = Stopwatch.StartNew();
            wire.PowerOn(board);
            var joined = await UntilJoinedAsync($"board {board.Name} did not come back", null, watch, cancellationToken);
            report.BackS = joined.Seconds;
            report.LateLowerKeyServes = joined.Serving == board.Name;
            Require(!report.LateLowerKeyServes, $"board {board.Name} came back and took over from a serving board");
            foreach (var (_, status) in await wire.StatusAsync(cancellationToken))
            {
                foreach (var refusal in status?.GetProperty("box").GetProperty("beacons_refused").EnumerateObject() ?? [])
                {
                    report.BeaconsRefused[refusal.Name] = report.BeaconsRefused.GetValueOrDefault(refusal.Name) + refusal.Value.GetInt64();
                }
            }
        }

        // All boards that are on are joined, agree on who serves, and it is not the one named.
        private async Task<(double Seconds, string Serving, Dictionary<string, string> Keys)> UntilJoinedAsync(string otherwise, string? notServing, Stopwatch watch, CancellationToken cancellationToken)
        {
            var state = "";
            while (watch.Elapsed < JoinLimit)
            {
                var all = await wire.StatusAsync(cancellationToken);
                if (all.Values.All(s => s is { } status && status.GetProperty("state").GetString() is "joined" or "traffic" && status.GetProperty("box").GetProperty("joined").GetBoolean()
                    && status.GetProperty("box").GetProperty("members").GetArrayLength() >= all.Count - 1))
                {
                    var serving = all.Values.Select(s => s!.Value.GetProperty("box").GetProperty("serving").GetProperty("name").GetString()!).Distinct().ToList();
                    if (serving is [var one] && one != notServing)
                    {
                        return (Math.Round(watch.Elapsed.TotalSeconds, 2), one, all.ToDictionary(s => s.Key, s => s.Value!.Value.GetProperty("public_key").GetString()!));
                    }
                }

                state = string.Join("; ", all.Select(s => $"{s.Key} {(s.Value is { } v ? v.GetProperty("state_reason").GetString() : "does not answer")}"));
                await Task.Delay(50, cancellationToken);
            }

            throw new TimeoutException($"{otherwise} within {JoinLimit.TotalSeconds:0} s: {state}");
        }

        private async Task<(double Seconds, FetchResult Result)> UntilFetchedAsync(BoardPlan from, BoardPlan over, BoardPlan to, long size, Stopwatch watch, CancellationToken cancellationToken)
        {
            var reason = "";
            while (watch.Elapsed < JoinLimit)
            {
                try
                {
                    using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
                    limit.CancelAfter(TimeSpan.FromSeconds(5));
                    return (Math.Round(watch.Elapsed.TotalSeconds, 2), await FetchAsync(from, over, to, size, limit.Token));
                }
                catch (Exception e) when (e is IOException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
                {
                    reason = e.Message;
                    await Task.Delay(50, cancellationToken);
                }
            }

            throw new TimeoutException($"no traffic from {from.Name} over {over.Name} within {JoinLimit.TotalSeconds:0} s: {reason}");
        }

        private Task<FetchResult> FetchAsync(BoardPlan from, BoardPlan over, BoardPlan to, long size, CancellationToken cancellationToken)
        {
            var port = BoxWire.FirstProxyPort + wire.Boards.ToList().IndexOf(over);
            return ProxyFetch.FetchAsync(from.Namespace, port, linkLocal ? "127.0.0.1" : to.Address, ServerPort, size, cancellationToken);
        }

        private void Require(bool holds, string otherwise)
        {
            if (!holds)
            {
                failures.Add(otherwise);
            }
        }
    }
}

[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(BoxReport))]
internal sealed partial class BoxReportJson : JsonSerializerContext;
