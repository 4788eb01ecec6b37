// What the update client does in a box: orders for all boards, what it hears of a roll-out, what it offers.
using System.Text.Json;
using Skywire.Update;
using Skywire.Update.Box;
using Skywire.Update.Policy;
using Skywire.Update.Versions;
using Skywire.Visor.Api.Model;
using Skywire.Visor.Updates.Box;

namespace Skywire.Visor.Updates;

internal sealed partial class UpdateHost
{
    // What this board fetches for all when it serves: what it would fetch for itself. While its feed cannot be had, the others ask theirs.
    private string Provides(string ordered)
    {
        var fetches = _settings.IsAutomatic || (SemanticVersion.Parse(ordered) is { } version && version > _world.Version);
        return fetches && _settings.Feed is not null && _settings.Channel != UpdateChannel.Off && _client.Status.CheckFault.Length == 0 ? KindAndChannel : "";
    }

    // Boards that start together would all ask the feed before they know each other; a person who asks is answered at once.
    private bool IsBoxYoung() => !_isAsked && _box is { HasHeard: false } && _time.GetElapsedTime(_builtAt) < BoxPatience;

    // The members do the rest: each asks the serving board what is ordered, this one included.
    private async Task<UpdateOutcome> OrderForBoxAsync(BoxUpdates box, InstallOrder order, CancellationToken cancellationToken)
    {
        try
        {
            var version = order.Version;
            if (order.File.Length > 0)
            {
                var (taken, refusal) = await BundleFile.TakeAsync(_world, order.File, box, cancellationToken);
                if (taken is null)
                {
                    return new UpdateOutcome(refusal, refusal!.Cause);
                }

                version = taken.Version.Text;
            }
            else if (version.Length == 0)
            {
                var look = await _client.CheckAsync(cancellationToken);
                version = _client.Candidate?.Version.Text ?? "";
                if (version.Length == 0)
                {
                    return look with { Refusal = look.Refusal ?? new Refusal(RefusalCode.NotFound, $"{look.Message}: there is nothing to order") };
                }
            }

            await box.OrderAsync(version, cancellationToken);
            return new UpdateOutcome(null, $"{version} is ordered for all boards of the box; one after the other takes it (\"skywire update status\")");
        }
        catch (IOException e)
        {
            var refusal = new Refusal(RefusalCode.Unreachable, e.Message);
            return new UpdateOutcome(refusal, refusal.Cause);
        }
    }

    private void Hear(RolloutView view)
    {
        if (SemanticVersion.Parse(view.Target) is { } target && target > _world.Version && _client.Candidate?.Version != target && Settings().IsAutomatic
            && (_lookedAt is not { } at || _time.GetElapsedTime(at) >= LookAgain))
        {
            _lookedAt = _time.GetTimestamp();
            _ = LookAsync();
        }
    }

    private async Task LookAsync()
    {
        try
        {
            await _client.CheckAsync(_stop.Token);
        }
        catch (OperationCanceledException)
        {
            // The visor stops, or a person ended what went on.
        }
    }

    private void LoadOffer()
    {
        try
        {
            _box?.Offer.Load();
        }
        catch (IOException)
        {
            // What cannot be read is not offered.
        }
    }

    private RolloutViewOfBox? Rollout()
    {
        if (_box is null)
        {
            return null;
        }

        var view = _client.Rollout ?? new RolloutView("", "", 0, "", "", TimeSpan.Zero, "");
        return new RolloutViewOfBox(view.Target, view.Order, view.Holder, view.HolderTarget, Math.Round(view.HeldFor.TotalSeconds), view.Stopped,
            [.. _box.Boards.Select(b => new RolloutBoardView(b.Board, b.Version, JsonNamingPolicy.SnakeCaseLower.ConvertName(b.State.ToString()), b.Target, b.Reason, Math.Round(b.Silence.TotalSeconds)))]);
    }

    // What was downloaded whole is offered from now on; what a new download writes over is not.
    private void KeepOffer(UpdateStatus status)
    {
        try
        {
            if (_box is null || _client.Candidate is not { } candidate || candidate.Version.Text != status.Target)
            {
                return;
            }

            if (status.Phase == UpdatePhase.Downloading && _box.Offer.Bundle?.Sha256 != candidate.Sha256)
            {
                _box.Offer.Drop();
            }
            else if (_shown.Phase == UpdatePhase.Downloading && status.Phase == UpdatePhase.Verifying)
            {
                _box.Offer.Take(candidate);
            }
        }
        catch (IOException e)
        {
            Log.UpdateRefused(_log, Refusal.WordOf(RefusalCode.InstallFailed), e.Message, "the other boards of the box download by themselves");
        }
    }
}
