// Shows the main job: traffic over two hops, its cost, and that it survives the loss of the relay and of the direct path.
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Skywire.Workbench.Lab;
using Spectre.Console;

namespace Skywire.Workbench.Checks;

/// <summary>Figures of one board during the transfer. CPU seconds are per GB (10^9 bytes) of file carried.</summary>
internal sealed record BoardFigures(double CpuSPerGb, double RssMbIdle, double RssMb, long SentBytes, long ReceivedBytes);

/// <summary>The result; <see cref="Ok"/> only when everything holds. Times in seconds; null where a part was left out.</summary>
internal sealed record TrafficReport
{
    public bool Ok { get; set; }

    public IReadOnlyList<string> Failures { get; set; } = [];

    public long SizeBytes { get; set; }

    public bool Sha256Equal { get; set; }

    public long RelayedBytes { get; set; }

    public bool DirectLinkAToC { get; set; }

    public double MbPerS { get; set; }

    public double FirstByteS { get; set; }

    public double CpuSPerGb { get; set; }

    public Dictionary<string, double> RssMb { get; set; } = [];

    public Dictionary<string, BoardFigures> Boards { get; set; } = [];

    public double? EchoP50Ms { get; set; }

    public double? EchoP99Ms { get; set; }

    public double? OneHopMbPerS { get; set; }

    public double? OneHopCpuSPerGb { get; set; }

    public double? OneHopEchoP50Ms { get; set; }

    public double? DialMedianMs { get; set; }

    public Dictionary<string, double> StartMs { get; set; } = [];

    public double? RelayKilledRecoveryS { get; set; }

    public double? DirectDroppedFirstByteS { get; set; }

    public string? DirectDroppedLeftOut { get; set; }
}

/// <summary><c>check traffic</c>.</summary>
internal static class TrafficCheck
{
    private const int ServerPort = 8088;
    private const int Echoes = 1000;
    private const int Dials = 9;
    private const string StartWords = "start-up complete in ";

    // The reference needs 38 s where the direct path is refused, minutes where it is dropped; candidates raced need far less.
    private const double FirstByteLimitS = 2;
    private static readonly TimeSpan RecoveryLimit = TimeSpan.FromSeconds(60);

    public static async Task<int> RunAsync(long size, bool transferOnly, bool json, CancellationToken cancellationToken)
    {
        var plan = LabPlan.Require();
        var report = new TrafficReport { SizeBytes = size };
        var failures = new List<string>();
        var servers = new List<Process>();
        try
        {
            // Without namespaces all boards share one loopback, and so one server.
            foreach (var board in plan.Namespaces ? plan.Boards.Skip(1) : plan.Boards.Take(1))
            {
                servers.Add(StartServer(board));
                await WaitForServerAsync(servers[^1], cancellationToken);
            }

            await TransferAsync(plan, size, report, failures, cancellationToken);
            if (!transferOnly && failures.Count == 0)
            {
                await LatencyAsync(plan, report, cancellationToken);
                await OneHopAsync(plan, size, report, cancellationToken);
                await KillRelayAsync(plan, report, failures, cancellationToken);
                await DropDirectAsync(plan, report, failures, cancellationToken);
            }
        }
        finally
        {
            foreach (var server in servers)
            {
                server.Kill();
                await server.WaitForExitAsync(CancellationToken.None);
                server.Dispose();
            }
        }

        report.Failures = failures;
        report.Ok = failures.Count == 0;
        if (json)
        {
            Console.WriteLine(JsonSerializer.Serialize(report, ReportJson.Default.TrafficReport));
        }
        else
        {
            Show(report);
        }

        return report.Ok ? 0 : 1;
    }

    private static async Task TransferAsync(LabPlan plan, long size, TrafficReport report, List<string> failures, CancellationToken cancellationToken)
    {
        // The first fetch pays for the route; the measured one is the traffic itself.
        await FetchAsync(plan, 1000, cancellationToken);
        var processes = Supervisor.Processes();
        var before = await LabStatus.ReadAsync(plan, cancellationToken);
        var cpuBefore = plan.Boards.ToDictionary(b => b.Name, b => ProcessStats.Of(processes[b.Name].Pid));
        FetchResult result;
        try
        {
            result = await FetchAsync(plan, size, cancellationToken);
        }
        catch (IOException e)
        {
            failures.Add("the transfer failed: " + e.Message);
            return;
        }

        var after = await LabStatus.ReadAsync(plan, cancellationToken);
        foreach (var board in plan.Boards)
        {
            var now = ProcessStats.Of(processes[board.Name].Pid);
            var was = before.Boards.First(b => b.Name == board.Name);
            var status = after.Boards.First(b => b.Name == board.Name);
            report.Boards[board.Name] = new BoardFigures(
                Math.Round((now.CpuSeconds - cpuBefore[board.Name].CpuSeconds) * 1e9 / size, 2),
                Math.Round(cpuBefore[board.Name].RssMb, 1),
                Math.Round(now.RssMb, 1),
                status.SentBytes - was.SentBytes,
                status.ReceivedBytes - was.ReceivedBytes);
            report.RssMb[board.Name] = Math.Round(now.RssMb, 1);
        }

        report.MbPerS = Math.Round(size / 1e6 / result.Total.TotalSeconds, 1);
        report.FirstByteS = Math.Round(result.FirstByte.TotalSeconds, 4);
        report.CpuSPerGb = Math.Round(report.Boards.Values.Sum(b => b.CpuSPerGb), 2);
        report.RelayedBytes = report.Boards[plan.Boards[1].Name].SentBytes;
        report.Sha256Equal = result.Sha256 == PatternStream.Sha256(size);
        report.DirectLinkAToC = new[] { before, after }.Any(s => s.Boards[0].Links.Any(l => l.Remote == plan.Boards[^1].Name));
        Require(failures, report.Sha256Equal, "what arrived is not what was sent");
        Require(failures, report.RelayedBytes >= size, $"relay {plan.Boards[1].Name} carried {report.RelayedBytes} bytes, fewer than the file has");
        Require(failures, !report.DirectLinkAToC, "A and C have a direct link");
    }

