// history.jsonl: what happened, oldest first, one JSON object a line. Survives power cuts: a torn last line is left out when reading and closed before the next one is written.
using System.Text;
using System.Text.Json;
using Skywire.Update.Storage;

namespace Skywire.Update.History;

/// <summary>The history of one board.</summary>
public sealed class UpdateHistory(IUpdateStorage storage)
{
    /// <summary>File below /data/update.</summary>
    public const string File = "history.jsonl";

    /// <summary>Most entries kept: some years of a board that follows a testing channel.</summary>
    public const int MaxEntries = 200;

    // A line is some 300 bytes; one that is longer was not written by this program.
    private const int MaxBytes = 1 << 20;
    private const int MaxReason = 500;

    // Cut down to this much below the limit, so that not every entry rewrites the file.
    private const int Slack = 50;

    /// <summary>All that can be read, oldest first.</summary>
    public IReadOnlyList<HistoryEntry> Entries() => Parse(storage.Read(File, MaxBytes) ?? []);

    /// <summary>Adds an entry; an end of a trial that is there already is not added again.</summary>
    public void Add(HistoryEntry entry)
    {
        entry = entry with { Reason = entry.Reason.Length <= MaxReason ? entry.Reason : entry.Reason[..MaxReason] };
        var bytes = storage.Read(File, MaxBytes);
        var known = Parse(bytes ?? []);
        if (entry.Trial.Length > 0 && known.Any(e => e.Trial == entry.Trial && e.Event == entry.Event))
        {
            return;
        }

        if (known.Count >= MaxEntries)
        {
            storage.Write(File, [.. known.Skip(known.Count - MaxEntries + Slack).Append(entry).SelectMany(Line)]);
            return;
        }

        storage.Append(File, bytes is { Length: > 0 } && bytes[^1] != '\n' ? [(byte)'\n', .. Line(entry)] : Line(entry));
    }

    private static byte[] Line(HistoryEntry entry) => [.. JsonSerializer.SerializeToUtf8Bytes(entry, UpdateJson.Default.HistoryEntry), (byte)'\n'];

    private static List<HistoryEntry> Parse(byte[] bytes)
    {
        var entries = new List<HistoryEntry>();
        foreach (var line in Encoding.UTF8.GetString(bytes).Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            try
            {
                if (JsonSerializer.Deserialize(line, UpdateJson.Default.HistoryEntry) is { } entry)
                {
                    entries.Add(entry);
                }
            }
            catch (JsonException)
            {
                // A torn line: the power went while it was written.
            }
        }

        return entries;
    }
}
