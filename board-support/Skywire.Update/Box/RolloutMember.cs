// A board's memory of the roll-out: what it heard last, told to whoever hands out turns next. Pure.
namespace Skywire.Update.Box;

/// <summary>The member side. Not thread-safe.</summary>
public sealed class RolloutMember
{
    private RolloutView? _seen;
    private TimeSpan _heardAt;

    /// <summary>What was heard last; null for nothing.</summary>
    public RolloutView? Seen => _seen;

    /// <summary>Makes a report. How long the turn is held goes on counting in the memory.</summary>
    public RolloutReport Report(string board, string version, RolloutState state, string target, string reason, int order, TimeSpan now)
        => new(board, version, state, target, reason, order, _seen is { Holder.Length: > 0 } seen ? seen with { HeldFor = seen.HeldFor + (now - _heardAt) } : _seen);

    /// <summary>Takes an answer.</summary>
    public void Hear(RolloutAnswer answer, TimeSpan now) => (_seen, _heardAt) = (answer.View, now);
}
