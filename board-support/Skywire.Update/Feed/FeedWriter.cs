// Writes CHANNEL.json: what FeedReader reads. A publisher offers all its bundles by it, the serving board of a box the one it holds.
using System.Buffers;
using System.Text.Json;

namespace Skywire.Update.Feed;

/// <summary>Writes feeds.</summary>
public static class FeedWriter
{
    /// <summary>The bytes of a feed; places are written relative to <paramref name="address"/> where they can be.</summary>
    public static byte[] Write(UpdateFeed feed, Uri address)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            json.WriteNumber("schema", UpdateFeed.Schema);
            json.WriteString("channel", feed.Channel);
            if (feed.Released is { } released)
            {
                json.WriteString("released", released.ToUniversalTime());
            }

            json.WriteStartArray("bundles");
            foreach (var bundle in feed.Bundles)
            {
                json.WriteStartObject();
                json.WriteString("compatible", bundle.Compatible);
                json.WriteString("version", bundle.Version.Text);
                json.WriteString("min_version", bundle.MinVersion?.Text ?? "");
                json.WriteString("file", address.MakeRelativeUri(bundle.File).ToString());
                json.WriteNumber("size", bundle.Size);
                json.WriteString("sha256", bundle.Sha256);
                json.WriteString("blocks", bundle.Blocks is { } blocks ? address.MakeRelativeUri(blocks).ToString() : "");
                json.WriteString("changelog", bundle.Changelog);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return bytes.WrittenSpan.ToArray();
    }
}
