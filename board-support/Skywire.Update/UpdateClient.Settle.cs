// At the start: what became of the update before. Every step may be cut short by a power failure and is then done again, from the record that goes away last.
using System.Text;
using Skywire.Update.History;
using Skywire.Update.Policy;
using Skywire.Update.Rauc;
using Skywire.Update.Trial;

namespace Skywire.Update;

public sealed partial class UpdateClient
{
    private const int MaxReason = 4096;
    private static readonly TimeSpan BusyPoll = TimeSpan.FromSeconds(5);
    private const string NoReason = "the new version did not come up far enough to say why: kernel, userspace or watchdog; its tries ran out";

    private async Task<UpdateOutcome> SettleAsync(CancellationToken cancellationToken)
    {
        if (parts.Slot is not { } running || TrialRecord.Load(parts.Storage) is not { } trial)
        {
            return new UpdateOutcome(null, "");
        }

        var reason = parts.Storage.Read(TrialRecord.ReasonFile, MaxReason) is { } bytes ? Encoding.UTF8.GetString(bytes).Trim() : "";
        var isFirst = trial.Slot != running.Name && trial.Stage == TrialStage.Installing ? await IsFirstAsync(trial, cancellationToken) : false;
        if (isFirst is null)
        {
            // Nobody knows which slot starts next, so the record stays: should it be the new one, it is on trial.
            return new UpdateOutcome(null, "");
        }

        switch (TrialSettlement.Of(trial, running, reason.Length > 0, isFirst.Value))
        {
            case TrialMeaning.AwaitsReboot:
                (trial with { Stage = TrialStage.Installed, BootId = running.BootId }).Save(parts.Storage);
                _history.Add(Entry(HistoryEntry.Installed, trial));
                return Restart($"{trial.Version} is in slot {trial.Slot}; the board restarts into it");
            case TrialMeaning.Interrupted:
                _history.Add(Entry(HistoryEntry.Interrupted, trial, "the board or its visor ended while the slot was written; the running slot was not touched"));
                TrialRecord.Clear(parts.Storage);
                break;
            case TrialMeaning.RolledBack:
                await TakeBackAsync(trial, reason.Length > 0 ? reason : NoReason, cancellationToken);
                break;
        }

        return new UpdateOutcome(null, "");
    }

    private async Task TakeBackAsync(TrialRecord trial, string reason, CancellationToken cancellationToken)
    {
        _state = _state.WithFailed(trial.Version, reason);
        _state.Save(parts.Storage);
        _history.Add(Entry(HistoryEntry.RolledBack, trial, reason));
        Show(s => s with { Phase = UpdatePhase.Failed, Reason = $"{trial.Version} was taken back: {reason}", Failed = _state.Failed, Target = trial.Version });
        try
        {
            await parts.Rauc.MarkAsync("active", "booted", cancellationToken);
        }
        catch (RaucException e)
        {
            // The boot loader has no tries left for the other slot and goes on taking this one; the record stays for the next start.
            Show(s => s with { Reason = $"{s.Reason}; the boot order could not be set: {e.Message}" });
            return;
        }

        TrialRecord.Clear(parts.Storage);
    }

    // RAUC is another process: it may go on writing after the visor ended, and answers nothing else meanwhile. Null when it does not answer at all.
    private async Task<bool?> IsFirstAsync(TrialRecord trial, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                var first = await parts.Rauc.PrimaryAsync(cancellationToken);
                return (await parts.Rauc.SlotsAsync(cancellationToken)).Any(s => s.Name == first && s.BootName == trial.Slot);
            }
            catch (RaucException e) when (e.Refusal.Code == RefusalCode.Busy)
            {
                Show(s => s with { Phase = UpdatePhase.Installing, Reason = "an installation from before goes on", Target = trial.Version });
                await Task.Delay(BusyPoll, parts.Time, cancellationToken);
            }
            catch (RaucException)
            {
                return null;
            }
        }
    }
}
