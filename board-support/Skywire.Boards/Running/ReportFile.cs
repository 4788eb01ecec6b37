// The report on tmpfs: rewritten when it says something new, else once in a while as a sign of life.
using Skywire.Boards.Leds;
using Skywire.Boards.Settings;
using Skywire.Linux;

namespace Skywire.Boards.Running;

/// <summary>Writes and reads reports.</summary>
public sealed class ReportFile(string folder, TimeProvider time)
{
    private BoardReport? _last;
    private long _written;
    private BoardState _state;
    private DateTimeOffset? _since;

    /// <summary>Since when the board has been in this state.</summary>
    public DateTimeOffset Since(BoardState state)
    {
        if (_since is null || state != _state)
        {
            (_state, _since) = (state, time.GetUtcNow());
        }

        return _since.Value;
    }

    /// <summary>Writes a report if it differs from the last one, or that one is older than <paramref name="atLeast"/>. A folder that cannot be written costs the report, not the service.</summary>
    public void Write(BoardReport report, TimeSpan atLeast)
    {
        if (_last is not null && IsSame(_last, report) && time.GetElapsedTime(_written) < atLeast)
        {
            return;
        }

        try
        {
            KeptFile.Write(PathIn(folder), report, BoardJson.Default.BoardReport, AtomicFile.GroupReadable | UnixFileMode.OtherRead);
            (_last, _written) = (report, time.GetTimestamp());
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _last = null;
        }
    }

    /// <summary>The last report in a folder; null when there is none.</summary>
    public static BoardReport? Read(string folder) => KeptFile.Read(PathIn(folder), BoardJson.Default.BoardReport);

    private static string PathIn(string folder) => Path.Combine(folder, "status.json");

    // Records compare their lists by reference.
    private static bool IsSame(BoardReport a, BoardReport b)
        => a with { At = b.At, Leds = b.Leds, Faults = b.Faults } == b && a.Leds.SequenceEqual(b.Leds) && a.Faults.SequenceEqual(b.Faults);
}
