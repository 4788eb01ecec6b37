// Waits until the wifi service did what it was ordered, and says meanwhile that it has not yet. No console, no clock of its own.
using Skywire.Wifi.Running;

namespace Skywire.Visor.Wifi;

/// <summary>Follows the report of a folder.</summary>
internal sealed class WifiFollower(string folder, TimeProvider time)
{
    // Reports come at most once a second.
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(500);

    /// <summary>
    /// The first report for which <paramref name="isDone"/> holds; null when none came within <paramref name="limit"/>. <paramref name="progress"/> is told the last report
    /// (null for none) and the time waited.
    /// </summary>
    public async Task<WifiReport?> WaitAsync(Func<WifiReport, bool> isDone, TimeSpan limit, Action<WifiReport?, TimeSpan> progress, CancellationToken cancellationToken)
    {
        var since = time.GetTimestamp();
        while (true)
        {
            var report = WifiReportFile.Read(folder);
            if (report is not null && isDone(report))
            {
                return report;
            }

            var waited = time.GetElapsedTime(since);
            if (waited >= limit)
            {
                return null;
            }

            progress(report, waited);
            await Task.Delay(Poll, time, cancellationToken);
        }
    }
}
