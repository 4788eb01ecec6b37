// Looking at feeds.
using Skywire.Update.Download;
using Skywire.Update.Feed;
using Skywire.Update.Policy;
using Skywire.Update.Versions;

namespace Skywire.Update;

public sealed partial class UpdateClient
{
    // The serving board's first: eight boards then download once.
    private List<Uri> Feeds(UpdateSettings settings) => [.. new[] { parts.BoxFeed(), settings.Feed }.OfType<Uri>().Distinct()];

    private ChoiceFacts Facts(string version, bool isByHand, bool allowsDowngrade)
    {
        var settings = parts.Settings();
        var pinned = settings.Channel != UpdateChannel.Pinned || version.Length > 0 ? version : settings.PinnedVersion.Length > 0 ? settings.PinnedVersion : parts.Version.Text;
        return new ChoiceFacts
        {
            Compatible = parts.Compatible,
            Running = parts.Version,
            Channel = settings.Channel,
            Wanted = SemanticVersion.Parse(pinned),
            IsByHand = isByHand,
            AllowsDowngrade = allowsDowngrade,
            Failed = [.. _state.Failed.Select(f => f.Version)],
        };
    }

    // A look that finds nothing to take is no failure of this board: it goes on, and the status says what was found. Fills the candidate, or says why there is none. A feed that cannot be had or offers nothing is followed by the next one.
    private async Task<UpdateOutcome> CheckAsync(string version, bool allowsDowngrade, CancellationToken cancellationToken)
    {
        var settings = parts.Settings();
        var isByHand = version.Length > 0;
        if (settings.Channel == UpdateChannel.Off && !isByHand)
        {
            return Refuse(new Refusal(RefusalCode.SwitchedOff, "updates are switched off"), "");
        }

        if (isByHand && SemanticVersion.Parse(version) is null)
        {
            return Refuse(new Refusal(RefusalCode.NotFound, $"{version} is not a version"), version);
        }

        Show(s => s with { Phase = UpdatePhase.Checking, Reason = "", Percent = 0, Step = "", CheckFault = "" });
        (_candidate, _isCandidateRefused, _failedInBox) = (null, false, null);
        var facts = Facts(version, isByHand, allowsDowngrade);
        var refusal = new Refusal(RefusalCode.Unreachable, "no feed is set");
        var isAnswered = false;
        foreach (var address in Feeds(settings))
        {
            var answer = await SmallGet.TryAsync(parts.Http, address, FeedReader.MaxBytes, parts.Download.StallLimit, parts.Time, cancellationToken);
            if (answer.Body is not { } body)
            {
                refusal = isAnswered ? refusal : new Refusal(RefusalCode.Unreachable, answer.Fault);
                continue;
            }

            var (feed, fault) = FeedReader.Read(body, address);
            var decision = feed is null ? new FeedDecision(null, new Refusal(RefusalCode.BadFeed, $"{address}: {fault}")) : FeedChoice.Of(feed, facts);
            isAnswered = true;
            refusal = decision.Refusal;
            if (decision.Bundle is { } bundle)
            {
                _candidate = bundle;
                break;
            }
        }

        _checkedAt = parts.Time.GetTimestamp();
        _checkEvery = settings.CheckInterval * (0.75 + (0.5 * parts.Jitter()));
        _state = _state with { LastCheck = parts.Time.GetUtcNow() };
        _state.Save(parts.Storage);
        if (_candidate is { } found)
        {
            Show(s => s with { Phase = UpdatePhase.Idle, Target = found.Version.Text, Changelog = found.Changelog, BytesTotal = found.Size, LastCheck = _state.LastCheck });
            return new UpdateOutcome(null, $"{found.Version} is there, {parts.Version} runs");
        }

        Show(s => s with { Phase = UpdatePhase.Idle, Target = "", Changelog = "", LastCheck = _state.LastCheck, CheckFault = refusal?.Cause ?? "" });
        return refusal is null ? new UpdateOutcome(null, $"{parts.Version} is the newest") : Refuse(refusal, version, UpdatePhase.Idle);
    }
}
