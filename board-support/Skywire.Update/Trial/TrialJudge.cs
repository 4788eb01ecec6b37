// Whether a new slot has proved itself. Pure: what was measured and the time since the start in, a verdict out.
using System.Globalization;

namespace Skywire.Update.Trial;

/// <summary>What was measured.</summary>
/// <param name="VisorUp">The visor runs and says it is ready.</param>
/// <param name="ApiAnswers">Its interface answered this very question.</param>
/// <param name="Links">Links that are up; null when it could not be asked.</param>
/// <param name="DataReadable">Configuration, key and state of before can be read.</param>
/// <param name="Detail">What is wrong, in words; "" when nothing is.</param>
public sealed record TrialFacts(bool VisorUp, bool ApiAnswers, int? Links, bool DataReadable, string Detail);

/// <summary>Kinds of verdicts.</summary>
public enum TrialVerdict
{
    /// <summary>Not yet.</summary>
    Wait,

    /// <summary>Good.</summary>
    Good,

    /// <summary>Out of time.</summary>
    Failed,
}

/// <summary>Judges one trial. Not thread-safe.</summary>
public sealed class TrialJudge(TrialRecord trial)
{
    /// <summary>All must hold for this long: a visor that crashes and comes back answers, too, now and then.</summary>
    public static readonly TimeSpan Hold = TimeSpan.FromSeconds(15);

    private TimeSpan? _heldSince;

    /// <summary>Why it is not good yet.</summary>
    public string Reason { get; private set; } = "nothing was measured";

    /// <summary>The verdict <paramref name="sinceStart"/> after the start of the slot.</summary>
    public TrialVerdict Judge(TrialFacts facts, TimeSpan sinceStart)
    {
        var missing = Missing(facts);
        if (missing.Length > 0)
        {
            (Reason, _heldSince) = (missing, null);
        }
        else
        {
            _heldSince ??= sinceStart;
            Reason = "all is well, not yet for long";
            if (sinceStart - _heldSince >= Hold)
            {
                return TrialVerdict.Good;
            }
        }

        // What holds when the time is up gets its few seconds more.
        return _heldSince is null && sinceStart >= TimeSpan.FromSeconds(trial.Deadline) ? TrialVerdict.Failed : TrialVerdict.Wait;
    }

    private string Missing(TrialFacts facts)
    {
        var detail = facts.Detail.Length > 0 ? $": {facts.Detail}" : "";
        return !facts.VisorUp ? $"the visor is not up{detail}"
            : !facts.ApiAnswers ? $"the visor's interface does not answer{detail}"
            : !facts.DataReadable ? $"the data cannot be read{detail}"
            : facts.Links is not { } links ? $"the links are not known{detail}"
            : links < trial.LinksBefore ? string.Create(CultureInfo.InvariantCulture, $"{links} of {trial.LinksBefore} links are up{detail}") : "";
    }
}
