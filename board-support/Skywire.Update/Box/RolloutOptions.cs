// Times of a roll-out, each with its reason.
namespace Skywire.Update.Box;

/// <summary>Settings of a <see cref="RolloutCoordinator"/> and of those who ask it.</summary>
public sealed record RolloutOptions
{
    /// <summary>The defaults.</summary>
    public static RolloutOptions Default { get; } = new();

    /// <summary>Between two reports of a board.</summary>
    public TimeSpan Poll { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>After a board was good, before the next one goes: routes that led through it have come back.</summary>
    public TimeSpan GoodTime { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>A new coordinator hands out nothing for this long: every board that is up has reported several times.</summary>
    public TimeSpan Listen { get; init; } = TimeSpan.FromSeconds(90);

    /// <summary>Silence of a board that reported before, after which it may be down: four reports.</summary>
    public TimeSpan Doubt { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Silence after which a board without the turn counts as switched off, and no longer holds the others up.</summary>
    public TimeSpan Away { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Longest turn: writing, and three starts with a trial each before the old slot comes back and tells.</summary>
    public TimeSpan TurnLimit { get; init; } = TimeSpan.FromMinutes(40);

    /// <summary>Most boards; more than a box may have.</summary>
    public int MaxBoards { get; init; } = 256;
}
