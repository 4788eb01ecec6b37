// Why an update is not taken: one flat list, shared by status, history, metrics and tests.
namespace Skywire.Update.Policy;

/// <summary>Causes of a refusal. Their words are the names in snake case.</summary>
public enum RefusalCode
{
    /// <summary>Made for another board.</summary>
    WrongBoard,

    /// <summary>Older than what runs, and nobody asked for a downgrade.</summary>
    OlderVersion,

    /// <summary>It runs already.</summary>
    SameVersion,

    /// <summary>Needs a newer version to come from.</summary>
    MinVersion,

    /// <summary>Signed by somebody this board does not trust.</summary>
    BadSignature,

    /// <summary>Not signed at all.</summary>
    Unsigned,

    /// <summary>A part is missing.</summary>
    Truncated,

    /// <summary>Other bytes than the publisher's.</summary>
    Altered,

    /// <summary>No room for the download.</summary>
    DiskTooSmall,

    /// <summary>The system does not fit into its slot.</summary>
    SlotTooSmall,

    /// <summary>Was installed before, and the board had to go back.</summary>
    FailedBefore,

    /// <summary>Another installation runs.</summary>
    Busy,

    /// <summary>The installer does not answer.</summary>
    NoRauc,

    /// <summary>The installer refused for another cause.</summary>
    InstallFailed,

    /// <summary>Neither feed nor bundle could be had.</summary>
    Unreachable,

    /// <summary>The feed is not one.</summary>
    BadFeed,

    /// <summary>No such version or file.</summary>
    NotFound,

    /// <summary>The roll-out in the box was stopped.</summary>
    RolloutStopped,

    /// <summary>Updates are switched off.</summary>
    SwitchedOff,
}
