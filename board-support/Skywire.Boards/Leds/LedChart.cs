// The chart of what each LED shows in each state, from board.json: on the command line and in docs/boards.md, so that both are right.
using Skywire.Boards.Data;

namespace Skywire.Boards.Leds;

/// <summary>A chart of one board's LEDs.</summary>
public static class LedChart
{
    /// <summary>Column titles: the state, its meaning, then each LED, then the flashes after a short press.</summary>
    public static IReadOnlyList<string> Columns(BoardFile board) => ["STATE", .. board.Leds.Select(l => $"{l.Color.ToUpperInvariant()} ({l.Name})"), "#FLASHES", "MEANING"];

    /// <summary>A row for each state, in order of precedence.</summary>
    public static IEnumerable<IReadOnlyList<string>> Rows(BoardFile board)
        => BoardStates.All.Select(state => (IReadOnlyList<string>)[state.Word(), .. board.Leds.Select(l => l.States[state].Meaning()), $"{state.Flashes()}", Meaning(state)]);

    /// <summary>The chart as a Markdown table.</summary>
    public static string Markdown(BoardFile board)
    {
        var columns = Columns(board).Select(c => c.TrimStart('#')).ToList();
        return string.Join('\n', (string[])[Line(columns), Line(columns.Select(_ => "---")), .. Rows(board).Select(Line)]) + "\n";
    }

    /// <summary>A state in words.</summary>
    public static string Meaning(BoardState state) => state switch
    {
        BoardState.Failed => "the visor or the board service does not run",
        BoardState.Attention => "needs a hand: see the console page or skyminer-errors.txt on the card",
        BoardState.Updating => "an update is being written, do not pull the plug",
        BoardState.Booting => "starting",
        BoardState.NoLink => "no link to another board",
        BoardState.Linked => "a link is up, not joined yet",
        BoardState.Joined => "joined the mesh",
        _ => "joined, routes carry traffic",
    };

    private static string Line(IEnumerable<string> cells) => "| " + string.Join(" | ", cells) + " |";
}
