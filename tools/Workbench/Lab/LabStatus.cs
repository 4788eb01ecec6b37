// The lab at one moment, asked from the boards themselves.
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Skywire.Workbench.Lab;

/// <summary>A link of a board.</summary>
internal sealed record LinkStatus(string Remote, string Type, bool Up, long SentBytes, long ReceivedBytes, double? RoundTripMs);

/// <summary>One board: what its process and its API say. A board that does not answer has no key and the state "down".</summary>
internal sealed record BoardStatus(string Name, string? PublicKey, string Address, int? Pid, int Restarts, string State, string Reason, IReadOnlyList<LinkStatus> Links, int Routes, int Rules, long SentBytes, long ReceivedBytes, double RssMb, string Page);

/// <summary>The whole lab.</summary>
internal sealed record LabStatus(bool Running, bool Namespaces, int? ServicesPid, string Proxy, IReadOnlyList<BoardStatus> Boards)
{
    /// <summary>Asks every board at once.</summary>
    public static async Task<LabStatus> ReadAsync(LabPlan plan, CancellationToken cancellationToken)
    {
        var processes = Supervisor.Processes();
        var boards = await Task.WhenAll(plan.Boards.Select(b => ReadBoardAsync(b, processes.GetValueOrDefault(b.Name), cancellationToken)));
        var names = boards.Where(b => b.PublicKey is not null).ToDictionary(b => b.PublicKey!, b => b.Name);
        boards = [.. boards.Select(b => b with { Links = [.. b.Links.Select(l => l with { Remote = names.GetValueOrDefault(l.Remote, l.Remote) })] })];
        return new LabStatus(Supervisor.RunningPid() is not null, plan.Namespaces, processes.GetValueOrDefault("services").Pid is > 0 and var pid ? pid : null, $"socks5h://127.0.0.1:{plan.ProxyPort}", boards);
    }

    private static async Task<BoardStatus> ReadBoardAsync(BoardPlan board, (int Pid, int Restarts) process, CancellationToken cancellationToken)
    {
        int? pid = process.Pid > 0 ? process.Pid : null;
        var page = $"http://127.0.0.1:{board.PagePort}/";
        using var client = new BoardClient(board);
        if (await client.TryGetAsync("status", cancellationToken) is not { } status || await client.TryGetAsync("transports", cancellationToken) is not { } transports)
        {
            return new BoardStatus(board.Name, null, board.Address, pid, process.Restarts, "down", pid is null ? "the process does not run" : "the API does not answer yet", [], 0, 0, 0, 0, 0, page);
        }

        var links = transports.EnumerateArray().Select(t => new LinkStatus(
            t.GetProperty("remote_key").GetString()!,
            t.GetProperty("type").GetString()!,
            t.GetProperty("up").GetBoolean(),
            t.GetProperty("sent_bytes").GetInt64(),
            t.GetProperty("received_bytes").GetInt64(),
            t.GetProperty("round_trip_ms") is { ValueKind: JsonValueKind.Number } rtt ? rtt.GetDouble() : null)).ToList();
        return new BoardStatus(
            board.Name,
            status.GetProperty("public_key").GetString(),
            board.Address,
            pid,
            process.Restarts,
            status.GetProperty("state").GetString()!,
            status.GetProperty("state_reason").GetString()!,
            links,
            status.GetProperty("route_groups").GetInt32(),
            status.GetProperty("rules").GetInt32(),
            links.Sum(l => l.SentBytes),
            links.Sum(l => l.ReceivedBytes),
            pid is { } p ? ProcessStats.Of(p).RssMb : 0,
            page);
    }
}

[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(LabStatus))]
internal sealed partial class StatusJson : JsonSerializerContext;
