// Which bundle of a feed this board takes, or why none. Pure.
using Skywire.Update.Policy;
using Skywire.Update.Versions;

namespace Skywire.Update.Feed;

/// <summary>What a board is and wants.</summary>
public sealed record ChoiceFacts
{
    /// <summary>The board's kind of image.</summary>
    public required string Compatible { get; init; }

    /// <summary>What runs.</summary>
    public required SemanticVersion Running { get; init; }

    /// <summary>Channel of the operator.</summary>
    public required UpdateChannel Channel { get; init; }

    /// <summary>The one version wanted: the pinned one, or what a person named; null for the newest.</summary>
    public SemanticVersion? Wanted { get; init; }

    /// <summary>A person asked for it: what failed before may be tried again.</summary>
    public bool IsByHand { get; init; }

    /// <summary>Older versions, too.</summary>
    public bool AllowsDowngrade { get; init; }

    /// <summary>Versions that had to be taken back.</summary>
    public IReadOnlyCollection<string> Failed { get; init; } = [];
}

/// <summary>What came of it: a bundle, a refusal, or neither when what runs is what is wanted.</summary>
public sealed record FeedDecision(FeedBundle? Bundle, Refusal? Refusal);

/// <summary>Chooses.</summary>
public static class FeedChoice
{
    /// <summary>The bundle to install. Of one version the first counts.</summary>
    public static FeedDecision Of(UpdateFeed feed, ChoiceFacts facts)
    {
        if (facts.Channel is UpdateChannel.Stable or UpdateChannel.Testing && feed.Channel != SnakeCase.Of(facts.Channel.ToString()) && facts.Wanted is null)
        {
            return Refuse(RefusalCode.BadFeed, $"the feed is of channel {feed.Channel}");
        }

        var forBoard = feed.Bundles.Where(b => b.Compatible == facts.Compatible).ToList();
        if (forBoard.Count == 0)
        {
            return feed.Bundles.Count == 0 ? new FeedDecision(null, null) : Refuse(RefusalCode.WrongBoard, $"the feed has bundles for {string.Join(", ", feed.Bundles.Select(b => b.Compatible).Distinct())}, this board is {facts.Compatible}");
        }

        var candidate = facts.Wanted is { } wanted ? forBoard.FirstOrDefault(b => b.Version == wanted) : forBoard.MaxBy(b => b.Version);
        if (candidate is null)
        {
            return Refuse(RefusalCode.NotFound, $"the feed has no version {facts.Wanted}");
        }

        if (candidate.Version == facts.Running || (candidate.Version < facts.Running && !facts.IsByHand && facts.Wanted is null))
        {
            // Nothing newer: no refusal, no news.
            return new FeedDecision(null, null);
        }

        return Check(candidate.Version, candidate.MinVersion, candidate.Compatible, facts) is { } refusal ? new FeedDecision(null, refusal) : new FeedDecision(candidate, null);
    }

    /// <summary>What speaks against a version, wherever it comes from; null for nothing.</summary>
    public static Refusal? Check(SemanticVersion version, SemanticVersion? minimum, string compatible, ChoiceFacts facts)
    {
        if (compatible != facts.Compatible)
        {
            return new Refusal(RefusalCode.WrongBoard, $"made for {compatible}, this board is {facts.Compatible}");
        }

        if (version == facts.Running)
        {
            return facts.AllowsDowngrade ? null : new Refusal(RefusalCode.SameVersion, $"{version} runs already");
        }

        if (version < facts.Running && !facts.AllowsDowngrade)
        {
            return new Refusal(RefusalCode.OlderVersion, $"{version} is older than {facts.Running}, which runs");
        }

        if (minimum is not null && facts.Running < minimum)
        {
            return new Refusal(RefusalCode.MinVersion, $"{version} can be installed from {minimum} on, {facts.Running} runs");
        }

        return !facts.IsByHand && facts.Failed.Contains(version.Text) ? new Refusal(RefusalCode.FailedBefore, $"{version} was installed before and had to be taken back") : null;
    }

    private static FeedDecision Refuse(RefusalCode code, string cause) => new(null, new Refusal(code, cause));
}
