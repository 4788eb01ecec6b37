// Boards that nobody configured, on one wire: they find each other, carry a file, and carry on when the one that serves is gone.
using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Skywire.Workbench.Emulation;

namespace Skywire.Workbench.Checks;

/// <summary><c>check box</c>. A is the client, B the board whose proxy is used, C the one that serves: it holds the file, and it is the one that is lost.</summary>
internal sealed class BoxCheck(FleetPlan plan, string image, long fileBytes, CheckProgress progress) : IAsyncDisposable
{
    // The box's own range, of which it uses the lower ports: the packet filter lets it in.
    private const int FilePort = 9095;
    private const int ClientPort = 1080;
    private const string ClientApp = "skysocks-client";

    private static readonly TimeSpan JoinLimit = TimeSpan.FromMinutes(6);
    private static readonly TimeSpan LossLimit = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan FileLimit = TimeSpan.FromMinutes(4);

    private readonly EmulatedFleet _fleet = new(plan);
    private readonly BoxImageReport _report = new() { Image = Path.GetFileName(image), MachineLoad = BoardWatch.MachineLoad(), FileBytes = fileBytes };
    private readonly List<string> _failures = [];
    private readonly List<Member> _members = [];

    private int ProxyPort => plan.Boards[0].PagePort + 50;

