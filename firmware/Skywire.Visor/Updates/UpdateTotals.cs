// Counters over all downloads: the client's own picture begins anew with each one.
using Skywire.Update;

namespace Skywire.Visor.Updates;

/// <summary>Bytes since the visor started. Fed by one task, read by any.</summary>
internal sealed class UpdateTotals
{
    private long _fetched;
    private long _reused;
    private long _lastFetched;
    private long _lastReused;

    /// <summary>Over the network.</summary>
    public long Fetched => Interlocked.Read(ref _fetched);

    /// <summary>From the running slot.</summary>
    public long Reused => Interlocked.Read(ref _reused);

    /// <summary>Takes the next picture.</summary>
    public void Add(UpdateStatus status)
    {
        Interlocked.Add(ref _fetched, status.BytesFetched >= _lastFetched ? status.BytesFetched - _lastFetched : status.BytesFetched);
        Interlocked.Add(ref _reused, status.BytesFromSlot >= _lastReused ? status.BytesFromSlot - _lastReused : status.BytesFromSlot);
        (_lastFetched, _lastReused) = (status.BytesFetched, status.BytesFromSlot);
    }
}
