// Counts what links carried into the bandwidth log, links that come and go included.
using Microsoft.Extensions.Logging;
using Skywire.Discovery;
using Skywire.Transport.Links;

namespace Skywire.Transport.Manager;

/// <summary>Thread-safe.</summary>
internal sealed class BandwidthMeter
{
    private readonly Lock _lock = new();
    private readonly Dictionary<ManagedTransport, (long Received, long Sent)> _counted = [];
    private readonly BandwidthLog _file;
    private readonly TransportManagerOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private long _savedAt;

    internal BandwidthMeter(TransportManagerOptions options, TimeProvider time, ILogger log)
    {
        _options = options;
        _time = time;
        _log = log;
        _savedAt = time.GetTimestamp();
        try
        {
            _file = new BandwidthLog(options.LogFolder, options.LogRotation, time.GetUtcNow());
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Log.BandwidthLogFailed(log, e.Message);
            _file = new BandwidthLog(null, options.LogRotation, time.GetUtcNow());
        }
    }

    /// <summary>Adds what the link carried since the last call; <paramref name="last"/> forgets it.</summary>
    internal void Count(ManagedTransport transport, bool last)
    {
        lock (_lock)
        {
            if (!last && transport.Completion.IsCompleted)
            {
                return;
            }

            var (received, sent) = _counted.GetValueOrDefault(transport);
            var now = (Received: transport.ReceivedPayload, Sent: transport.SentPayload);
            _file.Add(transport.Id, now.Received - received, now.Sent - sent, _time.GetUtcNow());
            if (last)
            {
                _counted.Remove(transport);
            }
            else
            {
                _counted[transport] = now;
            }
        }
    }

    internal IReadOnlyList<DailyTraffic> Today()
    {
        lock (_lock)
        {
            return [.. _file.Today.Select(r => new DailyTraffic(r.Key, r.Value.Received, r.Value.Sent))];
        }
    }

    internal void SaveWhenDue()
    {
        if (_time.GetElapsedTime(_savedAt) >= _options.LogInterval)
        {
            Save();
        }
    }

    internal void Save()
    {
        lock (_lock)
        {
            _savedAt = _time.GetTimestamp();
            try
            {
                _file.Save(_time.GetUtcNow());
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // A full or read-only card costs figures, not links; the sums stay in memory for the next try.
                Log.BandwidthLogFailed(_log, e.Message);
            }
        }
    }
}
