// How neighbours' signals went in the last quarter of an hour: a link that fades shows before it breaks.
using Skywire.Wifi.Radios;

namespace Skywire.Wifi.Running;

/// <summary>Signals of one radio's neighbours, sampled every 10 s.</summary>
internal sealed class SignalHistory
{
    /// <summary>Time between two samples.</summary>
    public static readonly TimeSpan Every = TimeSpan.FromSeconds(10);

    /// <summary>Samples kept: 15 minutes.</summary>
    public const int Kept = 90;

    private readonly Dictionary<string, List<int>> _signals = new(StringComparer.Ordinal);

    /// <summary>Signals of a neighbour, newest last.</summary>
    public IReadOnlyList<int> Of(string address) => _signals.TryGetValue(address, out var signals) ? [.. signals] : [];

    /// <summary>Takes a sample of each; who is no neighbour any more is forgotten.</summary>
    public void Sample(IReadOnlyList<Station> neighbours)
    {
        foreach (var gone in _signals.Keys.Where(k => neighbours.All(n => n.MacAddress != k)).ToList())
        {
            _signals.Remove(gone);
        }

        foreach (var neighbour in neighbours)
        {
            var signals = _signals.TryGetValue(neighbour.MacAddress, out var known) ? known : _signals[neighbour.MacAddress] = [];
            signals.Add(neighbour.SignalAverage != 0 ? neighbour.SignalAverage : neighbour.Signal);
            if (signals.Count > Kept)
            {
                signals.RemoveAt(0);
            }
        }
    }
}
