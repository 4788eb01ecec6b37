// What each transport carried, one CSV a UTC day as the reference keeps it (spec 10 §9), written seldom: the store is an SD card.
using System.Globalization;
using System.Text;
using Skywire.Discovery;

namespace Skywire.Transport.Manager;

/// <summary>
/// Sums per day and transport, in memory; <see cref="Save"/> replaces the day's file whole when something changed. Not thread-safe: one owner.
/// Grammar: "tp_id,recv,sent,time_stamp" LF, then one row per transport: uuid, bytes, bytes, unix seconds.
/// </summary>
internal sealed class BandwidthLog
{
    internal const string Header = "tp_id,recv,sent,time_stamp";

    /// <summary>A day's file above this is damaged or not ours: a row has about 80 bytes, a visor some hundred transports.</summary>
    private const int MaxFile = 4 * 1024 * 1024;

    private readonly string? _folder;
    private readonly TimeSpan _rotation;
    private readonly Dictionary<TransportId, Row> _rows = [];
    private DateOnly _day;
    private bool _changed;

    /// <summary>Null keeps the log in memory. Continues today's file when there is one.</summary>
    internal BandwidthLog(string? folder, TimeSpan rotation, DateTimeOffset now)
    {
        _folder = folder;
        _rotation = rotation;
        _day = Day(now);
        if (folder is not null && File.Exists(PathOf(_day)) && new FileInfo(PathOf(_day)).Length <= MaxFile)
        {
            foreach (var line in File.ReadLines(PathOf(_day)))
            {
                if (TryParse(line, out var id, out var row))
                {
                    _rows[id] = row;
                }
            }
        }
    }

    /// <summary>Today's sums.</summary>
    internal IReadOnlyDictionary<TransportId, Row> Today => _rows;

    /// <summary>Adds what a transport has carried since it was last counted.</summary>
    internal void Add(TransportId id, long received, long sent, DateTimeOffset now)
    {
        if (received == 0 && sent == 0)
        {
            return;
        }

        var old = _rows.GetValueOrDefault(id);
        _rows[id] = new Row(old.Received + received, old.Sent + sent, now.ToUnixTimeSeconds());
        _changed = true;
    }

    /// <summary>Writes the day's file when it changed, begins a new day when one has come, removes files too old. Throws <see cref="IOException"/> or <see cref="UnauthorizedAccessException"/>.</summary>
    internal void Save(DateTimeOffset now)
    {
        var today = Day(now);
        if (_folder is not null && _changed)
        {
            Directory.CreateDirectory(_folder);
            Replace(PathOf(_day), Encoding.ASCII.GetBytes(Format()));
        }

        _changed = false;
        if (today != _day)
        {
            _rows.Clear();
            _day = today;
            Rotate(now);
        }
    }

    internal static bool TryParse(string line, out TransportId id, out Row row)
    {
        id = default;
        row = default;
        var fields = line.Split(',');
        if (fields.Length != 4 || !TransportId.TryParse(fields[0], out id) || !TryNumber(fields[1], out var received) || !TryNumber(fields[2], out var sent) || !TryNumber(fields[3], out var stamp))
        {
            return false;
        }

        row = new Row(received, sent, stamp);
        return true;
    }

    private static bool TryNumber(string text, out long number) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);

    private static DateOnly Day(DateTimeOffset now) => DateOnly.FromDateTime(now.UtcDateTime);

    private string PathOf(DateOnly day) => Path.Combine(_folder!, day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) + ".csv");

    private string Format()
    {
        var text = new StringBuilder(Header).Append('\n');
        foreach (var (id, row) in _rows)
        {
            text.Append(CultureInfo.InvariantCulture, $"{id},{row.Received},{row.Sent},{row.TimeStamp}\n");
        }

        return text.ToString();
    }

    /// <summary>A reader, and a power cut, see the old file or the new one. Which of them after a power cut does not matter for a minute's figures.</summary>
    private static void Replace(string path, byte[] content)
    {
        var temporary = path + ".tmp";
        using (var file = new FileStream(temporary, FileMode.Create, FileAccess.Write))
        {
            file.Write(content);
            file.Flush(flushToDisk: true);
        }

        File.Move(temporary, path, overwrite: true);
    }

    private void Rotate(DateTimeOffset now)
    {
        if (_folder is null || !Directory.Exists(_folder))
        {
            return;
        }

        foreach (var file in Directory.EnumerateFiles(_folder, "*.csv"))
        {
            if (DateOnly.TryParseExact(Path.GetFileNameWithoutExtension(file), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) && day < Day(now - _rotation))
            {
                File.Delete(file);
            }
        }
    }

    /// <summary>Payload bytes of one transport on one day, and when they were last counted (unix seconds).</summary>
    internal readonly record struct Row(long Received, long Sent, long TimeStamp);
}
