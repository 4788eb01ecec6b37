// CHANNEL.json: which bundles a channel offers. Boards read it to learn what there is; what they install is decided by the bundle's signature alone.
using System.Globalization;
using System.Text.Json;

namespace Skywire.ImageBuild.Bundles;

/// <summary>One bundle on offer. <paramref name="File"/> and <paramref name="Blocks"/> are addresses, relative to the feed's; <paramref name="Size"/> in bytes.</summary>
internal sealed record FeedEntry(string Compatible, string Version, string? MinVersion, string File, long Size, string Sha256, string Blocks, string Changelog);

/// <summary>The feed. <paramref name="Released"/> is when it last changed.</summary>
internal sealed record ChannelFeed(int Schema, string Channel, string Released, IReadOnlyList<FeedEntry> Bundles)
{
    /// <summary>Boards read no larger feed.</summary>
    public const int LargestSize = 256 << 10;

    /// <summary>Versions kept of one kind of board: enough to go back to, few enough for the size.</summary>
    public const int VersionsKept = 5;

    private const int CurrentSchema = 1;

    /// <summary>Reads a feed that is to be added to; null where there is none yet. What is no feed of this channel is an error: it would be overwritten.</summary>
    public static async Task<ChannelFeed?> LoadAsync(string file, string channel, CancellationToken cancellationToken)
    {
        if (!File.Exists(file))
        {
            return null;
        }

        ChannelFeed? feed;
        try
        {
            feed = JsonSerializer.Deserialize(await File.ReadAllBytesAsync(file, cancellationToken), BundleJson.Default.ChannelFeed);
        }
        catch (JsonException e)
        {
            throw new ImageException($"{file} is no feed: {e.Message}", "move it away, or name another folder with --out");
        }

        return feed is { Schema: CurrentSchema } && feed.Channel == channel ? feed : throw new ImageException($"{file} is not a feed of channel {channel} and schema {CurrentSchema}", "move it away, or name another folder with --out");
    }

    /// <summary>The feed with <paramref name="entry"/> first. The same version of the same board is replaced, other boards stay, of this one's older versions the last few.</summary>
    public static ChannelFeed Add(ChannelFeed? feed, string channel, FeedEntry entry, DateTimeOffset now)
    {
        var kept = (feed?.Bundles ?? []).Where(b => b.Compatible != entry.Compatible || b.Version != entry.Version).Prepend(entry).GroupBy(b => b.Compatible).SelectMany(g => g.Take(VersionsKept));
        return new ChannelFeed(CurrentSchema, channel, now.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture), [.. kept]);
    }

    /// <summary>Writes it whole or not at all: a board may be reading.</summary>
    public async Task WriteAsync(string file, CancellationToken cancellationToken)
    {
        var bytes = JsonSerializer.SerializeToUtf8Bytes(this, BundleJson.Default.ChannelFeed);
        if (bytes.Length > LargestSize)
        {
            throw new ImageException($"the feed would have {bytes.Length} bytes; boards read at most {LargestSize}", "shorten the changelog");
        }

        await File.WriteAllBytesAsync(file + ".new", bytes, cancellationToken);
        File.Move(file + ".new", file, overwrite: true);
    }
}
