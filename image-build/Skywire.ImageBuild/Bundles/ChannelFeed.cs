// CHANNEL.json: which bundles a channel offers. Boards read it to learn what there is; what they install is decided by the bundle's signature alone.
using System.Text.Json;
using Skywire.Update.Feed;

namespace Skywire.ImageBuild.Bundles;

/// <summary>The feed file that a publisher's folder grows; its form is the boards' own (<see cref="FeedReader"/>, <see cref="FeedWriter"/>).</summary>
internal static class ChannelFeed
{
    /// <summary>Versions kept of one kind of board: enough to go back to, few enough for the size.</summary>
    public const int VersionsKept = 5;

    /// <summary>Stands for wherever the folder will be served from: places in the file are relative to it.</summary>
    public static Uri Folder { get; } = new("http://folder.invalid/");

    /// <summary>Reads a feed that is to be added to; null where there is none yet. What is no feed of this channel, or not read whole, is an error: it would be overwritten.</summary>
    public static async Task<UpdateFeed?> LoadAsync(string file, string channel, CancellationToken cancellationToken)
    {
        if (!File.Exists(file))
        {
            return null;
        }

        var bytes = await File.ReadAllBytesAsync(file, cancellationToken);
        var (feed, fault) = FeedReader.Read(bytes, Folder);
        if (feed is not null && feed.Channel != channel)
        {
            fault = $"its channel is {feed.Channel}, not {channel}";
        }
        else if (feed is not null)
        {
            using var whole = JsonDocument.Parse(bytes);
            var unread = whole.RootElement.GetProperty("bundles").GetArrayLength() - feed.Bundles.Count;
            fault = unread == 0 ? "" : $"{unread} of its bundles cannot be read";
        }

        return fault.Length == 0 ? feed : throw new ImageException($"{file} is no feed to add to: {fault}", "move it away, or name another folder with --out");
    }

    /// <summary>The feed with <paramref name="bundle"/> first. The same version of the same board is replaced, other boards stay, of this one's older versions the last few.</summary>
    public static UpdateFeed Add(UpdateFeed? feed, string channel, FeedBundle bundle, DateTimeOffset now)
    {
        var kept = (feed?.Bundles ?? []).Where(b => b.Compatible != bundle.Compatible || b.Version.Text != bundle.Version.Text).Prepend(bundle).GroupBy(b => b.Compatible).SelectMany(g => g.Take(VersionsKept));
        return new UpdateFeed(channel, now, [.. kept]);
    }

    /// <summary>Writes it whole or not at all: a board may be reading.</summary>
    public static async Task WriteAsync(UpdateFeed feed, string file, CancellationToken cancellationToken)
    {
        var bytes = FeedWriter.Write(feed, Folder);
        if (bytes.Length > FeedReader.MaxBytes)
        {
            throw new ImageException($"the feed would have {bytes.Length} bytes; boards read at most {FeedReader.MaxBytes}", "shorten the changelog");
        }

        await File.WriteAllBytesAsync(file + ".new", bytes, cancellationToken);
        File.Move(file + ".new", file, overwrite: true);
    }
}
