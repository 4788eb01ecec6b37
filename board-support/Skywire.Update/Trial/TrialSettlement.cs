// What a trial record that is found at the start of the program means. Pure.
using Skywire.Update.Slots;

namespace Skywire.Update.Trial;

/// <summary>Meanings of a record.</summary>
public enum TrialMeaning
{
    /// <summary>There is none.</summary>
    None,

    /// <summary>The running slot has to prove itself.</summary>
    OnTrial,

    /// <summary>Installed, and the board has not restarted since.</summary>
    AwaitsReboot,

    /// <summary>The installation was cut short.</summary>
    Interrupted,

    /// <summary>The new slot had its tries; this is the old one.</summary>
    RolledBack,
}

/// <summary>Settles trials.</summary>
public static class TrialSettlement
{
    /// <summary>
    /// The meaning of a record on the running slot. <paramref name="slotHolds"/>: RAUC says that the record's slot holds the record's version, complete; asked only where the record itself
    /// does not know. A slot that was complete is judged by its start: it may have been tried and fallen back from.
    /// </summary>
    public static TrialMeaning Of(TrialRecord? trial, RunningSlot running, bool hasReason, bool slotHolds)
    {
        if (trial is null)
        {
            return TrialMeaning.None;
        }

        if (trial.Slot == running.Name)
        {
            return TrialMeaning.OnTrial;
        }

        var isComplete = trial.Stage != TrialStage.Installing || hasReason || slotHolds;
        return !isComplete ? TrialMeaning.Interrupted
            : trial.BootId == running.BootId && trial.BootId.Length > 0 ? TrialMeaning.AwaitsReboot
            : TrialMeaning.RolledBack;
    }
}
