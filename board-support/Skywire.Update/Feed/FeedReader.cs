// Reads CHANNEL.json, which anybody on the way may have written: bounded, and a bad text is a result.
using System.Text.Json;
using Skywire.Update.Versions;

namespace Skywire.Update.Feed;

/// <summary>Reads feeds.</summary>
public static class FeedReader
{
    /// <summary>Longest feed. A bundle takes about 400 bytes and its changelog.</summary>
    public const int MaxBytes = 256 * 1024;

    /// <summary>Most bundles looked at: some versions for some kinds of boards.</summary>
    public const int MaxBundles = 64;

    /// <summary>Characters kept of a changelog.</summary>
    public const int MaxChangelog = 8 * 1024;

    /// <summary>Largest bundle: more than the slots of any card hold.</summary>
    public const long MaxBundleSize = 4L << 30;

    private const int MaxName = 64;
    private const int Sha256Digits = 64;
    private static readonly JsonDocumentOptions Options = new() { MaxDepth = 8 };

    /// <summary>Reads a feed that was fetched from <paramref name="address"/>, which relative places start from. A feed or what is wrong with it.</summary>
    public static (UpdateFeed? Feed, string Fault) Read(ReadOnlyMemory<byte> json, Uri address)
    {
        if (json.Length > MaxBytes)
        {
            return (null, $"longer than {MaxBytes} bytes");
        }

        try
        {
            using var document = JsonDocument.Parse(json, Options);
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("schema"u8, out var schema) || !schema.TryGetInt32(out var number))
            {
                return (null, "not a feed");
            }

            if (number != UpdateFeed.Schema)
            {
                return (null, $"schema {number}, this board knows {UpdateFeed.Schema}");
            }

            if (Text(root, "channel"u8, MaxName) is not { Length: > 0 } channel || !root.TryGetProperty("bundles"u8, out var bundles) || bundles.ValueKind != JsonValueKind.Array)
            {
                return (null, "without channel or bundles");
            }

            DateTimeOffset? released = root.TryGetProperty("released"u8, out var date) && date.ValueKind == JsonValueKind.String && date.TryGetDateTimeOffset(out var at) ? at : null;
            return (new UpdateFeed(channel, released, [.. bundles.EnumerateArray().Take(MaxBundles).Select(b => Bundle(b, address)).OfType<FeedBundle>()]), "");
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            // InvalidOperationException: a value of another kind, or invalid UTF-8 inside a string, found when it is unescaped.
            return (null, "not well-formed JSON of a feed");
        }
    }

    private static FeedBundle? Bundle(JsonElement element, Uri address)
    {
        if (element.ValueKind != JsonValueKind.Object
            || Text(element, "compatible"u8, MaxName) is not { Length: > 0 } compatible
            || SemanticVersion.Parse(Text(element, "version"u8, SemanticVersion.MaxLength)) is not { } version
            || Place(Text(element, "file"u8, MaxChangelog), address) is not { } file
            || !element.TryGetProperty("size"u8, out var sizeText) || sizeText.ValueKind != JsonValueKind.Number || !sizeText.TryGetInt64(out var size) || size is <= 0 or > MaxBundleSize
            || Text(element, "sha256"u8, Sha256Digits).ToLowerInvariant() is not { Length: Sha256Digits } sha256 || !sha256.All(char.IsAsciiHexDigitLower))
        {
            return null;
        }

        var minimum = Text(element, "min_version"u8, SemanticVersion.MaxLength);
        var minVersion = SemanticVersion.Parse(minimum);
        if (minVersion is null && minimum.Length > 0)
        {
            return null;
        }

        return new FeedBundle
        {
            Compatible = compatible,
            Version = version,
            MinVersion = minVersion,
            File = file,
            Size = size,
            Sha256 = sha256,
            Blocks = Place(Text(element, "blocks"u8, MaxChangelog), address),
            Changelog = Text(element, "changelog"u8, MaxChangelog),
        };
    }

    private static Uri? Place(string text, Uri address)
        => text.Length > 0 && Uri.TryCreate(address, text, out var place) && (place.Scheme == Uri.UriSchemeHttp || place.Scheme == Uri.UriSchemeHttps) ? place : null;

    // "" when it is absent or no text; cut to the limit.
    private static string Text(JsonElement element, ReadOnlySpan<byte> name, int limit)
    {
        var text = element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";
        return text.Length <= limit ? text : text[..limit];
    }
}
