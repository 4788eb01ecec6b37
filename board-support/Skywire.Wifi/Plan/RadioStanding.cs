// What a radio does now, as far as the planner must know it: a decision made twice from the same facts must not disturb a link.
namespace Skywire.Wifi.Plan;

/// <summary>A radio that is at work already.</summary>
/// <param name="Plan">What it was last told.</param>
/// <param name="MayMove">It has been without a neighbour for so long that another channel costs nothing.</param>
public sealed record RadioStanding(RadioPlan Plan, bool MayMove);
