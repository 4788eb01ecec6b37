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
        => BoardStates.All.Select(state => (IReadOnlyList<string>)[state.Word(), .. board.Leds.Select(l => l.IsOfAir ? "the air, see below" : l.States[state].Meaning()), $"{state.Flashes()}", Meaning(state)])
            .Concat(AirWords.All.Where(air => board.Leds.Any(l => l.Air.ContainsKey(air))).Select(air => AirRow(board, air)));

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

    // LEDs of the air show it in every state; the others where the board has no link, which is when somebody looks for it.
    private static IReadOnlyList<string> AirRow(BoardFile board, string air)
    {
        var isAlways = board.Leds.Where(l => l.Air.ContainsKey(air)).All(l => l.IsOfAir);
        return [isAlways ? $"(air {air})" : $"no_link, air {air}", .. board.Leds.Select(l => l.IsOfAir || !isAlways ? l.Shows(BoardState.NoLink, air).Meaning() : "as its state"), isAlways ? "" : $"{BoardState.NoLink.Flashes()}", AirWords.Meaning(air)];
    }

    private static string Line(IEnumerable<string> cells) => "| " + string.Join(" | ", cells) + " |";
}