    private static async Task LatencyAsync(LabPlan plan, TrafficReport report, CancellationToken cancellationToken)
    {
        var times = await ProxyFetch.EchoAsync(plan.Boards[0].Namespace, plan.ProxyPort, "127.0.0.1", ServerPort, Echoes, cancellationToken);
        (report.EchoP50Ms, report.EchoP99Ms) = (Percentile(times, 50), Percentile(times, 99));

        var last = (await LabStatus.ReadAsync(plan, cancellationToken)).Boards[^1].PublicKey;
        using var client = new BoardClient(plan.Boards[0]);
        var dials = new double[Dials];
        for (var i = 0; i < Dials; i++)
        {
            var dialled = await client.PostAsync("routes/dial", $$"""{"remote_key":"{{last}}","port":3}""", cancellationToken);
            dials[i] = dialled.GetProperty("setup_ms").GetDouble();
        }

        Array.Sort(dials);
        report.DialMedianMs = Percentile(dials, 50);
        foreach (var board in plan.Boards)
        {
            if (File.ReadLines(board.Log).LastOrDefault(l => l.Contains(StartWords, StringComparison.Ordinal)) is { } line)
            {
                report.StartMs[board.Name] = double.Parse(line[(line.IndexOf(StartWords, StringComparison.Ordinal) + StartWords.Length)..].Split(' ')[0], CultureInfo.InvariantCulture);
            }
        }
    }

    private static async Task OneHopAsync(LabPlan plan, long size, TrafficReport report, CancellationToken cancellationToken)
    {
        Task<FetchResult> Fetch(long bytes) => ProxyFetch.FetchAsync(plan.Boards[0].Namespace, plan.OneHopProxyPort, "127.0.0.1", ServerPort, bytes, cancellationToken);
        double Cpu() => Supervisor.Processes() is var p ? plan.Boards.Sum(b => ProcessStats.Of(p[b.Name].Pid).CpuSeconds) : 0;
        await Fetch(1000);
        var before = Cpu();
        var result = await Fetch(size);
        report.OneHopCpuSPerGb = Math.Round((Cpu() - before) * 1e9 / size, 2);
        report.OneHopMbPerS = Math.Round(size / 1e6 / result.Total.TotalSeconds, 1);
        report.OneHopEchoP50Ms = Percentile(await ProxyFetch.EchoAsync(plan.Boards[0].Namespace, plan.OneHopProxyPort, "127.0.0.1", ServerPort, Echoes, cancellationToken), 50);
    }

    private static double Percentile(double[] sorted, int percent) => Math.Round(sorted[Math.Min(sorted.Length - 1, sorted.Length * percent / 100)], 3);

    private static async Task KillRelayAsync(LabPlan plan, TrafficReport report, List<string> failures, CancellationToken cancellationToken)
    {
        var relay = plan.Boards[1].Name;
        Signals.Send(Supervisor.Processes()[relay].Pid, Signals.Kill);
        var watch = Stopwatch.StartNew();
        report.RelayKilledRecoveryS = await UntilTrafficAsync(plan, watch, cancellationToken);
        Require(failures, report.RelayKilledRecoveryS is not null, $"no traffic within {RecoveryLimit.TotalSeconds:0} s after {relay} was killed");
        Require(failures, Supervisor.Processes() is var now && now[plan.Boards[0].Name].Restarts == 0 && now[plan.Boards[^1].Name].Restarts == 0, "A or C was started again");
    }

    private static async Task DropDirectAsync(LabPlan plan, TrafficReport report, List<string> failures, CancellationToken cancellationToken)
    {
        if (!plan.Namespaces)
        {
            report.DirectDroppedLeftOut = "packets can be dropped between namespaces only; run as root";
            return;
        }

        var (a, c) = (plan.Boards[0], plan.Boards[^1]);
        await LabNetwork.SetSilentDropAsync(a, c, drop: true, cancellationToken);
        try
        {
            // A new route must be dialled while the direct path swallows everything: the proxy is stopped and started.
            using var client = new BoardClient(a);
            await client.PostAsync("apps/skysocks-client/stop", "{}", cancellationToken);
            var watch = Stopwatch.StartNew();
            await client.PostAsync("apps/skysocks-client/start", "{}", cancellationToken);
            report.DirectDroppedFirstByteS = await UntilTrafficAsync(plan, watch, cancellationToken);
            Require(failures, report.DirectDroppedFirstByteS < FirstByteLimitS, string.Create(CultureInfo.InvariantCulture, $"first byte after {report.DirectDroppedFirstByteS} s with the direct path dropped; the limit is {FirstByteLimitS} s"));
        }
        finally
        {
            await LabNetwork.SetSilentDropAsync(a, c, drop: false, CancellationToken.None);
        }
    }

