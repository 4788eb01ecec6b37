// Which time to start with on a board without a battery-backed clock. Pure.
namespace Skywire.Boards.Clock;

/// <summary>Where the time of this boot comes from.</summary>
public enum ClockSource
{
    /// <summary>Nobody vouches for it: the image's build time at best.</summary>
    Unknown,

    /// <summary>The last time this board knew, saved before it went off: behind by as long as it was off.</summary>
    LastKnown,

    /// <summary>A hardware clock that ran while the board was off.</summary>
    Hardware,
}

/// <summary>What to do with the clock at boot.</summary>
/// <param name="SetTo">Set the clock to this; null leaves it.</param>
/// <param name="Source">Where the time comes from then.</param>
public sealed record ClockDecision(DateTimeOffset? SetTo, ClockSource Source)
{
    /// <summary>A saved time further than this after the image was built is taken for damage, not for a very old board.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromDays(365 * 20);

    /// <summary>
    /// Decides. The clock only ever goes forward here: <paramref name="now"/> is the system's, <paramref name="saved"/> the last known time, <paramref name="built"/> when the image was made
    /// (no board is older), <paramref name="hardware"/> the battery-backed clock's. A hardware clock is believed when it is not before what is known for sure.
    /// </summary>
    public static ClockDecision Make(DateTimeOffset now, DateTimeOffset? saved, DateTimeOffset? built, DateTimeOffset? hardware)
    {
        var floor = built ?? DateTimeOffset.UnixEpoch;
        var isSaved = saved is { } time && time >= floor && (built is null || time - floor < Longest);
        if (isSaved)
        {
            floor = saved!.Value;
        }

        if (floor > DateTimeOffset.UnixEpoch && hardware is { } ran && ran >= floor)
        {
            return new ClockDecision(now < ran ? ran : null, ClockSource.Hardware);
        }

        return new ClockDecision(now < floor ? floor : null, isSaved ? ClockSource.LastKnown : ClockSource.Unknown);
    }
}
