// One board's part in a box, without sockets, clocks or services: beacons and time in, datagrams to send and duties out.
using System.Buffers.Binary;
using System.Net;
using Skywire.Crypto;

namespace Skywire.Discovery.Box;

/// <summary>What this board says of itself beside its duty; asked before each beacon.</summary>
/// <param name="Name">What its operator calls it.</param>
/// <param name="StcprPort">Port of its stcpr listener; 0: none.</param>
/// <param name="Load">Transports up.</param>
/// <param name="Addresses">Addresses it believes to have.</param>
public sealed record BoxSelf(string Name, int StcprPort, int Load, IReadOnlyList<IPAddress> Addresses);

/// <summary>A datagram to be sent.</summary>
/// <param name="To">The receiver; null: everybody, a datagram of its own on every way out (<see cref="BoxNode.Compose"/>).</param>
/// <param name="Challenge">Question in it.</param>
/// <param name="Echo">Answer in it.</param>
public readonly record struct BoxSend(IPEndPoint? To, UInt128 Challenge, UInt128 Echo);

/// <summary>
/// Composes membership and election. Call <see cref="Receive"/> for what arrives and <see cref="Tick"/> when <see cref="NextTick"/> is due; send what
/// <see cref="TryTakeSend"/> gives; run services while <see cref="ShouldServe"/>. Not thread-safe. Times count from any fixed moment of a steady clock.
/// </summary>
public sealed class BoxNode
{
    /// <summary>Bytes of the longest datagram.</summary>
    public const int MaxDatagram = BeaconCodec.MaxLength;

    private readonly BoxOptions _options;
    private readonly SecKey _key;
    private readonly BoxSecret _secret;
    private readonly Func<BoxSelf> _describe;
    private readonly ulong _boot;
    private readonly MemberTable _members;
    private readonly Election _election;
    private readonly Queue<BoxSend> _sends = new();
    private readonly long[] _refusals = new long[Enum.GetValues<BeaconRefusal>().Length];
    private ulong _counter;
    private TimeSpan _nextBeacon;
    private TimeSpan _changedAt;
    private BoxRole _lastRole = BoxRole.Listening;

    /// <summary>Starts listening at the first tick. Key and secret stay the caller's.</summary>
    public BoxNode(BoxOptions options, SecKey key, BoxSecret secret, Func<BoxSelf> describe, IEntropy entropy)
    {
        options.Validate();
        _options = options;
        _key = key;
        _secret = secret;
        _describe = describe;
        Span<byte> boot = stackalloc byte[8];
        entropy.Fill(boot);
        _boot = BinaryPrimitives.ReadUInt64BigEndian(boot);
        _members = new MemberTable(options, key.PublicKey, _boot, secret, entropy);
        _election = new Election(options, key.PublicKey);
    }

    /// <summary>What this board is to the box.</summary>
    public BoxRole Role => _election.Role;

    /// <summary>True while this board has to run the services, or to start them.</summary>
    public bool ShouldServe => Role is BoxRole.Starting or BoxRole.Serving;

    /// <summary>The claim this board made or follows.</summary>
    public ulong Term => _election.Term;

    /// <summary>When <see cref="Tick"/> is due.</summary>
    public TimeSpan NextTick { get; private set; }

    /// <summary>Datagrams taken.</summary>
    public long Heard { get; private set; }

    /// <summary>Datagrams composed.</summary>
    public long Sent { get; private set; }

    /// <summary>Datagrams not taken, by reason.</summary>
    public IReadOnlyDictionary<BeaconRefusal, long> Refusals => Enum.GetValues<BeaconRefusal>().ToDictionary(r => r, r => _refusals[(int)r]);

    /// <summary>The other members, lowest key first.</summary>
    public IReadOnlyList<BoxMember> Members(TimeSpan now) => [.. _members.All.Select(m => m.View(now))];

    /// <summary>The board that serves; null while none does.</summary>
    public BoxServing? Serving()
    {
        if (Role == BoxRole.Serving)
        {
            return new BoxServing(_key.PublicKey, _describe().Name, null, Term, _boot, true);
        }

        return _election.Followed is { } key && _members.Find(key) is { } member && member.Addresses() is [var first, ..]
            ? new BoxServing(key, member.Last.Name, first, member.Last.Term, member.Last.Boot, false)
            : null;
    }

    /// <summary>Takes a datagram as it came; <paramref name="onAir"/>: by a radio. Never throws for its content.</summary>
    public void Receive(ReadOnlySpan<byte> datagram, IPEndPoint source, TimeSpan now, bool onAir = false)
    {
        var reception = _members.Receive(datagram, source, onAir, now);
        if (reception.Refusal is { } refusal)
        {
            _refusals[(int)refusal]++;
        }
        else
        {
            Heard++;
        }

        if (reception.Answer != default || reception.Ask != default)
        {
            _sends.Enqueue(new BoxSend(source, reception.Ask, reception.Answer));
        }

        if (reception.Changed)
        {
            Hurry(now);
            Tick(now);
        }
    }

