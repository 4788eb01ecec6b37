// CHANNEL.json: what a publisher, or the serving board of a box, offers.
namespace Skywire.Update.Feed;

/// <summary>A feed.</summary>
/// <param name="Channel">Its name.</param>
/// <param name="Released">When it was made; null when it does not say.</param>
/// <param name="Bundles">What it offers. Entries that cannot be read are left out.</param>
public sealed record UpdateFeed(string Channel, DateTimeOffset? Released, IReadOnlyList<FeedBundle> Bundles)
{
    /// <summary>The schema read and written.</summary>
    public const int Schema = 1;
}
