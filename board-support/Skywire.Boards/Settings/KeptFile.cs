// Reads back small JSON files of a board; a torn or foreign one is as good as none.
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Skywire.Linux;

namespace Skywire.Boards.Settings;

internal static class KeptFile
{
    private const int MaxSize = 256 * 1024;

    /// <summary>The value in a file; null when it is missing, unreadable or no such value.</summary>
    public static T? Read<T>(string path, JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            return new FileInfo(path) is { Exists: true, Length: <= MaxSize } ? JsonSerializer.Deserialize(File.ReadAllBytes(path), type) : null;
        }
        catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Writes a value whole; nothing when the file holds it already (flash memory wears).</summary>
    public static void Write<T>(string path, T value, JsonTypeInfo<T> type, UnixFileMode mode) => Write(path, JsonSerializer.SerializeToUtf8Bytes(value, type), mode);

    /// <summary>Writes content whole; nothing when the file holds it already.</summary>
    public static void Write(string path, ReadOnlySpan<byte> content, UnixFileMode mode)
    {
        if (File.Exists(path) && content.SequenceEqual(File.ReadAllBytes(path)) && File.GetUnixFileMode(path) == mode)
        {
            return;
        }

        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        AtomicFile.Write(path, content, mode);
    }
}
