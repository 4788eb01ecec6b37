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
    /// The meaning of a record on the running slot. <paramref name="isFirst"/>: RAUC, which has nothing under way, says that the record's slot starts next; asked only where the record itself does not
    /// know. In doubt it counts as cut short: a bad version then gets one more try and is found out, where the opposite error would lock a good one out.
    /// </summary>
    public static TrialMeaning Of(TrialRecord? trial, RunningSlot running, bool hasReason, bool isFirst)
    {
        if (trial is null)
        {
            return TrialMeaning.None;
        }

        if (trial.Slot == running.Name)
        {
            return TrialMeaning.OnTrial;
        }

        if (trial.Stage == TrialStage.Installing && !hasReason)
        {
            return isFirst ? TrialMeaning.AwaitsReboot : TrialMeaning.Interrupted;
        }

        return trial.BootId == running.BootId && trial.BootId.Length > 0 ? TrialMeaning.AwaitsReboot : TrialMeaning.RolledBack;
    }
}
