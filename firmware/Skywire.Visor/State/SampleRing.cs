// Throughput of the last minutes, one sample a second, for the page's curve.
using Skywire.Visor.Api.Model;

namespace Skywire.Visor.State;

/// <summary>Bounded ring of samples. One writer; readers from any thread.</summary>
internal sealed class SampleRing
{
    /// <summary>Seconds kept: five minutes show a download's course and fit a phone's width.</summary>
    public const int Capacity = 300;

    /// <summary>Seconds between samples.</summary>
    public const int IntervalSeconds = 1;

    private readonly Lock _lock = new();
    private readonly Queue<SampleView> _samples = new(Capacity);
    private long _sent = -1;
    private long _received = -1;
    private DateTimeOffset _at;

    /// <summary>Adds totals measured now. A total that fell (a transport and its counters went away) counts as nothing moved.</summary>
    public void Add(DateTimeOffset at, long sentTotal, long receivedTotal, int transports, int routeGroups)
    {
        lock (_lock)
        {
            var seconds = Math.Max(0.001, (at - _at).TotalSeconds);
            var sent = _sent < 0 ? 0 : (long)(Math.Max(0, sentTotal - _sent) / seconds);
            var received = _received < 0 ? 0 : (long)(Math.Max(0, receivedTotal - _received) / seconds);
            (_sent, _received, _at) = (sentTotal, receivedTotal, at);
            if (_samples.Count == Capacity)
            {
                _samples.Dequeue();
            }

            _samples.Enqueue(new SampleView(at, sent, received, transports, routeGroups));
        }
    }

    /// <summary>All samples, oldest first.</summary>
    public SamplesView Snapshot()
    {
        lock (_lock)
        {
            return new SamplesView(IntervalSeconds, [.. _samples]);
        }
    }
}
