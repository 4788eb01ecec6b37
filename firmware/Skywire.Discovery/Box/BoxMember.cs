// A member as this board knows it: what it said last, how it is reached, and when it was heard.
using System.Net;
using Skywire.Crypto;

namespace Skywire.Discovery.Box;

/// <summary>A member that has shown to be there. A snapshot: it does not change.</summary>
/// <param name="Key">Its key.</param>
/// <param name="Name">What its operator calls it.</param>
/// <param name="Addresses">Where it is reached: addresses its beacons came from, latest first, then those it names itself.</param>
/// <param name="StcprPort">Port of its stcpr listener; 0: none.</param>
/// <param name="Duty">What it does for the box.</param>
/// <param name="CannotServe">It cannot or shall not serve.</param>
/// <param name="Load">Transports it has up.</param>
/// <param name="Boot">Its start; another one is another life.</param>
/// <param name="Silence">Time since it was heard.</param>
/// <param name="Known">Time since it was first heard in this life.</param>
public sealed record BoxMember(PubKey Key, string Name, IReadOnlyList<IPAddress> Addresses, int StcprPort, BoxDuty Duty, bool CannotServe, int Load, ulong Boot, TimeSpan Silence, TimeSpan Known)
{
    /// <summary>Those of <see cref="Addresses"/> that only radios hear; a wire is better than any of them.</summary>
    public IReadOnlyList<IPAddress> OnAir { get; init; } = [];

    /// <summary>Since when it is heard on a wire without a break; null while it is not.</summary>
    public TimeSpan? OnWire { get; init; }
}

/// <summary>The serving board as this board follows it.</summary>
/// <param name="Key">Its key.</param>
/// <param name="Name">Its name.</param>
/// <param name="Address">Where its services are; null for this board itself.</param>
/// <param name="Term">Its claim.</param>
/// <param name="Boot">Its start.</param>
/// <param name="IsSelf">True: this board serves.</param>
public sealed record BoxServing(PubKey Key, string Name, IPAddress? Address, ulong Term, ulong Boot, bool IsSelf);

/// <summary>A member in the table of this board.</summary>
internal sealed class MemberEntry
{
    private const int MaxObserved = 4;

    // An address that was not heard from for this long while another one was is no longer how the member is reached.
    private static readonly TimeSpan AddressLife = TimeSpan.FromSeconds(20);

    private readonly List<(IPAddress Address, TimeSpan At, bool OnAir)> _observed = [];
    private TimeSpan _wireSince;
    private TimeSpan _wireAt = TimeSpan.MinValue;
    private SequenceWindow _window;

    public MemberEntry(Beacon first, SequenceWindow window, TimeSpan now)
    {
        Last = first;
        _window = window;
        Since = now;
    }

    /// <summary>What it said last.</summary>
    public Beacon Last { get; private set; }

    /// <summary>When it was heard last.</summary>
    public TimeSpan HeardAt { get; private set; }

    /// <summary>When it was first taken in.</summary>
    public TimeSpan Since { get; }

    /// <summary>When it was last asked out of turn whether it is still there.</summary>
    public TimeSpan AskedAt { get; set; }

    /// <summary>Where to ask it.</summary>
    public IPEndPoint? Source { get; private set; }

    public bool IsNew(ulong counter) => _window.IsNew(counter);

    /// <summary>Takes a beacon over. An older one that a slower way brought only shows that this way works.</summary>
    public void Hear(Beacon beacon, IPEndPoint source, bool onAir, TimeSpan now)
    {
        _window.Mark(beacon.Counter);
        if (beacon.Counter >= Last.Counter)
        {
            Last = beacon;
            Source = source;
        }

        HeardAt = now;
        if (!onAir)
        {
            _wireSince = IsOnWire(now) ? _wireSince : now;
            _wireAt = now;
        }

        _observed.RemoveAll(o => o.Address.Equals(source.Address) || now - o.At > AddressLife);
        _observed.Insert(0, (source.Address, now, onAir));
        if (_observed.Count > MaxObserved)
        {
            _observed.RemoveAt(MaxObserved);
        }
    }

    /// <summary>
    /// Addresses to try, best first. A stable order matters more than recency: the serving board's address must not alternate between two networks. So wire before air, and
    /// on each IPv4 before IPv6 before link-local, each as heard, then what the member claims.
    /// </summary>
    public IReadOnlyList<IPAddress> Addresses() => [.. _observed.OrderBy(o => o.OnAir).ThenBy(o => Rank(o.Address)).ThenBy(o => o.Address.ToString(), StringComparer.Ordinal).Select(o => o.Address).Concat(Last.Addresses).Distinct()];

    public BoxMember View(TimeSpan now) => new(Last.Key, Last.Name, Addresses(), Last.StcprPort, Last.Duty, Last.CannotServe, Last.Load, Last.Boot, now - HeardAt, now - Since)
    {
        OnAir = [.. _observed.Where(o => o.OnAir).Select(o => o.Address)],
        OnWire = IsOnWire(now) ? now - _wireSince : null,
    };

    // As long as an address stays in use without being heard.
    private bool IsOnWire(TimeSpan now) => _wireAt != TimeSpan.MinValue && now - _wireAt <= AddressLife;

    private static int Rank(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out var length);
        return length == 4 ? bytes[0] == 169 && bytes[1] == 254 ? 2 : 0 : address.IsIPv6LinkLocal ? 3 : 1;
    }
}
