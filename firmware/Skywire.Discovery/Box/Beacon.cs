// What a member says of itself, once a second or so.
using System.Net;
using Skywire.Crypto;

namespace Skywire.Discovery.Box;

/// <summary>What a member does for the box; the numbers are those on the wire.</summary>
public enum BoxDuty
{
    /// <summary>Uses the services, runs none.</summary>
    None = 0,

    /// <summary>Has been chosen and starts the services.</summary>
    Starting = 1,

    /// <summary>Runs the services.</summary>
    Serving = 2,
}

/// <summary>One beacon. Layout: docs/box.md; reader and writer: <see cref="BeaconCodec"/>.</summary>
internal sealed record Beacon
{
    /// <summary>The member.</summary>
    public PubKey Key { get; init; }

    /// <summary>Drawn at each start of the member: what it said before is worth nothing any more.</summary>
    public ulong Boot { get; init; }

    /// <summary>Grows with every datagram of a boot.</summary>
    public ulong Counter { get; init; }

    /// <summary>What it does.</summary>
    public BoxDuty Duty { get; init; }

    /// <summary>Number of the claim to serve; a new one tells followers to register again.</summary>
    public ulong Term { get; init; }

    /// <summary>Whole seconds it has served, by its own steady clock.</summary>
    public uint ServingSeconds { get; init; }

    /// <summary>It saw another serving board and has decided to stay.</summary>
    public bool Insists { get; init; }

    /// <summary>It cannot or shall not serve.</summary>
    public bool CannotServe { get; init; }

    /// <summary>Its last word.</summary>
    public bool Leaving { get; init; }

    /// <summary>Transports up.</summary>
    public ushort Load { get; init; }

    /// <summary>Port of its stcpr listener; 0: none.</summary>
    public ushort StcprPort { get; init; }

    /// <summary>Asks the receiver to show that it is there; all zero: does not ask.</summary>
    public UInt128 Challenge { get; init; }

    /// <summary>The receiver's challenge; all zero: none.</summary>
    public UInt128 Echo { get; init; }

    /// <summary>What its operator calls it.</summary>
    public string Name { get; init; } = "";

    /// <summary>Addresses it believes to have.</summary>
    public IReadOnlyList<IPAddress> Addresses { get; init; } = [];
}

/// <summary>Why a datagram was not taken.</summary>
public enum BeaconRefusal
{
    /// <summary>Not of a length that a beacon can have.</summary>
    Length,

    /// <summary>Does not begin like a beacon.</summary>
    NotABeacon,

    /// <summary>Of another version of the format.</summary>
    Version,

    /// <summary>Of another box on the same wire.</summary>
    OtherBox,

    /// <summary>The tag is wrong: not a member, or damaged.</summary>
    Tag,

    /// <summary>A member wrote something that makes no sense.</summary>
    Malformed,

    /// <summary>Counted before: a recording, or the network's own double.</summary>
    Replay,

    /// <summary>The signature is not that of the key it names.</summary>
    Signature,

    /// <summary>It names this board's own key: a copied card, or a recording of an earlier start.</summary>
    OwnKey,

    /// <summary>The member has not yet shown that it is there now.</summary>
    Unconfirmed,

    /// <summary>More members than the table holds.</summary>
    TooMany,

    /// <summary>More questions at once than are answered.</summary>
    Throttled,
}