    /// <summary>Runs all of it.</summary>
    public async Task<BoxImageReport> RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            await CarryOutAsync(cancellationToken);
        }
        finally
        {
            foreach (var member in _members)
            {
                member.Api.Dispose();
                await member.Shell.DisposeAsync();
            }
        }

        _report.Failures = _failures;
        _report.Ok = _failures.Count == 0;
        return _report;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _fleet.DisposeAsync();

    private async Task CarryOutAsync(CancellationToken cancellationToken)
    {
        var key = await BoardShell.EnsureKeyAsync(plan, cancellationToken);
        var passphrase = Convert.ToHexStringLower(System.Security.Cryptography.RandomNumberGenerator.GetBytes(12));
        foreach (var board in plan.Boards)
        {
            await EmulatedFleet.MakeCardAsync(board, image, BoardSettings.Text([("ssh_key", key), ("mesh_passphrase", passphrase)]), cancellationToken);
        }

        var clock = Stopwatch.StartNew();
        var watches = new List<(EmulatedBoard Board, ConsoleWatch Watch)>();
        foreach (var board in plan.Boards)
        {
            watches.Add((board, await _fleet.PowerOnAsync(board, cancellationToken)));
        }

        await progress.StepAsync("all boards let us in", async () =>
        {
            var opened = await Task.WhenAll(watches.Select(w => OpenAsync(w.Board, w.Watch, cancellationToken)));
            _members.AddRange(opened);
        });
        if (!await progress.StepAsync("all boards joined", () => AllJoinedAsync(_members, clock, JoinLimit, "", cancellationToken)))
        {
            return;
        }

        _report.AllJoinedS = Math.Round(clock.Elapsed.TotalSeconds, 1);
        await NoteBoardsAsync(cancellationToken);
        var serving = _members.Single(m => m.Key == _members[0].ServedBy);
        _report.ServedBy = serving.Name;
        var (a, b) = _members.Where(m => m != serving).ToList() is [var first, var second, ..] ? (first, second) : throw new InvalidOperationException("a box of three has two that do not serve");

        await progress.StepAsync("the client's proxy app on A", () => AddClientAsync(a, b, cancellationToken));
        await progress.StepAsync($"a file from {serving.Name} (C) to {a.Name} (A) by way of {b.Name}'s (B) proxy", () => FetchOverAsync(a, b, serving, cancellationToken));
        await progress.StepAsync("the serving board is switched off", () => LoseAsync(a, b, serving, cancellationToken));
    }

    private async Task<Member> OpenAsync(EmulatedBoard board, ConsoleWatch watch, CancellationToken cancellationToken)
    {
        var shell = await _fleet.LookIntoAsync(board, watch, cancellationToken);
        return new Member(board, watch, shell, await VisorApi.OpenAsync(board, shell, cancellationToken));
    }

    // Joined: every one of them says so, and all name the same serving board, other than the one that was lost.
    private async Task<bool> AllJoinedAsync(IReadOnlyList<Member> members, Stopwatch clock, TimeSpan limit, string lost, CancellationToken cancellationToken)
    {
        var why = "";
        var took = await BoardWatch.UntilAsync(
            async () =>
            {
                why = "";
                foreach (var member in members)
                {
                    await member.AskAsync(clock, lost, cancellationToken);
                    why += member.Joined ? "" : $"{member.Name}: {member.Why}; ";
                }

                return why.Length == 0 && members.Select(m => m.ServedBy).Distinct().Count() == 1;
            },
            limit,
            cancellationToken);
        if (took is null)
        {
            _failures.Add($"not all boards joined within {limit.TotalSeconds:0} s{(lost.Length > 0 ? " after the serving one was switched off" : "")}: {(why.Length > 0 ? why : "they do not agree on who serves")}");
        }

        return took is not null;
    }

    private async Task NoteBoardsAsync(CancellationToken cancellationToken)
    {
        foreach (var member in _members)
        {
            var facts = await BoardWatch.FactsAsync(member.Shell, cancellationToken);
            var figures = BoardWatch.Figures(member.Watch.Log, facts, member.JoinedAt);
            BoardWatch.Judge($"board {member.Name}", figures, _failures);
            member.Address = (await member.Shell.RequireAsync($"ip -4 -o addr show dev {QemuArguments.WireInterface} | head -1 | sed 's#.*inet \\([0-9.]*\\)/.*#\\1#'", cancellationToken)).Trim();
            _report.Boards.Add(new BoxBoard(member.Name, member.Key, member.Address, figures.LoginS, figures.JoinedS, figures.VisorRssMb, figures.MemoryUsedMb));
        }
    }

    // The proxy's client is the one thing a person has to ask for: which board's proxy shall be used. An operator's own configuration wins over the settings'.
    private async Task AddClientAsync(Member a, Member b, CancellationToken cancellationToken)
    {
        var config = JsonNode.Parse(await a.Shell.RequireAsync("cat /run/skyminer/skywire.json", cancellationToken))!;
        config["apps"]!.AsArray().Add(new JsonObject
        {
            ["name"] = ClientApp,
            ["kind"] = ClientApp,
            ["auto_start"] = true,
            ["settings"] = new JsonObject { ["server"] = b.Key, ["listen"] = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{ClientPort}") },
        });
        var text = Convert.ToBase64String(Encoding.UTF8.GetBytes(config.ToJsonString()));
        await a.Shell.RequireAsync($"echo {text} | base64 -d | install -o skywire -g skywire -m 640 /dev/stdin /var/lib/skywire/skywire.json && systemctl restart skyminer-settings && systemctl restart skywire", cancellationToken);
        await a.Shell.ForwardAsync(ProxyPort, ClientPort, cancellationToken);
        var clock = Stopwatch.StartNew();
        a.Forget();
        await AllJoinedAsync([a], clock, JoinLimit, "", cancellationToken);
    }

    private async Task FetchOverAsync(Member a, Member b, Member c, CancellationToken cancellationToken)
    {
        var sha = await ServeFileAsync(c, fileBytes, cancellationToken);
        var before = await ReceivedFromAsync(a, b, cancellationToken);
        if (await UntilFetchedAsync(c.Address, fileBytes, FileLimit, cancellationToken) is not { } got)
        {
            _failures.Add($"no file came from {c.Name} over {b.Name}'s proxy within {FileLimit.TotalSeconds:0} s");
            return;
        }

        _report.Sha256Equal = got.Sha256 == sha;
        _report.FileS = Math.Round(got.Total.TotalSeconds, 2);
        _report.FileMbPerS = Math.Round(fileBytes / 1e6 / got.Total.TotalSeconds, 2);
        _report.RouteBytes = await ReceivedFromAsync(a, b, cancellationToken) - before;
        if (!_report.Sha256Equal)
        {
            _failures.Add("what arrived is not what was sent");
        }

        if (_report.RouteBytes < fileBytes)
        {
            _failures.Add(string.Create(CultureInfo.InvariantCulture, $"A's links brought {_report.RouteBytes} bytes, fewer than the file has"));
        }
    }

    private async Task LoseAsync(Member a, Member b, Member c, CancellationToken cancellationToken)
    {
        await ServeFileAsync(b, fileBytes, cancellationToken);
        _report.SwitchedOff = c.Name;
        await QemuProcess.StopAsync(c.Board, cancellationToken);
        var clock = Stopwatch.StartNew();
        a.Forget();
        b.Forget();
        if (!await AllJoinedAsync([a, b], clock, LossLimit, c.Key, cancellationToken))
        {
            return;
        }

        _report.JoinedAgainS = Math.Round(clock.Elapsed.TotalSeconds, 1);
        _report.ServedByThen = _members.Single(m => m.Key == a.ServedBy).Name;
        // A route of before may still stand: a new one is asked of the new serving board.
        await a.Api.PostAsync($"apps/{ClientApp}/stop", "{}", cancellationToken);
        await a.Api.PostAsync($"apps/{ClientApp}/start", "{}", cancellationToken);
        if (await UntilFetchedAsync(b.Address, fileBytes, LossLimit, cancellationToken) is null)
        {
            _failures.Add($"no traffic from {a.Name} over {b.Name}'s proxy within {LossLimit.TotalSeconds:0} s after {c.Name} was switched off");
            return;
        }

        _report.TrafficAgainS = Math.Round(clock.Elapsed.TotalSeconds, 1);
    }

    // A file of random bytes behind the smallest HTTP server that systemd alone makes; returns its hash.
    private static async Task<string> ServeFileAsync(Member member, long bytes, CancellationToken cancellationToken)
    {
        var size = bytes.ToString(CultureInfo.InvariantCulture);
        var script = $"head -c {size} /dev/urandom >/run/check.bin; "
            + "printf '%s\\n' '#!/bin/bash' 'while read -r line; do [ \"$line\" = $'\"'\"'\\r'\"'\"' ] && break; done' "
            + $"'printf \"HTTP/1.1 200 OK\\r\\nContent-Length: {size}\\r\\nConnection: close\\r\\n\\r\\n\"' 'cat /run/check.bin' >/run/check-file; chmod 755 /run/check-file; "
            + $"systemctl reset-failed check-file 2>/dev/null; systemd-run -q --unit=check-file --collect systemd-socket-activate --listen=0.0.0.0:{FilePort} --accept --inetd /bin/bash /run/check-file; sha256sum </run/check.bin";
        return (await member.Shell.RequireAsync(script, cancellationToken)).Trim().Split(' ')[0];
    }

    private async Task<FetchResult?> UntilFetchedAsync(string address, long bytes, TimeSpan limit, CancellationToken cancellationToken)
    {
        var watch = Stopwatch.StartNew();
        while (watch.Elapsed < limit)
        {
            using var once = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            once.CancelAfter(limit - watch.Elapsed);
            try
            {
                return await ProxyFetch.FetchAsync(null, ProxyPort, address, FilePort, bytes, once.Token);
            }
            catch (Exception e) when (e is IOException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
            {
                await Task.Delay(TimeSpan.FromMilliseconds(500), cancellationToken);
            }
        }

        return null;
    }

    private static async Task<long> ReceivedFromAsync(Member a, Member b, CancellationToken cancellationToken) =>
        await a.Api.TryGetAsync("transports", cancellationToken) is { } links
            ? links.EnumerateArray().Where(l => l.GetProperty("remote_key").GetString() == b.Key).Sum(l => l.GetProperty("received_bytes").GetInt64())
            : 0;

    private sealed class Member(EmulatedBoard board, ConsoleWatch watch, BoardShell shell, VisorApi api)
    {
        public EmulatedBoard Board => board;

        public ConsoleWatch Watch => watch;

        public BoardShell Shell => shell;

        public VisorApi Api => api;

        public string Name => board.Name;

        public string Key { get; private set; } = "";

        public string Address { get; set; } = "";

        public string ServedBy { get; private set; } = "";

        public bool Joined { get; private set; }

        public string Why { get; private set; } = "not asked yet";

        public double? JoinedAt { get; private set; }

        public void Forget() => (Joined, JoinedAt, ServedBy, Why) = (false, null, "", "not asked yet");

        public async Task AskAsync(Stopwatch clock, string lost, CancellationToken cancellationToken)
        {
            if (await api.TryGetAsync("status", cancellationToken) is not { } status)
            {
                (Joined, Why) = (false, "the visor does not answer");
                return;
            }

            Key = status.GetProperty("public_key").GetString()!;
            if (!status.TryGetProperty("box", out var box) || box.ValueKind != JsonValueKind.Object)
            {
                (Joined, Why) = (false, "it is in no box");
                return;
            }

            var state = status.GetProperty("state").GetString();
            ServedBy = box.TryGetProperty("serving", out var serving) && serving.ValueKind == JsonValueKind.Object ? serving.GetProperty("key").GetString()! : "";
            Joined = box.GetProperty("joined").GetBoolean() && state is ("joined" or "traffic") && ServedBy.Length > 0 && ServedBy != lost;
            Why = $"state {state}, {box.GetProperty("role").GetString()}, {box.GetProperty("reason").GetString()} {status.GetProperty("state_reason").GetString()}";
            JoinedAt = Joined ? JoinedAt ?? clock.Elapsed.TotalSeconds : null;
        }
    }
}
