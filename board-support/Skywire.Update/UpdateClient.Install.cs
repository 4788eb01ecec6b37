// From a bundle to the restart. The order of writes matters: the trial record is there before RAUC may make the new slot the first one.
using Skywire.Update.Box;
using Skywire.Update.Download;
using Skywire.Update.Feed;
using Skywire.Update.History;
using Skywire.Update.Policy;
using Skywire.Update.Rauc;
using Skywire.Update.Trial;
using Skywire.Update.Versions;

namespace Skywire.Update;

public sealed partial class UpdateClient
{
    // Who wants an installation.
    private enum Asker
    {
        Itself,
        Box,
        Person,
    }

    private async Task<UpdateOutcome> InstallByHandAsync(InstallOrder order, Asker asker, CancellationToken cancellationToken)
    {
        if (Obstacle() is { } obstacle)
        {
            return Refuse(obstacle, order.Version);
        }

        if (order.File.Length > 0)
        {
            return await InstallFileAsync(order.File, Facts("", true, order.AllowsDowngrade), asker, cancellationToken);
        }

        var check = await CheckAsync(order.Version, order.AllowsDowngrade, cancellationToken);
        return _candidate is { } bundle ? await InstallFromFeedAsync(bundle, Facts(order.Version, true, order.AllowsDowngrade), asker, cancellationToken) : check;
    }

    private Refusal? Obstacle() => parts.Slot is null ? new Refusal(RefusalCode.NoRauc, "this system runs from no slot")
        : IsOnTrial() ? new Refusal(RefusalCode.Busy, "the running version is on trial")
        : _status.Phase == UpdatePhase.Rebooting ? new Refusal(RefusalCode.Busy, "the board is about to restart") : null;

    private async Task<UpdateOutcome> InstallFromFeedAsync(FeedBundle bundle, ChoiceFacts facts, Asker asker, CancellationToken cancellationToken)
    {
        if (FeedChoice.Check(bundle.Version, bundle.MinVersion, bundle.Compatible, facts) is { } refusal)
        {
            return RefuseCandidate(refusal, bundle.Version.Text);
        }

        Show(s => s with { Phase = UpdatePhase.Downloading, Reason = "", Target = bundle.Version.Text, Changelog = bundle.Changelog, Percent = 0 });
        await TellBoxAsync(RolloutState.Downloading, bundle.Version.Text, "", 0, cancellationToken);
        var download = new BundleDownload(parts.Storage, parts.Http, parts.Time, parts.Jitter, parts.Download);
        var result = await download.RunAsync(bundle, parts.OpenSlot, parts.Settings().BytesPerSecond, ShowDownload, cancellationToken);
        ShowDownload(result.Progress, always: true);
        return result.Refusal is { } failed
            ? RefuseCandidate(failed, bundle.Version.Text)
            : await InstallFileAsync(parts.Storage.PathOf(result.Name), facts, asker, cancellationToken);
    }

    private async Task<UpdateOutcome> InstallFileAsync(string path, ChoiceFacts facts, Asker asker, CancellationToken cancellationToken)
    {
        var target = "";
        try
        {
            Show(s => s with { Phase = UpdatePhase.Verifying, Reason = "", Percent = 0 });
            var bundle = await parts.Rauc.InspectAsync(path, cancellationToken);
            target = bundle.Version;
            if (SemanticVersion.Parse(target) is not { } version)
            {
                return RefuseCandidate(new Refusal(RefusalCode.InstallFailed, $"the bundle's version {target} is none"), target);
            }

            Show(s => s with { Target = target, Changelog = bundle.Changelog });
            if (FeedChoice.Check(version, SemanticVersion.Parse(bundle.MinVersion), bundle.Compatible, facts) is { } refusal)
            {
                return RefuseCandidate(refusal, target);
            }

            // RAUC looks at it too, but only after it has taken the other slot out of the order.
            if (parts.SlotBytes() is { } room && bundle.SlotBytes > room)
            {
                return RefuseCandidate(new Refusal(RefusalCode.SlotTooSmall, $"the system has {bundle.SlotBytes} bytes, a slot of this card {room}"), target);
            }

            var (isGranted, denied) = await TurnAsync(target, asker, cancellationToken);
            return denied is not null ? RefuseCandidate(denied, target)
                : isGranted ? await WriteAsync(path, target, cancellationToken)
                : new UpdateOutcome(null, $"{target} is ready and waits");
        }
        catch (RaucException e)
        {
            return RefuseCandidate(e.Refusal, target);
        }
    }

    private async Task<UpdateOutcome> WriteAsync(string path, string target, CancellationToken cancellationToken)
    {
        var running = parts.Slot!;
        var slots = await parts.Rauc.SlotsAsync(cancellationToken);
        if (slots.FirstOrDefault(s => s.BootName.Length > 0 && s.BootName != running.Name) is not { } other)
        {
            return RefuseCandidate(new Refusal(RefusalCode.NoRauc, "there is no other slot"), target);
        }

        Show(s => s with { Phase = UpdatePhase.Installing, Reason = "do not pull the plug", Percent = 0 });
        await TellBoxAsync(RolloutState.Updating, target, "", 0, cancellationToken);
        var trial = new TrialRecord
        {
            Slot = other.BootName,
            Version = target,
            FromSlot = running.Name,
            FromVersion = parts.Version.Text,
            LinksBefore = parts.Links(),
            InstalledAt = parts.Time.GetUtcNow(),
            Deadline = (int)parts.Settings().Trial.TotalSeconds,
            BootId = running.BootId,
        };
        parts.Storage.Delete(TrialRecord.ReasonFile);
        trial.Save(parts.Storage);
        try
        {
            await parts.Rauc.InstallAsync(path, progress => Show(s => s with { Percent = progress.Percent, Step = progress.Step }), cancellationToken);
        }
        catch (RaucException)
        {
            // RAUC leaves the running slot the first one.
            TrialRecord.Clear(parts.Storage);
            throw;
        }

        (trial with { Stage = TrialStage.Installed }).Save(parts.Storage);
        _history.Add(Entry(HistoryEntry.Installed, trial));
        return Restart($"{target} is in slot {other.BootName}; the board restarts into it");
    }

