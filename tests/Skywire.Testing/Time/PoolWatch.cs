// Sees work go to the thread pool at the very moment and place it does.
using System.Diagnostics.Tracing;

namespace Skywire.Testing;

/// <summary>
/// Tells a running scheduler when code on its thread queues work to the thread pool, by the runtime's own event. A continuation on the pool may
/// lose a race against a virtual timer and then never come back to be noticed, which would turn an escape into a baffling time-out.
/// </summary>
internal sealed class PoolWatch : EventListener
{
    // Keywords ThreadPool and ThreadTransfer of the runtime's FrameworkEventSource.
    private const EventKeywords Queueing = (EventKeywords)0x12;

    // A cancelled channel operation is unlinked on the pool; it is skipped from the moment it is cancelled, so that no outcome hangs on when that happens.
    private const string ChannelHousekeeping = "get_CancellationCallbackDelegate";

    private static readonly Lazy<PoolWatch> Instance = new(Create);

    [ThreadStatic]
    private static Action<string>? _onQueued;

    private EventSource? _source;

    private PoolWatch()
    {
    }

    /// <summary>No events until the result is disposed: each costs an allocation, on any thread.</summary>
    public static IDisposable Pause()
    {
        Instance.Value.DisableEvents(Instance.Value._source!);
        return new Resumption();
    }

    /// <summary>From now on <paramref name="onQueued"/> hears of all work this thread queues; null ends that.</summary>
    public static void WatchThisThread(Action<string>? onQueued)
    {
        _ = Instance.Value;
        _onQueued = onQueued;
    }

    protected override void OnEventSourceCreated(EventSource eventSource)
    {
        if (eventSource.Name == "System.Diagnostics.Eventing.FrameworkEventSource")
        {
            _source = eventSource;
            EnableEvents(eventSource, EventLevel.Verbose, Queueing);
        }
    }

    protected override void OnEventWritten(EventWrittenEventArgs eventData)
    {
        if (_onQueued is { } onQueued && eventData.EventName is "ThreadPoolEnqueueWork" && !Environment.StackTrace.Contains(ChannelHousekeeping, StringComparison.Ordinal))
        {
            onQueued("work was queued to the thread pool");
        }
    }

    private static PoolWatch Create()
    {
        var watch = new PoolWatch();

        // The pool looks whether anybody listens when one of its threads picks up work.
        for (var i = 0; i < Environment.ProcessorCount * 2; i++)
        {
            using var ran = new ManualResetEventSlim();
            ThreadPool.UnsafeQueueUserWorkItem(static state => ((ManualResetEventSlim)state!).Set(), ran);
            ran.Wait();
        }

        return watch;
    }

    private sealed class Resumption : IDisposable
    {
        public void Dispose() => Instance.Value.EnableEvents(Instance.Value._source!, EventLevel.Verbose, Queueing);
    }
}