    // Seconds until a small fetch succeeds, tried again and again; null when the limit passed.
    private static async Task<double?> UntilTrafficAsync(LabPlan plan, Stopwatch watch, CancellationToken cancellationToken)
    {
        while (watch.Elapsed < RecoveryLimit)
        {
            try
            {
                using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
                limit.CancelAfter(TimeSpan.FromSeconds(5));
                await FetchAsync(plan, 1000, limit.Token);
                return Math.Round(watch.Elapsed.TotalSeconds, 3);
            }
            catch (Exception e) when (e is IOException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
            {
                await Task.Delay(20, cancellationToken);
            }
        }

        return null;
    }

    private static Task<FetchResult> FetchAsync(LabPlan plan, long size, CancellationToken cancellationToken) => ProxyFetch.FetchAsync(plan.Boards[0].Namespace, plan.ProxyPort, "127.0.0.1", ServerPort, size, cancellationToken);

    private static Process StartServer(BoardPlan board)
    {
        List<string> command = [Checkout.Dotnet, typeof(TrafficCheck).Assembly.Location, "serve-pattern", "--port", ServerPort.ToString(CultureInfo.InvariantCulture)];
        if (board.Namespace is { } ns)
        {
            command.InsertRange(0, ["ip", "netns", "exec", ns]);
        }

        var start = new ProcessStartInfo(command[0]) { RedirectStandardOutput = true };
        command.Skip(1).ToList().ForEach(start.ArgumentList.Add);
        return Process.Start(start) ?? throw new WorkbenchException("the file server did not start", "is the lab's network up? tools/skyminer status");
    }

    private static async Task WaitForServerAsync(Process server, CancellationToken cancellationToken)
    {
        if (await server.StandardOutput.ReadLineAsync(cancellationToken) != "listening")
        {
            throw new WorkbenchException($"the file server did not start on port {ServerPort}", $"is port {ServerPort} taken?");
        }
    }

    private static void Require(List<string> failures, bool holds, string otherwise)
    {
        if (!holds)
        {
            failures.Add(otherwise);
        }
    }

    private static void Show(TrafficReport report)
    {
        var table = new Table().AddColumns("figure", "value");
        void Row(string name, FormattableString value) => table.AddRow(name, Markup.Escape(FormattableString.Invariant(value)));
        Row("SHA-256 equal", $"{report.Sha256Equal}");
        Row("carried", $"{report.SizeBytes / 1e6:0.0} MB at {report.MbPerS} MB/s");
        Row("relayed by B", $"{report.RelayedBytes / 1e6:0.0} MB; direct link A-C: {report.DirectLinkAToC}");
        Row("CPU", $"{report.CpuSPerGb} s per GB: {string.Join(", ", report.Boards.Select(b => FormattableString.Invariant($"{b.Key} {b.Value.CpuSPerGb}")))}");
        Row("memory", $"{string.Join(", ", report.RssMb.Select(b => FormattableString.Invariant($"{b.Key} {b.Value} MB")))}");
        if (report.EchoP50Ms is not null)
        {
            Row("echo of 64 bytes, two hops", $"p50 {report.EchoP50Ms} ms, p99 {report.EchoP99Ms} ms");
            Row("one hop", $"{report.OneHopMbPerS} MB/s, {report.OneHopCpuSPerGb} CPU s per GB, echo p50 {report.OneHopEchoP50Ms} ms");
            Row("dial over two hops", $"{report.DialMedianMs} ms (median)");
            Row("start of a visor", $"{string.Join(", ", report.StartMs.Select(b => FormattableString.Invariant($"{b.Key} {b.Value} ms")))}");
        }

        if (report.RelayKilledRecoveryS is { } recovery)
        {
            Row("traffic again after B was killed", $"{recovery} s");
        }

        if (report.DirectDroppedFirstByteS is { } first)
        {
            Row("first byte, direct path dropped", $"{first} s");
        }

        AnsiConsole.Write(table);
        if (report.DirectDroppedLeftOut is { } leftOut)
        {
            AnsiConsole.MarkupLineInterpolated($"[yellow]left out:[/] {leftOut}");
        }

        foreach (var failure in report.Failures)
        {
            AnsiConsole.MarkupLineInterpolated($"[red]failed:[/] {failure}");
        }

        AnsiConsole.MarkupLine(report.Ok ? "[green]ok[/]" : "[red]not ok[/]");
    }
}

[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(TrafficReport))]
internal sealed partial class ReportJson : JsonSerializerContext;