    // Asks the box until it is this board's turn. Not granted without a refusal: the night is over, or a person wants something else first; what is there is kept.
    private async Task<(bool IsGranted, Refusal? Denied)> TurnAsync(string target, Asker asker, CancellationToken cancellationToken)
    {
        while (asker != Asker.Itself || (!HasOrders() && IsWindowOpen()))
        {
            if (parts.Turn() is null)
            {
                return (true, null);
            }

            var answer = await TellBoxAsync(RolloutState.Wanting, target, "", 0, cancellationToken);
            // A person who installs here after a stop mends what stopped it.
            if (answer?.Verdict == RolloutVerdict.Granted || (answer?.Verdict == RolloutVerdict.Stopped && asker == Asker.Person))
            {
                return (true, null);
            }

            if (answer?.Verdict == RolloutVerdict.Stopped)
            {
                return (false, new Refusal(RefusalCode.RolloutStopped, answer!.Reason));
            }

            Show(s => s with { Phase = UpdatePhase.WaitingForTurn, Reason = answer?.Reason ?? "the serving board does not answer" });
            await Task.Delay(parts.Rollout.Poll, parts.Time, cancellationToken);
        }

        return (false, null);
    }

    private bool IsWindowOpen() => parts.Settings().Window.Contains(TimeOnly.FromDateTime(parts.Time.GetLocalNow().DateTime));

    private async Task<UpdateOutcome> RollBackAsync(CancellationToken cancellationToken)
    {
        if (parts.Slot is not { } running || _status.Phase == UpdatePhase.Rebooting)
        {
            return Refuse(Obstacle()!, "");
        }

        try
        {
            var slots = await parts.Rauc.SlotsAsync(cancellationToken);
            var other = slots.FirstOrDefault(s => s.BootName.Length > 0 && s.BootName != running.Name);

            // A slot that RAUC did not write is the one the card was made with, if this one was written from it; on a fresh card it is empty.
            var isFilled = other?.Status == "ok" || (other?.Status == "" && slots.Any(s => s.BootName == running.Name && s.Status == "ok"));
            if (other is null || !other.IsGood || !isFilled)
            {
                return Refuse(new Refusal(RefusalCode.NotFound, "the other slot holds nothing that could be started"), "");
            }

            // What is left behind is remembered first: after the restart it must not come again by itself.
            _state = _state.WithFailed(parts.Version.Text, "taken back by hand");
            _state.Save(parts.Storage);
            TrialRecord.Clear(parts.Storage);
            await parts.Rauc.MarkAsync("active", other.Name, cancellationToken);
            _history.Add(new HistoryEntry { At = parts.Time.GetUtcNow(), Event = HistoryEntry.Rollback, Version = other.Version, FromVersion = parts.Version.Text, Slot = other.BootName, Reason = "by hand" });
            return Restart($"the board restarts into slot {other.BootName}");
        }
        catch (RaucException e)
        {
            return Refuse(e.Refusal, "");
        }
    }

    private UpdateOutcome Restart(string message)
    {
        Show(s => s with { Phase = UpdatePhase.Rebooting, Reason = message, Percent = 0, Step = "", Failed = _state.Failed });
        parts.Reboot();
        return new UpdateOutcome(null, message);
    }

    // Not tried again before the next look at the feed: it would end the same way.
    private UpdateOutcome RefuseCandidate(Refusal refusal, string target)
    {
        _isCandidateRefused = true;
        if (Rollout is { } view && refusal.Code != RefusalCode.RolloutStopped && (view.Order > 0 || view.Holder == parts.Turn()?.Board))
        {
            _failedInBox = (target, refusal.Cause, view.Order);
        }

        var outcome = Refuse(refusal, target);
        _history.Add(new HistoryEntry { At = parts.Time.GetUtcNow(), Event = HistoryEntry.Refused, Version = target, FromVersion = parts.Version.Text, Code = refusal.Word, Reason = refusal.Cause });
        return outcome;
    }

    private void ShowDownload(DownloadProgress progress) => ShowDownload(progress, always: false);

    // Pictures are for people: one each percent, not each block.
    private void ShowDownload(DownloadProgress progress, bool always)
    {
        var percent = (int)(progress.Held * 100 / progress.Total);
        if (always || percent != _status.Percent || progress.Retries != _status.Retries)
        {
            Show(s => s with
            {
                Percent = percent,
                BytesTotal = progress.Total,
                BytesHeld = progress.Held,
                BytesFromSlot = progress.FromSlot,
                BytesFetched = progress.Fetched,
                Retries = progress.Retries,
            });
        }
    }

    private HistoryEntry Entry(string what, TrialRecord trial, string reason = "") => new()
    {
        At = parts.Time.GetUtcNow(),
        Event = what,
        Version = trial.Version,
        FromVersion = trial.FromVersion,
        Slot = trial.Slot,
        Reason = reason,
        Trial = trial.Name,
    };
}
