// Which image this is (/usr/lib/skyminer/release.json, written by the image builder).
using System.Text.Json;

namespace Skywire.Boards.Clock;

/// <summary>The image's own account of itself.</summary>
public sealed record ImageRelease(string Version, string Commit, string Image, DateTimeOffset? Built)
{
    /// <summary>Where it lies.</summary>
    public const string SystemFile = "/usr/lib/skyminer/release.json";

    /// <summary>Reads it; null where there is none (a board that runs another system).</summary>
    public static ImageRelease? Load(string file = SystemFile)
    {
        try
        {
            if (!File.Exists(file))
            {
                return null;
            }

            using var document = JsonDocument.Parse(File.ReadAllBytes(file));
            return document.RootElement.ValueKind == JsonValueKind.Object ? Read(document.RootElement) : null;
        }
        catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static ImageRelease Read(JsonElement root)
    {
        // Seconds since 1970 or a date: builders have done both.
        DateTimeOffset? built = !root.TryGetProperty("built", out var value) ? null
            : value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var seconds) && seconds is > 0 and < 253402300799 ? DateTimeOffset.FromUnixTimeSeconds(seconds)
            : value.ValueKind == JsonValueKind.String && value.TryGetDateTimeOffset(out var date) ? date : null;
        return new ImageRelease(Text("version"), Text("commit"), Text("image"), built);

        string Text(string name) => root.TryGetProperty(name, out var text) && text.ValueKind == JsonValueKind.String ? text.GetString()! : "";
    }
}
