// What the update client does next of itself. Pure: facts in, one step out.
namespace Skywire.Update.Policy;

/// <summary>What is known.</summary>
/// <param name="Settings">The operator's.</param>
/// <param name="HasFeed">There is somebody to ask.</param>
/// <param name="HasCandidate">The last look found a bundle to install.</param>
/// <param name="LocalTime">Time of day here.</param>
/// <param name="SinceCheck">Since the last look; null when there was none.</param>
/// <param name="CheckEvery">Time between two looks, jitter included.</param>
public sealed record PolicyFacts(UpdateSettings Settings, bool HasFeed, bool HasCandidate, TimeOnly LocalTime, TimeSpan? SinceCheck, TimeSpan CheckEvery);

/// <summary>Kinds of steps.</summary>
public enum PolicyAction
{
    /// <summary>Look again after a while.</summary>
    Wait,

    /// <summary>Look at the feed.</summary>
    Check,

    /// <summary>Install the candidate.</summary>
    Install,
}

/// <summary>One step.</summary>
/// <param name="Action">What to do.</param>
/// <param name="Phase">What is shown meanwhile.</param>
/// <param name="Wait">How long until the next decision, when the action is to wait.</param>
public sealed record PolicyStep(PolicyAction Action, UpdatePhase Phase, TimeSpan Wait);

/// <summary>Decides.</summary>
public static class UpdatePolicy
{
    /// <summary>Longest wait between two decisions: the wall clock may jump, and what the window says is then seen within this.</summary>
    public static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(5);

    /// <summary>The next step.</summary>
    public static PolicyStep Next(PolicyFacts facts)
    {
        if (facts.Settings.Channel == UpdateChannel.Off)
        {
            return Wait(UpdatePhase.Idle, LongestWait);
        }

        if (facts.HasFeed && (facts.SinceCheck is null || facts.SinceCheck >= facts.CheckEvery))
        {
            return new PolicyStep(PolicyAction.Check, UpdatePhase.Checking, TimeSpan.Zero);
        }

        // Without anybody to ask no look is ever due, however long ago the last one was.
        var untilCheck = facts is { HasFeed: true, SinceCheck: { } since } ? facts.CheckEvery - since : LongestWait;
        if (!facts.HasCandidate || !facts.Settings.IsAutomatic)
        {
            return Wait(UpdatePhase.Idle, untilCheck);
        }

        var untilWindow = facts.Settings.Window.Until(facts.LocalTime);
        return untilWindow > TimeSpan.Zero
            ? Wait(UpdatePhase.WaitingForWindow, untilWindow < untilCheck ? untilWindow : untilCheck)
            : new PolicyStep(PolicyAction.Install, UpdatePhase.Downloading, TimeSpan.Zero);
    }

    private static PolicyStep Wait(UpdatePhase phase, TimeSpan wait) => new(PolicyAction.Wait, phase, wait < LongestWait ? wait : LongestWait);
}
