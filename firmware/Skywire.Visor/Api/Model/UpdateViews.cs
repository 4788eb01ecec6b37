// What the local API shows of updates. Names are these in snake_case and are stable: only added to, never renamed.
namespace Skywire.Visor.Api.Model;

/// <summary>Updates at a glance, as a part of the visor's status.</summary>
internal sealed record UpdateBriefView(string Phase, string Version, string Slot, string Target, int Percent, string Reason);

/// <summary>Updates of the board's system. Texts that do not apply are "".</summary>
internal sealed record UpdateView
{
    /// <summary>idle, checking, downloading, verifying, installing, waiting_for_window, waiting_for_turn, rebooting, on_trial or failed.</summary>
    public required string Phase { get; init; }

    /// <summary>Why it waits or failed.</summary>
    public required string Reason { get; init; }

    /// <summary>What runs.</summary>
    public required string Version { get; init; }

    /// <summary>A or B; "" when the system runs from no slot, and nothing can be installed.</summary>
    public required string Slot { get; init; }

    public required string Compatible { get; init; }

    public required string Channel { get; init; }

    /// <summary>Installs by itself within the window.</summary>
    public required bool Automatic { get; init; }

    public required string Window { get; init; }

    public required string Feed { get; init; }

    /// <summary>The version found, fetched or installed.</summary>
    public required string Target { get; init; }

    public required string Changelog { get; init; }

    public required int Percent { get; init; }

    /// <summary>The installer's step.</summary>
    public required string Step { get; init; }

    public required long BytesTotal { get; init; }

    public required long BytesHeld { get; init; }

    /// <summary>Bytes that the running slot had already.</summary>
    public required long BytesFromSlot { get; init; }

    public required long BytesFetched { get; init; }

    /// <summary>Connections that broke.</summary>
    public required int Retries { get; init; }

    /// <summary>Bytes fetched since the visor started, all downloads.</summary>
    public required long TotalFetched { get; init; }

    /// <summary>Bytes taken from the running slot since the visor started.</summary>
    public required long TotalReused { get; init; }

    public required DateTimeOffset? LastCheck { get; init; }

    /// <summary>What was wrong with the last look at a feed.</summary>
    public required string CheckFault { get; init; }

    /// <summary>When a version last proved itself.</summary>
    public required DateTimeOffset? LastGood { get; init; }

    /// <summary>Word of the last refusal.</summary>
    public required string Refusal { get; init; }

    public required string RefusalCause { get; init; }

    public required string Remedy { get; init; }

    /// <summary>Refusals since the visor started, by word.</summary>
    public required IReadOnlyDictionary<string, long> Refusals { get; init; }

    /// <summary>Versions that had to be taken back and are not installed again by themselves.</summary>
    public required IReadOnlyList<FailedUpdateView> Failed { get; init; }

    /// <summary>The last order of a person; null for none.</summary>
    public required UpdateOrderView? Order { get; init; }

    /// <summary>Where a file for this board can be put.</summary>
    public required string Folder { get; init; }

    /// <summary>The roll-out in the box; null outside of one.</summary>
    public required RolloutViewOfBox? Rollout { get; init; }
}

/// <summary>A version that had to be taken back.</summary>
internal sealed record FailedUpdateView(string Version, string Reason);

/// <summary>An order and its end. <paramref name="Code"/> is "" unless it was refused.</summary>
internal sealed record UpdateOrderView(int Number, string What, bool Done, string Message, string Code, string Remedy);

/// <summary>A roll-out: who has the turn, and why it was stopped.</summary>
internal sealed record RolloutViewOfBox(string Target, int Order, string Holder, string HolderTarget, double HeldForSeconds, string Stopped, IReadOnlyList<RolloutBoardView> Boards);

/// <summary>A board of a roll-out; only the serving board knows them.</summary>
internal sealed record RolloutBoardView(string Board, string Version, string State, string Target, string Reason, double SilenceSeconds);

/// <summary>Asks for an installation. All texts may be missing.</summary>
internal sealed record InstallUpdateRequest(string? File, string? Version, bool? AllowDowngrade, bool? Box);
