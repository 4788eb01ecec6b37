// One thing that happened to a board's system.
namespace Skywire.Update.History;

/// <summary>An entry of history.jsonl.</summary>
public sealed record HistoryEntry
{
    /// <summary>A new version was written into a slot.</summary>
    public const string Installed = "installed";

    /// <summary>It proved itself.</summary>
    public const string Good = "good";

    /// <summary>It did not: the board runs the old slot again.</summary>
    public const string RolledBack = "rolled_back";

    /// <summary>Writing it was cut short; the running slot was never touched.</summary>
    public const string Interrupted = "interrupted";

    /// <summary>It was refused.</summary>
    public const string Refused = "refused";

    /// <summary>A person went back to the other slot.</summary>
    public const string Rollback = "rollback";

    /// <summary>When, by the board's clock.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>What, one of the words above.</summary>
    public required string Event { get; init; }

    /// <summary>The version it was about.</summary>
    public string Version { get; init; } = "";

    /// <summary>What ran before.</summary>
    public string FromVersion { get; init; } = "";

    /// <summary>The slot it was about.</summary>
    public string Slot { get; init; } = "";

    /// <summary>Code of a refusal.</summary>
    public string Code { get; init; } = "";

    /// <summary>Why, in words.</summary>
    public string Reason { get; init; } = "";

    /// <summary>Which trial it belongs to: the same end of the same trial is written once, however often a board loses power meanwhile.</summary>
    public string Trial { get; init; } = "";
}
