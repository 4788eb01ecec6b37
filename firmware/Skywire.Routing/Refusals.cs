// Remembers what refused the last packet of each transport, so that its read loop waits for that and for nothing else.
using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Skywire.Transport;
using Skywire.Wire;

namespace Skywire.Routing;

/// <summary>
/// Bounded patience per source transport. A place is a next transport or a route group. Off the hot path: consulted only after a refusal, and while any is pending.
/// </summary>
internal sealed class Refusals(TimeSpan patience, TimeProvider time)
{
    private readonly ConcurrentDictionary<ITransport, Waiting> _sources = new(ReferenceEqualityComparer.Instance);
    private int _pending;

    /// <summary>True when some source has a refusal that its next success must clear.</summary>
    public bool AnyPending => Volatile.Read(ref _pending) != 0;

    /// <summary>Notes a refusal. True: wait for <paramref name="place"/>. False: patience with it has run out, drop the packet, and every further one it refuses.</summary>
    public bool ShouldWait(ITransport source, object place)
    {
        var waiting = _sources.GetOrAdd(source, static _ => new Waiting());
        lock (waiting)
        {
            if (waiting.Exhausted.Contains(place))
            {
                return false;
            }

            if (!ReferenceEquals(waiting.Place, place))
            {
                waiting.Place = place;
                waiting.Since = time.GetTimestamp();
                Count(waiting);
            }

            return true;
        }
    }

    /// <summary>A packet of <paramref name="source"/> was taken by <paramref name="place"/>, or the place is gone: patience with it starts afresh.</summary>
    public void Clear(ITransport source, object place)
    {
        if (_sources.TryGetValue(source, out var waiting))
        {
            lock (waiting)
            {
                waiting.Exhausted.Remove(place);
                waiting.Place = ReferenceEquals(waiting.Place, place) ? null : waiting.Place;
                Count(waiting);
            }
        }
    }

    /// <summary>Forgets a source that has gone.</summary>
    public void Remove(ITransport source)
    {
        if (_sources.TryRemove(source, out var waiting))
        {
            lock (waiting)
            {
                waiting.Place = null;
                waiting.Exhausted.Clear();
                Count(waiting);
            }
        }
    }

    /// <summary>Completes when the place that refused <paramref name="source"/> last has room or patience ran out.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public async ValueTask WaitAsync(ITransport source, CancellationToken cancellationToken)
    {
        if (!_sources.TryGetValue(source, out var waiting))
        {
            return;
        }

        object place;
        TimeSpan left;
        lock (waiting)
        {
            if (waiting.Place is null)
            {
                return;
            }

            place = waiting.Place;
            left = patience - time.GetElapsedTime(waiting.Since);
            if (left <= TimeSpan.Zero)
            {
                Exhaust(waiting, place);
                return;
            }
        }

        var limit = waiting.Limit ??= new CancellationTokenSource(Timeout.InfiniteTimeSpan, time);
        limit.CancelAfter(left);
        try
        {
            using (cancellationToken.UnsafeRegister(static state => ((CancellationTokenSource)state!).Cancel(), limit))
            {
                await (place is ITransport next ? next.WaitForRoomAsync(limit.Token) : ((RouteGroup)place).WaitForRoomAsync(limit.Token));
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            lock (waiting)
            {
                Exhaust(waiting, place);
            }
        }
        finally
        {
            waiting.Rest();
        }
    }

    // The place stays exhausted until it takes something: a full ring of relays drops at once from then on, instead of one packet per patience.
    private void Exhaust(Waiting waiting, object place)
    {
        if (ReferenceEquals(waiting.Place, place))
        {
            waiting.Place = null;
            waiting.Exhausted.Add(place);
            Count(waiting);
        }
    }

    private void Count(Waiting waiting)
    {
        var isPending = waiting.Place is not null || waiting.Exhausted.Count > 0;
        if (isPending != waiting.IsCounted)
        {
            waiting.IsCounted = isPending;
            Interlocked.Add(ref _pending, isPending ? 1 : -1);
        }
    }

    private sealed class Waiting
    {
        public HashSet<object> Exhausted { get; } = new(ReferenceEqualityComparer.Instance);

        public object? Place { get; set; }

        public long Since { get; set; }

        public bool IsCounted { get; set; }

        /// <summary>Ends the wait of the one read loop there is; used again, for a relay under load waits thousands of times a second.</summary>
        public CancellationTokenSource? Limit { get; set; }

        public void Rest()
        {
            Limit?.CancelAfter(Timeout.InfiniteTimeSpan);
            if (Limit is { IsCancellationRequested: true } used)
            {
                Limit = null;
                used.Dispose();
            }
        }
    }
}
