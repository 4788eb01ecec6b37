// What an app carried.
namespace Skywire.Apps;

/// <summary>A copy of the counters of an app.</summary>
/// <param name="ActiveStreams">Streams open now.</param>
/// <param name="Streams">Streams ever opened.</param>
/// <param name="FailedStreams">Streams that carried nothing because something failed.</param>
/// <param name="SentBytes">Bytes towards the mesh.</param>
/// <param name="ReceivedBytes">Bytes from the mesh.</param>
/// <param name="Connects">Route connections made or accepted.</param>
public readonly record struct AppTraffic(long ActiveStreams, long Streams, long FailedStreams, long SentBytes, long ReceivedBytes, long Connects);

/// <summary>Counters of one app; they outlive its restarts. Thread-safe, no allocation per count.</summary>
public sealed class AppCounters
{
    private long _active;
    private long _streams;
    private long _failed;
    private long _sent;
    private long _received;
    private long _connects;

    /// <summary>The counts now.</summary>
    public AppTraffic Snapshot() => new(
        Volatile.Read(ref _active), Volatile.Read(ref _streams), Volatile.Read(ref _failed), Volatile.Read(ref _sent), Volatile.Read(ref _received), Volatile.Read(ref _connects));

    internal long StreamOpened()
    {
        Interlocked.Increment(ref _streams);
        return Interlocked.Increment(ref _active);
    }

    internal void StreamClosed() => Interlocked.Decrement(ref _active);

    internal void StreamFailed() => Interlocked.Increment(ref _failed);

    internal void Sent(int bytes) => Interlocked.Add(ref _sent, bytes);

    internal void Received(int bytes) => Interlocked.Add(ref _received, bytes);

    internal void Connected() => Interlocked.Increment(ref _connects);
}
