// What a radio does now, as far as the planner must know it: a decision made twice from the same facts must not disturb a link.
namespace Skywire.Wifi.Plan;

/// <summary>A radio that is at work already, or was before it went away or was blocked: it comes back to the channel on which its neighbours still are.</summary>
/// <param name="Plan">What it was last told; of one that links no boards now, what it was told when it did.</param>
/// <param name="MayMove">It has been without a neighbour for so long that another channel costs nothing.</param>
/// <param name="IsAtWork">It does so now.</param>
public sealed record RadioStanding(RadioPlan Plan, bool MayMove, bool IsAtWork = true);
