// `skywire update trial`: watches the new slot until it is good or out of time. The unit around it gives the tries back, or writes the reason and reboots.
using System.Text;
using Skywire.Update.History;
using Skywire.Update.Slots;
using Skywire.Update.Storage;

namespace Skywire.Update.Trial;

/// <summary>How a trial ended.</summary>
/// <param name="Verdict">Good or failed; wait when there is none for the running slot.</param>
/// <param name="Reason">Why it failed.</param>
public sealed record TrialEnd(TrialVerdict Verdict, string Reason);

/// <summary>Runs one trial.</summary>
/// <param name="storage">/data/update.</param>
/// <param name="probe">Measures. What it throws as <see cref="IOException"/> counts as a visor that is not up.</param>
/// <param name="time">Clock.</param>
public sealed class TrialRunner(IUpdateStorage storage, Func<CancellationToken, Task<TrialFacts>> probe, TimeProvider time)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(3);

    // A probe that hangs must not outlive the deadline unnoticed.
    private static readonly TimeSpan ProbeLimit = TimeSpan.FromSeconds(10);

    /// <summary>Runs the trial of the running slot to its end. <paramref name="sinceStart"/> is the machine's uptime now: the deadline counts from its start.</summary>
    public async Task<TrialEnd> RunAsync(RunningSlot slot, TimeSpan sinceStart, CancellationToken cancellationToken)
    {
        if (TrialRecord.Load(storage) is not { } trial || trial.Slot != slot.Name)
        {
            return new TrialEnd(TrialVerdict.Wait, "this slot is not on trial");
        }

        if (trial.Stage != TrialStage.OnTrial)
        {
            trial = trial with { Stage = TrialStage.OnTrial };
            trial.Save(storage);
        }

        var judge = new TrialJudge(trial);
        var begun = time.GetTimestamp();
        while (true)
        {
            var facts = await MeasureAsync(cancellationToken);
            switch (judge.Judge(facts, sinceStart + time.GetElapsedTime(begun)))
            {
                case TrialVerdict.Good:
                    Pass(trial);
                    return new TrialEnd(TrialVerdict.Good, "");
                case TrialVerdict.Failed:
                    storage.Write(TrialRecord.ReasonFile, Encoding.UTF8.GetBytes($"{judge.Reason}, {trial.Deadline} s after the start\n"));
                    return new TrialEnd(TrialVerdict.Failed, judge.Reason);
            }

            await Task.Delay(Pause, time, cancellationToken);
        }
    }

    // History before the record goes: after a power cut between the two it is done again, and written once.
    private void Pass(TrialRecord trial)
    {
        new UpdateHistory(storage).Add(new HistoryEntry
        {
            At = time.GetUtcNow(),
            Event = HistoryEntry.Good,
            Version = trial.Version,
            FromVersion = trial.FromVersion,
            Slot = trial.Slot,
            Trial = trial.Name,
        });
        TrialRecord.Clear(storage);
    }

    private async Task<TrialFacts> MeasureAsync(CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(ProbeLimit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            return await probe(either.Token);
        }
        catch (IOException e)
        {
            return new TrialFacts(false, false, null, false, e.Message);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new TrialFacts(false, false, null, false, "no answer in time");
        }
    }
}
