// From everything known to the one state that is shown. Pure: facts and time in, state and reason out.
using Skywire.Boards.Leds;

namespace Skywire.Boards.Running;

/// <summary>Facts at one moment.</summary>
public sealed record BoardFacts
{
    /// <summary>The visor's account; null when it gave none.</summary>
    public MeshStatus? Mesh { get; init; }

    /// <summary>Why it gave none.</summary>
    public string MeshFault { get; init; } = "";

    /// <summary>Mistakes in the settings.</summary>
    public int Mistakes { get; init; }

    /// <summary>An update is being written, as something else than the visor says.</summary>
    public bool IsUpdating { get; init; }

    /// <summary>The air; null where no wifi service runs.</summary>
    public AirStatus? Air { get; init; }

    /// <summary>A wire has a link.</summary>
    public bool HasWire { get; init; }
}

/// <summary>Judges facts. Not thread-safe: one caller feeds it.</summary>
public sealed class BoardStatePolicy(TimeProvider time)
{
    /// <summary>How long a visor may take to answer for the first time: its unit has 60 s to start, and the clock is waited for before.</summary>
    public static readonly TimeSpan StartPatience = TimeSpan.FromSeconds(120);

    /// <summary>How long a visor that ran may be silent: its unit restarts it after a second, and it answers some seconds later.</summary>
    public static readonly TimeSpan SilencePatience = TimeSpan.FromSeconds(10);

    private readonly long _start = time.GetTimestamp();
    private long _silentSince;
    private bool _isSilent;
    private bool _answered;

    /// <summary>The state to show and why, most urgent first.</summary>
    public (BoardState State, string Reason) Judge(BoardFacts facts)
    {
        var (state, reason) = WithAir(OfMesh(facts), facts);
        if (state == BoardState.Failed)
        {
            return (state, reason);
        }

        if (facts.Mistakes > 0)
        {
            return (BoardState.Attention, $"{facts.Mistakes} mistake{(facts.Mistakes == 1 ? "" : "s")} in the settings, see skyminer-errors.txt on the card; {state.Word()}: {reason}");
        }

        var update = facts.IsUpdating ? "an update is being written" : UpdateReason(facts.Mesh?.UpdatePhase ?? "");
        return update.Length > 0 && state > BoardState.Updating ? (BoardState.Updating, update) : (state, reason);
    }

    // What a person should know before pulling the plug; a download or a wait can be cut short at any time.
    private static string UpdateReason(string phase) => phase switch
    {
        "verifying" or "installing" => "an update is being written",
        "rebooting" => "the board restarts into the new version",
        "on_trial" => "a new version has to prove itself",
        _ => "",
    };

    // The air explains a state; it makes none but this: while the setup access point waits for its owner, "no link for ten minutes" is no fault.
    private static (BoardState State, string Reason) WithAir((BoardState State, string Reason) judged, BoardFacts facts)
    {
        var (state, reason) = judged;
        return (state, facts.Air) switch
        {
            (BoardState.NoLink or BoardState.Attention, { State: AirWords.Setup } air) => (BoardState.NoLink, $"the setup access point{(air.SetupName.Length > 0 ? " " + air.SetupName : "")} is open: connect to it with a phone; {reason}"),
            (BoardState.NoLink, { State: AirWords.Searching }) => (state, $"{reason}; searching on the air"),
            (BoardState.NoLink, { State: AirWords.Off } air) => (state, $"{reason}; radios are off: {air.Reason}"),
            (BoardState.NoLink, { State: AirWords.Weak }) => (state, $"{reason}; linked on the air, the signal is weak"),
            (_, { State: AirWords.Weak }) when state >= BoardState.Linked && !facts.HasWire => (state, $"{reason}; the only link is on the air, and its signal is weak"),
            _ => judged,
        };
    }

    private (BoardState State, string Reason) OfMesh(BoardFacts facts)
    {
        if (facts.Mesh is { } mesh)
        {
            (_answered, _isSilent) = (true, false);
            var state = BoardStates.Find(mesh.State) ?? BoardState.Attention;
            // In a box, joined means that the serving board answered; a link to a neighbour alone is not it.
            return state >= BoardState.Joined && mesh.Box is { IsJoined: false } box ? (BoardState.Linked, $"{(box.Reason.Length > 0 ? box.Reason : "the box's serving board has not answered yet")}; {mesh.Reason}") : (state, mesh.Reason);
        }

        if (!_isSilent)
        {
            (_isSilent, _silentSince) = (true, time.GetTimestamp());
        }

        var patience = _answered ? SilencePatience : StartPatience;
        var since = _answered ? _silentSince : _start;
        return time.GetElapsedTime(since) >= patience ? (BoardState.Failed, facts.MeshFault) : (BoardState.Booting, _answered ? "the visor starts again" : "waiting for the visor");
    }
}
