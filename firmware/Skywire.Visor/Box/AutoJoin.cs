// Links to the other boards of the box, made and ended by themselves.
using System.Net;
using Skywire.Crypto;
using Skywire.Discovery;
using Skywire.Discovery.Box;
using Skywire.Transport;

namespace Skywire.Visor.Box;

/// <summary>Keeps persistent stcpr transports in step with the members seen. One caller at a time; what the operator configured is left alone.</summary>
internal sealed class AutoJoin(TransportManager transports, PubKey self, IReadOnlyCollection<PubKey> configured, int limit, TimeProvider time)
{
    /// <summary>A link to a member that was not seen for so long is given up; before that the member may be starting anew, or the wire may be unplugged.</summary>
    public static readonly TimeSpan LongGone = TimeSpan.FromMinutes(10);

    // A box that has grown beyond a full mesh plans fewer links; the others end once those have surely come up.
    private static readonly TimeSpan OutOfPlan = TimeSpan.FromMinutes(1);

    // A higher key that has not been dialled by then dials itself: the other one may be unable to.
    private static readonly TimeSpan OtherDialsLimit = TimeSpan.FromSeconds(6);

    // A link over the air moves to a wire that has worked for so long: a cable just being plugged in may be pulled again, and every move costs the link's traffic a second.
    private static readonly TimeSpan WireProven = TimeSpan.FromSeconds(20);

    private readonly Dictionary<PubKey, (long Seen, ulong Boot)> _kept = [];

    /// <summary>Links kept at the moment.</summary>
    public int Count => _kept.Count;

    /// <summary>Adds and removes links.</summary>
    public async Task UpdateAsync(IReadOnlyList<BoxMember> members, CancellationToken cancellationToken)
    {
        var now = time.GetTimestamp();
        var reachable = members.Where(m => m.StcprPort > 0 && !configured.Contains(m.Key)).ToDictionary(m => m.Key);
        foreach (var key in Wanted(reachable))
        {
            await KeepAsync(reachable[key], now, cancellationToken);
        }

        foreach (var (key, (seen, _)) in _kept.Where(k => time.GetElapsedTime(k.Value.Seen, now) > (reachable.ContainsKey(k.Key) ? OutOfPlan : LongGone)).ToList())
        {
            _kept.Remove(key);
            await transports.RemoveAsync(TransportId.Of(self, key, TransportTypes.Stcpr), cancellationToken);
        }
    }

    // In a small box every link that stands is kept, whoever dialled it; in a large one those of the plan, and a changed plan lets the others run out.
    private IEnumerable<PubKey> Wanted(Dictionary<PubKey, BoxMember> reachable)
    {
        var plan = NeighbourPlan.Of(self, reachable.Keys, limit);
        return reachable.Count > limit ? plan : plan
            .Concat(reachable.Keys.Where(_kept.ContainsKey))
            .Concat(reachable.Values.Where(m => m.Known > OtherDialsLimit && transports.FindByRemote(m.Key) is null).Select(m => m.Key))
            .Distinct();
    }

    private async Task KeepAsync(BoxMember member, long now, CancellationToken cancellationToken)
    {
        var id = TransportId.Of(self, member.Key, TransportTypes.Stcpr);
        var isKnown = _kept.TryGetValue(member.Key, out var kept);
        if (isKnown && ((kept.Boot != member.Boot && IsOlderThanItsLife(id, member)) || CanLeaveAir(id, member)))
        {
            // The board behind it has started anew (the old link is dead, though TCP will not notice for a while), or a wire to it is there now.
            await transports.RemoveAsync(id, cancellationToken);
            isKnown = false;
        }

        _kept[member.Key] = (now, member.Boot);
        if (!isKnown)
        {
            transports.AddPersistent(new PersistentTransport(member.Key, TransportTypes.Stcpr) { Label = TransportLabels.Automatic });
        }
        else if (kept.Boot != member.Boot || time.GetElapsedTime(kept.Seen, now) > BoxOptions.Default.MemberLost)
        {
            transports.RetryPersistent(id);
        }
    }

    private bool CanLeaveAir(TransportId id, BoxMember member)
        => member.OnWire >= WireProven && transports.Snapshot().Any(t => t.Id == id && t.IsUp && t.IsInitiator && IPEndPoint.TryParse(t.RemoteAddress, out var remote) && member.OnAir.Contains(Unmapped(remote.Address)));

    private static IPAddress Unmapped(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;

    private bool IsOlderThanItsLife(TransportId id, BoxMember member) => transports.Snapshot().Any(t => t.Id == id && t.IsUp && t.Age > member.Known + TimeSpan.FromSeconds(1));
}
