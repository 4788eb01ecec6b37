// What the update client is doing, as LED, page and terminal show it.
namespace Skywire.Update.Policy;

/// <summary>Phases of an update. Their words are the names in snake case.</summary>
public enum UpdatePhase
{
    /// <summary>Nothing to do.</summary>
    Idle,

    /// <summary>Asks for the feed.</summary>
    Checking,

    /// <summary>Fetches a bundle.</summary>
    Downloading,

    /// <summary>Checks what was fetched.</summary>
    Verifying,

    /// <summary>RAUC writes the other slot: do not pull the plug.</summary>
    Installing,

    /// <summary>Ready, but not at this time of day.</summary>
    WaitingForWindow,

    /// <summary>Ready, but another board of the box goes first.</summary>
    WaitingForTurn,

    /// <summary>The new slot is written; the board restarts.</summary>
    Rebooting,

    /// <summary>The running slot has to prove itself.</summary>
    OnTrial,

    /// <summary>The last order could not be carried out.</summary>
    Failed,
}
