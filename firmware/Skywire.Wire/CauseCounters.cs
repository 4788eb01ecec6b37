// Counts causes per component, so that every drop, refusal and retry can be read by an operator.
namespace Skywire.Wire;

/// <summary>One counter per <see cref="ProtocolError"/>. Thread-safe, no allocation per count. One instance per component and visor; the visor publishes them.</summary>
public sealed class CauseCounters
{
    private static readonly int Length = Enum.GetValues<ProtocolError>().Length;
    private readonly long[] _counts = new long[Length];

    /// <summary>Names the component ("router", "dmsg-client", ...).</summary>
    public CauseCounters(string component)
    {
        Component = component;
    }

    /// <summary>The component the counts belong to.</summary>
    public string Component { get; }

    /// <summary>Counts one.</summary>
    public void Add(ProtocolError cause) => Interlocked.Increment(ref _counts[(int)cause]);

    /// <summary>The count of one cause.</summary>
    public long this[ProtocolError cause] => Volatile.Read(ref _counts[(int)cause]);

    /// <summary>All causes counted at least once.</summary>
    public IReadOnlyList<KeyValuePair<ProtocolError, long>> Snapshot()
    {
        var list = new List<KeyValuePair<ProtocolError, long>>();
        for (var i = 0; i < Length; i++)
        {
            var n = Volatile.Read(ref _counts[i]);
            if (n > 0)
            {
                list.Add(new((ProtocolError)i, n));
            }
        }

        return list;
    }
}
