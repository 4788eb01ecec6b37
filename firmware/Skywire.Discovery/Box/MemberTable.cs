// Who is there. A beacon of an unknown start is believed only after its sender has answered a fresh question: that bounds replays without any clock,
// which boards without a battery do not have.
using System.Net;
using Skywire.Crypto;

namespace Skywire.Discovery.Box;

/// <summary>What became of a datagram.</summary>
/// <param name="Refusal">Why it was not taken; null: taken.</param>
/// <param name="Answer">The sender's question, to be sent back to it; zero: none.</param>
/// <param name="Ask">A question for the sender; zero: none.</param>
/// <param name="Changed">A member came, left or started anew.</param>
internal readonly record struct Reception(BeaconRefusal? Refusal, UInt128 Answer = default, UInt128 Ask = default, bool Changed = false);

/// <summary>Members and starts that are being asked. Not thread-safe. Times count from any fixed moment of a steady clock.</summary>
internal sealed class MemberTable(BoxOptions options, PubKey self, ulong ownBoot, BoxSecret secret, IEntropy entropy)
{
    private readonly SortedDictionary<PubKey, MemberEntry> _members = [];
    private readonly List<Pending> _pending = [];
    private double _tokens = options.RepliesPerSecond;
    private TimeSpan _refilledAt;

    /// <summary>Members, lowest key first.</summary>
    public IReadOnlyCollection<MemberEntry> All => _members.Values;

    /// <summary>A member; null when it is none.</summary>
    public MemberEntry? Find(PubKey key) => _members.GetValueOrDefault(key);

    /// <summary>Takes a datagram.</summary>
    public Reception Receive(ReadOnlySpan<byte> datagram, IPEndPoint source, bool onAir, TimeSpan now)
    {
        if (BeaconCodec.Read(datagram, secret, out var beacon) is { } refusal)
        {
            return new(refusal);
        }

        if (beacon.Key == self)
        {
            // Its own voice through another interface is no news; another start under this key is.
            return new(beacon.Boot == ownBoot ? BeaconRefusal.Replay : BeaconRefusal.OwnKey);
        }

        return _members.TryGetValue(beacon.Key, out var member) && member.Last.Boot == beacon.Boot
            ? Hear(member, beacon, datagram, source, onAir, now)
            : Meet(beacon, datagram, source, onAir, now);
    }

    /// <summary>Forgets members that were silent for too long and questions that stayed open; true when a member went.</summary>
    public bool Expire(TimeSpan now)
    {
        _pending.RemoveAll(p => now - p.Since > options.PendingLife);
        var gone = _members.Where(m => now - m.Value.HeardAt > options.MemberLost).Select(m => m.Key).ToList();
        foreach (var key in gone)
        {
            _members.Remove(key);
        }

        return gone.Count > 0;
    }

    /// <summary>A question for a member in doubt; zero when it was asked just now or too much is being asked.</summary>
    public UInt128 AskAgain(MemberEntry member, TimeSpan interval, TimeSpan now)
    {
        if (now - member.AskedAt < interval || !TryTakeToken(now))
        {
            return default;
        }

        member.AskedAt = now;
        return Draw();
    }

    private Reception Hear(MemberEntry member, Beacon beacon, ReadOnlySpan<byte> datagram, IPEndPoint source, bool onAir, TimeSpan now)
    {
        if (!member.IsNew(beacon.Counter))
        {
            return new(BeaconRefusal.Replay);
        }

        if (!BeaconCodec.IsSigned(datagram, beacon.Key))
        {
            return new(BeaconRefusal.Signature);
        }

        if (beacon.Leaving)
        {
            _members.Remove(beacon.Key);
            return new(null, Changed: true);
        }

        var changed = beacon.Counter > member.Last.Counter && (beacon.Duty != member.Last.Duty || beacon.Term != member.Last.Term);
        member.Hear(beacon, source, onAir, now);
        return beacon.Challenge == default ? new(null, Changed: changed)
            : TryTakeToken(now) ? new(null, Answer: beacon.Challenge, Changed: changed)
            : new(BeaconRefusal.Throttled, Changed: changed);
    }

    // A start not seen before: the member was switched on, or somebody plays a recording.
    private Reception Meet(Beacon beacon, ReadOnlySpan<byte> datagram, IPEndPoint source, bool onAir, TimeSpan now)
    {
        var pending = _pending.Find(p => p.Key == beacon.Key && p.Boot == beacon.Boot);
        if (pending is not null && !pending.Window.IsNew(beacon.Counter))
        {
            return new(BeaconRefusal.Replay);
        }

        if (!BeaconCodec.IsSigned(datagram, beacon.Key))
        {
            return new(BeaconRefusal.Signature);
        }

        if (pending is null)
        {
            if (_pending.Count >= options.MaxPending)
            {
                _pending.RemoveAt(0);
            }

            pending = new Pending(beacon.Key, beacon.Boot, Draw(), now);
            _pending.Add(pending);
        }

        pending.Window.Mark(beacon.Counter);
        if (beacon.Echo == pending.Challenge)
        {
            return Confirm(pending, beacon, source, onAir, now);
        }

        if (beacon.Leaving)
        {
            return new(BeaconRefusal.Unconfirmed);
        }

        var ask = pending.AskedAt is null || now - pending.AskedAt >= options.AskInterval;
        if (!ask && beacon.Challenge == default)
        {
            return new(BeaconRefusal.Unconfirmed);
        }

        if (!TryTakeToken(now))
        {
            return new(BeaconRefusal.Throttled);
        }

        pending.AskedAt = ask ? now : pending.AskedAt;
        return new(BeaconRefusal.Unconfirmed, Answer: beacon.Challenge, Ask: ask ? pending.Challenge : default);
    }

    private Reception Confirm(Pending pending, Beacon beacon, IPEndPoint source, bool onAir, TimeSpan now)
    {
        if (!_members.ContainsKey(beacon.Key) && _members.Count >= options.MaxMembers)
        {
            return new(BeaconRefusal.TooMany);
        }

        _pending.Remove(pending);
        if (beacon.Leaving)
        {
            return new(null, Changed: _members.Remove(beacon.Key));
        }

        var member = new MemberEntry(beacon, pending.Window, now);
        member.Hear(beacon, source, onAir, now);
        _members[beacon.Key] = member;
        return new(null, Answer: TryTakeToken(now) ? beacon.Challenge : default, Changed: true);
    }

    private bool TryTakeToken(TimeSpan now)
    {
        _tokens = Math.Min(options.RepliesPerSecond, _tokens + ((now - _refilledAt).TotalSeconds * options.RepliesPerSecond));
        _refilledAt = now;
        if (_tokens < 1)
        {
            return false;
        }

        _tokens--;
        return true;
    }

    // Zero means "no question".
    private UInt128 Draw()
    {
        Span<byte> bytes = stackalloc byte[16];
        entropy.Fill(bytes);
        var value = System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(bytes);
        return value == default ? UInt128.One : value;
    }

    private sealed class Pending(PubKey key, ulong boot, UInt128 challenge, TimeSpan since)
    {
        public PubKey Key => key;

        public ulong Boot => boot;

        public UInt128 Challenge => challenge;

        public TimeSpan Since => since;

        public TimeSpan? AskedAt { get; set; }

        public SequenceWindow Window;
    }
}
