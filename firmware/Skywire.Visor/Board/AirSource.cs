// The air for the board service: four words of the wifi service's report, read only when it was written anew. The service shall cost next to nothing for years.
using System.Text.Json;
using Skywire.Boards.Running;
using Skywire.Wifi.Running;

namespace Skywire.Visor.Board;

/// <summary>Reads them from the wifi service's folder. Not thread-safe.</summary>
internal sealed class AirSource(string folder, TimeProvider time) : IAirStatusSource
{
    // As the report's own reader.
    private const int MaxSize = 1024 * 1024;

    private DateTime _stamp;
    private (AirStatus Air, DateTimeOffset At)? _last;

    /// <inheritdoc/>
    public AirStatus? Read()
    {
        try
        {
            var file = new FileInfo(WifiReportFile.PathIn(folder));
            if (file.LastWriteTimeUtc != _stamp)
            {
                (_stamp, _last) = (file.LastWriteTimeUtc, file is { Exists: true, Length: <= MaxSize } ? Parse(File.ReadAllBytes(file.FullName)) : null);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _last = null;
        }

        return _last is { } last && time.GetUtcNow() - last.At < WifiReportFile.Stale ? last.Air : null;
    }

    /// <summary>The words of a report; null when it is torn.</summary>
    internal static (AirStatus Air, DateTimeOffset At)? Parse(ReadOnlyMemory<byte> content)
    {
        try
        {
            using var document = JsonDocument.Parse(content);
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object || Text(root, "state") is not { Length: > 0 } state || !root.TryGetProperty("at", out var at) || at.ValueKind != JsonValueKind.String || !at.TryGetDateTimeOffset(out var written))
            {
                return null;
            }

            var setup = root.TryGetProperty("setup", out var point) && point.ValueKind == JsonValueKind.Object ? Text(point, "name") : "";
            return (new AirStatus(state, Text(root, "reason"), setup), written);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // Torn, or half of a surrogate pair in a text.
            return null;
        }
    }

    private static string Text(JsonElement element, string name) => element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";
}
