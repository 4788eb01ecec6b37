// The wifi service's report as the visor shows it: many ask in a second (page, metrics, status), the file is read once for all of them.
using Skywire.Wifi.Running;

namespace Skywire.Visor.Wifi;

/// <summary>The newest report of a folder. Thread-safe.</summary>
internal sealed class WifiWatch(string folder, TimeProvider time)
{
    // Half of what lies between two reports that differ.
    private static readonly TimeSpan Kept = TimeSpan.FromMilliseconds(500);

    private readonly Lock _lock = new();
    private WifiReport? _report;
    private DateTime _stamp;
    private long _looked;
    private bool _hasLooked;

    /// <summary>The last report, and whether the service that wrote it still runs; a null report where there is none.</summary>
    public (WifiReport? Report, bool IsRunning) Read()
    {
        lock (_lock)
        {
            if (!_hasLooked || time.GetElapsedTime(_looked) >= Kept)
            {
                (_hasLooked, _looked) = (true, time.GetTimestamp());
                // Every write is a new file by its time; without one this is 1601 and nothing is read.
                var stamp = File.GetLastWriteTimeUtc(WifiReportFile.PathIn(folder));
                if (stamp != _stamp)
                {
                    (_stamp, _report) = (stamp, WifiReportFile.Read(folder));
                }
            }

            return (_report, _report is { } report && IsFresh(report, time));
        }
    }

    /// <summary>True while a report's service runs. A report from the future is fresh: clocks of boards jump at the first answer of a time server.</summary>
    public static bool IsFresh(WifiReport report, TimeProvider time) => time.GetUtcNow() - report.At < WifiReportFile.Stale;
}