    /// <summary>Decides what time alone decides: silence, patience, the next beacon.</summary>
    public void Tick(TimeSpan now)
    {
        if (_members.Expire(now))
        {
            Hurry(now);
        }

        Doubt(now);
        _election.Step([.. _members.All.Select(m => RivalOf(m, now))], now);
        if (_election.Role != _lastRole)
        {
            _lastRole = _election.Role;
            Hurry(now);
            _nextBeacon = now;
        }

        if (now >= _nextBeacon)
        {
            _sends.Enqueue(default);
            _nextBeacon = now + Interval(now);
        }

        var step = _election.Role is BoxRole.Following or BoxRole.Serving && now - _changedAt > _options.SettleTime ? _options.ServingInterval / 2 : _options.FastInterval / 2;
        NextTick = _nextBeacon < now + step ? _nextBeacon : now + step;
    }

    /// <summary>The services run: from now on beacons say so.</summary>
    public void ServicesStarted(TimeSpan now)
    {
        _election.Started(now);
        Tick(now);
    }

    /// <summary>The services could not be started, or ended.</summary>
    public void ServicesFailed(TimeSpan now)
    {
        _election.Failed(now);
        Tick(now);
    }

    /// <summary>Something that beacons tell has changed, for example the ways out: tell it now.</summary>
    public void Announce(TimeSpan now)
    {
        Hurry(now);
        _nextBeacon = now;
        Tick(now);
    }

    /// <summary>The next thing to send.</summary>
    public bool TryTakeSend(out BoxSend send) => _sends.TryDequeue(out send);

    /// <summary>The bytes of one datagram, each with a counter of its own: compose anew for every way out. The last word of a board that stops is <paramref name="leaving"/>.</summary>
    public byte[] Compose(in BoxSend send, TimeSpan now, bool leaving = false)
    {
        var self = _describe();
        Sent++;
        return BeaconCodec.Write(
            new Beacon
            {
                Boot = _boot,
                Counter = ++_counter,
                Duty = leaving ? BoxDuty.None : Role switch { BoxRole.Starting => BoxDuty.Starting, BoxRole.Serving => BoxDuty.Serving, _ => BoxDuty.None },
                Term = Term,
                ServingSeconds = (uint)Math.Clamp(_election.Served(now).TotalSeconds, 0, uint.MaxValue),
                Insists = _election.Insists,
                CannotServe = !_election.CanServe(now),
                Leaving = leaving,
                Load = (ushort)Math.Clamp(self.Load, 0, ushort.MaxValue),
                StcprPort = (ushort)Math.Clamp(self.StcprPort, 0, ushort.MaxValue),
                Challenge = send.Challenge,
                Echo = send.Echo,
                Name = self.Name,
                Addresses = self.Addresses,
            },
            _key,
            _secret);
    }

    private static Rival RivalOf(MemberEntry member, TimeSpan now)
    {
        var silence = now - member.HeardAt;
        var last = member.Last;
        return new Rival(last.Key, last.Duty, last.Term, TimeSpan.FromSeconds(last.ServingSeconds) + silence, last.Insists, !last.CannotServe, silence);
    }

    private void Hurry(TimeSpan now)
    {
        _changedAt = now;
        var soon = now + _options.FastInterval;
        _nextBeacon = soon < _nextBeacon ? soon : _nextBeacon;
    }

    private TimeSpan Interval(TimeSpan now) => _election.Role switch
    {
        BoxRole.Listening or BoxRole.Waiting or BoxRole.Starting => _options.FastInterval,
        _ when now - _changedAt <= _options.SettleTime => _options.FastInterval,
        BoxRole.Serving => _options.ServingInterval,
        _ => _options.QuietInterval,
    };

    // Who fell silent is asked before he is given up, the serving board soon and often.
    private void Doubt(TimeSpan now)
    {
        foreach (var member in _members.All)
        {
            var (doubt, interval) = member.Last.Duty == BoxDuty.Serving && now - member.HeardAt <= _options.ServingLost ? (_options.ServingDoubt, _options.AskInterval) : (_options.MemberDoubt, _options.FastInterval * 2);
            if (now - member.HeardAt >= doubt && member.Source is { } source && _members.AskAgain(member, interval, now) is var question && question != default)
            {
                _sends.Enqueue(new BoxSend(source, question, default));
            }
        }
    }
}
