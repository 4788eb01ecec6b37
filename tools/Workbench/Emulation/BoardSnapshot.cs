// A board in the middle of its work, kept: memory and card. Every case of a check starts from it within seconds instead of from power-on.
using System.Text.Json;

namespace Skywire.Workbench.Emulation;

/// <summary>Memory and card of a board that was stopped. Boards made from it differ in folder and ports alone: the guest must not notice.</summary>
internal sealed class BoardSnapshot(string folder)
{
    private static readonly TimeSpan SaveLimit = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan LoadLimit = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(100);

    /// <summary>The card at that moment.</summary>
    public string Card => Path.Combine(folder, "card.img");

    private string Memory => Path.Combine(folder, "memory");

    /// <summary>True when it was saved to its end.</summary>
    public bool IsThere => File.Exists(Memory) && File.Exists(Card);

    /// <summary>Stops the board where it is, keeps it, and ends its emulator.</summary>
    public async Task SaveAsync(EmulatedBoard board, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(folder);
        File.Delete(Memory);
        var part = Memory + ".part";
        await RequireAsync(board, """{"execute":"stop"}""", cancellationToken);
        await RequireAsync(board, """{"execute":"migrate-set-parameters","arguments":{"max-bandwidth":4294967296}}""", cancellationToken);
        await RequireAsync(board, $$$"""{"execute":"migrate","arguments":{"uri":"exec:cat >'{{{part}}}'"}}""", cancellationToken);
        await UntilAsync(board, """{"execute":"query-migrate"}""", "completed", SaveLimit, cancellationToken);
        await CopyAsync(board.Card, Card, cancellationToken);
        await QemuProcess.StopAsync(board, cancellationToken);
        File.Move(part, Memory, overwrite: true);
    }

    /// <summary>Starts a board from it; it goes on where it was, with a card of its own.</summary>
    public async Task ResumeAsync(EmulatedBoard board, FleetPlan fleet, IReadOnlyList<string> more, CancellationToken cancellationToken)
    {
        await PrepareAsync(board, Card, cancellationToken);
        await QemuProcess.StartAsync(board, fleet, stays: false, [.. more, "-incoming", $"exec:cat '{Memory}'"], cancellationToken);
        await UntilAsync(board, """{"execute":"query-status"}""", "paused", LoadLimit, cancellationToken);
        await RequireAsync(board, """{"execute":"cont"}""", cancellationToken);
    }

    /// <summary>A board's own copy of a card, and nothing left of an earlier life.</summary>
    public static Task PrepareAsync(EmulatedBoard board, string card, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(board.Folder);
        File.Delete(board.Console);
        File.Delete(Path.Combine(board.Folder, "known_hosts"));
        return CopyAsync(card, board.Card, cancellationToken);
    }

    /// <summary>Copies a card, holes staying holes.</summary>
    public static Task CopyAsync(string from, string to, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(to)!);
        File.Delete(to);
        return Shell.RequireAsync("cp", ["--sparse=always", "--reflink=auto", from, to], cancellationToken, "is the disk full?");
    }

    private static async Task RequireAsync(EmulatedBoard board, string command, CancellationToken cancellationToken)
    {
        if (!await QemuControl.RunAsync(board, command, cancellationToken))
        {
            throw new WorkbenchException($"the emulator of board {board.Name} refused {command}, or did not answer within {QemuControl.Limit.TotalSeconds:0} s", $"what it says: {board.QemuLog}");
        }
    }

    private static async Task UntilAsync(EmulatedBoard board, string query, string wanted, TimeSpan limit, CancellationToken cancellationToken)
    {
        var watch = System.Diagnostics.Stopwatch.StartNew();
        while (true)
        {
            var answer = await QemuControl.AskAsync(board, query, cancellationToken);
            var status = answer is { ValueKind: JsonValueKind.Object } a && a.TryGetProperty("status", out var s) ? s.GetString() : null;
            if (status == wanted)
            {
                return;
            }

            if (status == "failed" || watch.Elapsed > limit || QemuProcess.Pid(board) is null)
            {
                throw new WorkbenchException($"the emulator of board {board.Name} is at \"{status}\", not at \"{wanted}\"", $"what it says: {board.QemuLog}");
            }

            await Task.Delay(Look, cancellationToken);
        }
    }
}
