// What a board shows of itself. The order is the precedence: of several that hold, the first is shown.
namespace Skywire.Boards.Leds;

/// <summary>States of a board, most urgent first.</summary>
public enum BoardState
{
    /// <summary>The visor does not run or does not answer, or the board service died.</summary>
    Failed,

    /// <summary>Something needs a hand: a mistake in the settings, a link lost for long.</summary>
    Attention,

    /// <summary>An update is being written; do not pull the plug.</summary>
    Updating,

    /// <summary>Starting.</summary>
    Booting,

    /// <summary>No link to any other board.</summary>
    NoLink,

    /// <summary>A link is up, the mesh is not reached yet.</summary>
    Linked,

    /// <summary>In the mesh: measured, not hoped for.</summary>
    Joined,

    /// <summary>In the mesh, and routes carry bytes now.</summary>
    Traffic,
}

/// <summary>Words and numbers of states; the words are the visor's own and those of board.json.</summary>
public static class BoardStates
{
    /// <summary>Every state, in order of precedence.</summary>
    public static IReadOnlyList<BoardState> All { get; } = Enum.GetValues<BoardState>();

    /// <summary>The word used on every surface.</summary>
    public static string Word(this BoardState state) => state switch
    {
        BoardState.Failed => "failed",
        BoardState.Attention => "attention",
        BoardState.Updating => "updating",
        BoardState.Booting => "booting",
        BoardState.NoLink => "no_link",
        BoardState.Linked => "linked",
        BoardState.Joined => "joined",
        _ => "traffic",
    };

    /// <summary>How often an LED flashes for this state when the button asks: counted from the first step of joining, so that more is better up to 5.</summary>
    public static int Flashes(this BoardState state) => state switch
    {
        BoardState.Booting => 1,
        BoardState.NoLink => 2,
        BoardState.Linked => 3,
        BoardState.Joined => 4,
        BoardState.Traffic => 5,
        BoardState.Updating => 6,
        BoardState.Attention => 7,
        _ => 8,
    };

    /// <summary>The state of a word; null when there is none of it.</summary>
    public static BoardState? Find(string word)
    {
        foreach (var state in All)
        {
            if (state.Word() == word)
            {
                return state;
            }
        }

        return null;
    }
}
