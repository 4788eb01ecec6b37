// The last known time on the data partition: one small file, written once an hour and at stop (a card stands that for centuries).
using System.Globalization;
using System.Text;
using Skywire.Linux;

namespace Skywire.Boards.Clock;

/// <summary>Keeps the last known time.</summary>
public sealed class ClockStore(string folder)
{
    private const int MaxSize = 64;

    private string Path_ => Path.Combine(folder, "clock");

    /// <summary>The saved time; null when there is none, or it is damaged.</summary>
    public DateTimeOffset? Load()
    {
        try
        {
            var file = new FileInfo(Path_);
            return file is { Exists: true, Length: <= MaxSize }
                && DateTimeOffset.TryParseExact(File.ReadAllText(Path_).Trim(), "yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time) ? time : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Saves the time unless a later one is saved already; true when written.</summary>
    public bool Save(DateTimeOffset now)
    {
        if (Load() is { } saved && saved >= now)
        {
            return false;
        }

        Directory.CreateDirectory(folder);
        AtomicFile.Write(Path_, Encoding.ASCII.GetBytes(now.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'\n", CultureInfo.InvariantCulture)), AtomicFile.GroupReadable | UnixFileMode.OtherRead);
        return true;
    }
}
