// Which link stands for which transport ID, and what happens when a second one comes (spec 10 §9).
using Skywire.Crypto;
using Skywire.Discovery;
using Skywire.Transport.Links;

namespace Skywire.Transport.Manager;

/// <summary>What became of a new link.</summary>
internal enum AddOutcome
{
    /// <summary>It is the only one.</summary>
    Added,

    /// <summary>It took over; the old one is kept until it is retired, so that a peer that decides otherwise costs nothing.</summary>
    Replaced,

    /// <summary>The old one stays: this side is the least significant edge, which decides for both.</summary>
    Rejected,
}

/// <summary>A change to tell subscribers.</summary>
internal readonly record struct TableChange(ManagedTransport Transport, bool Up);

/// <summary>
/// Reads are lock-free on an immutable snapshot. The rule: the least significant edge keeps the link it has; the other edge follows the newest, and
/// falls back to the former one when the newest is closed soon, because then the least significant edge has kept that. So both edges end on the same
/// link whatever the order in which two crossing links were settled.
/// </summary>
internal sealed class TransportTable(PubKey localKey)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<TransportId, Slot> _slots = [];
    private volatile View _view = new([], [], []);

    /// <summary>Live transports, newest last.</summary>
    internal IReadOnlyList<ManagedTransport> All => _view.All;

    /// <summary>The live transport of an ID.</summary>
    internal ManagedTransport? Find(TransportId id) => _view.ById.TryGetValue(id, out var found) ? found : null;

    /// <summary>A live transport to a neighbour; the cheapest type there is.</summary>
    internal ManagedTransport? FindByRemote(PubKey remote) => _view.ByRemote.TryGetValue(remote, out var found) ? found : null;

    /// <summary>True when this side is edge 0 of the entry (spec 10 §3.1).</summary>
    internal bool IsLeastSignificantEdge(PubKey remote) => localKey < remote;

    /// <summary>Enters a settled link. <paramref name="replaced"/> is to be closed after a grace, <paramref name="dropped"/>, an older one still kept, at once.</summary>
    internal AddOutcome Add(ManagedTransport transport, out ManagedTransport? replaced, out ManagedTransport? dropped, out TableChange? change)
    {
        replaced = null;
        dropped = null;
        change = null;
        lock (_lock)
        {
            if (_slots.TryGetValue(transport.Id, out var slot) && slot.Current.IsUp)
            {
                if (IsLeastSignificantEdge(transport.RemoteKey))
                {
                    return AddOutcome.Rejected;
                }

                replaced = slot.Current;
                dropped = slot.Former;
                _slots[transport.Id] = new Slot(transport, slot.Current);
            }
            else
            {
                dropped = slot?.Former;
                _slots[transport.Id] = new Slot(transport, null);
            }

            Publish();
            change = new TableChange(transport, true);
            return replaced is null ? AddOutcome.Added : AddOutcome.Replaced;
        }
    }

    /// <summary>A link has ended. Returns what subscribers should hear: the ID is down, or stands on its former link again; null when neither.</summary>
    internal TableChange? Remove(ManagedTransport transport)
    {
        lock (_lock)
        {
            if (!_slots.TryGetValue(transport.Id, out var slot))
            {
                return null;
            }

            if (!ReferenceEquals(slot.Current, transport))
            {
                if (ReferenceEquals(slot.Former, transport))
                {
                    _slots[transport.Id] = slot with { Former = null };
                }

                return null;
            }

            if (slot.Former is { IsUp: true } former)
            {
                _slots[transport.Id] = new Slot(former, null);
                Publish();
                return new TableChange(former, true);
            }

            _slots.Remove(transport.Id);
            Publish();
            return new TableChange(transport, false);
        }
    }

    /// <summary>The grace of a replaced link is over: true when it is still the former one and should be closed.</summary>
    internal bool TryRetire(ManagedTransport transport)
    {
        lock (_lock)
        {
            if (!_slots.TryGetValue(transport.Id, out var slot) || !ReferenceEquals(slot.Former, transport))
            {
                return false;
            }

            _slots[transport.Id] = slot with { Former = null };
            return true;
        }
    }

    /// <summary>Every link there is, former ones included; for the end.</summary>
    internal IReadOnlyList<ManagedTransport> AllLinks()
    {
        lock (_lock)
        {
            return [.. _slots.Values.SelectMany(s => s.Former is null ? (IEnumerable<ManagedTransport>)[s.Current] : [s.Current, s.Former])];
        }
    }

    private void Publish()
    {
        var byId = new Dictionary<TransportId, ManagedTransport>(_slots.Count);
        var byRemote = new Dictionary<PubKey, ManagedTransport>(_slots.Count);
        foreach (var (id, slot) in _slots)
        {
            byId.Add(id, slot.Current);
            if (!byRemote.TryGetValue(slot.Current.RemoteKey, out var other) || Cost(slot.Current.Type) < Cost(other.Type))
            {
                byRemote[slot.Current.RemoteKey] = slot.Current;
            }
        }

        _view = new View(byId, byRemote, [.. byId.Values.OrderByDescending(t => t.Age)]);
    }

    /// <summary>A direct link costs the network nothing; one over dmsg a server's time.</summary>
    private static int Cost(string type) => type switch
    {
        TransportTypes.Stcpr or TransportTypes.Stcp => 0,
        TransportTypes.Dmsg => 2,
        _ => 1,
    };

    private sealed record Slot(ManagedTransport Current, ManagedTransport? Former);

    private sealed record View(Dictionary<TransportId, ManagedTransport> ById, Dictionary<PubKey, ManagedTransport> ByRemote, IReadOnlyList<ManagedTransport> All);
}
