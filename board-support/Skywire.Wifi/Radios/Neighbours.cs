// What the kernel says of others on the air: who is linked, by which path, and what was heard in a scan.
namespace Skywire.Wifi.Radios;

/// <summary>State of a mesh peering (enum nl80211_plink_state).</summary>
public enum PeeringState
{
    /// <summary>Heard, nothing sent yet. Also: not a mesh.</summary>
    Listen = 0,

    /// <summary>We asked.</summary>
    OpenSent = 1,

    /// <summary>The other asked.</summary>
    OpenReceived = 2,

    /// <summary>Confirmed by the other.</summary>
    ConfirmReceived = 3,

    /// <summary>Peered.</summary>
    Established = 4,

    /// <summary>Being given up.</summary>
    Holding = 5,

    /// <summary>Blocked by hand.</summary>
    Blocked = 6,
}

/// <summary>A station the radio is linked to: a mesh peer, an ad-hoc neighbour, an access point or its client.</summary>
public sealed record Station
{
    /// <summary>Its address.</summary>
    public required string MacAddress { get; init; }

    /// <summary>Signal of its last frame, dBm; 0 when not known.</summary>
    public int Signal { get; init; }

    /// <summary>Average signal, dBm; 0 when not known.</summary>
    public int SignalAverage { get; init; }

    /// <summary>Rate to it, bit/s.</summary>
    public long TransmitRate { get; init; }

    /// <summary>Rate from it, bit/s.</summary>
    public long ReceiveRate { get; init; }

    /// <summary>What the driver expects to get through, bit/s; 0 when it does not say.</summary>
    public long ExpectedRate { get; init; }

    /// <summary>Bytes to it.</summary>
    public long TransmitBytes { get; init; }

    /// <summary>Bytes from it.</summary>
    public long ReceiveBytes { get; init; }

    /// <summary>Frames to it.</summary>
    public long TransmitPackets { get; init; }

    /// <summary>Frames sent again.</summary>
    public long Retries { get; init; }

    /// <summary>Frames given up.</summary>
    public long Failed { get; init; }

    /// <summary>Airtime metric of the link (802.11s), in units of 10.24 us; 0 when there is none.</summary>
    public long AirtimeMetric { get; init; }

    /// <summary>Time since it was last heard.</summary>
    public TimeSpan Inactive { get; init; }

    /// <summary>State of the peering; <see cref="PeeringState.Listen"/> outside of a mesh.</summary>
    public PeeringState Peering { get; init; }

    /// <summary>It proved that it knows the passphrase (NL80211_STA_FLAG_AUTHORIZED).</summary>
    public bool IsAuthorized { get; init; }

    /// <summary>Its management frames are protected.</summary>
    public bool HasProtectedManagement { get; init; }
}

/// <summary>A path of the kernel's mesh (NL80211_CMD_GET_MPATH).</summary>
public sealed record MeshPath
{
    /// <summary>Where it leads.</summary>
    public required string Destination { get; init; }

    /// <summary>The neighbour it takes.</summary>
    public required string NextHop { get; init; }

    /// <summary>Airtime metric of the whole path.</summary>
    public long Metric { get; init; }

    /// <summary>Hops; 0 when the kernel does not say.</summary>
    public int Hops { get; init; }

    /// <summary>It can be used now (NL80211_MPATH_FLAG_ACTIVE).</summary>
    public bool IsActive { get; init; }
}

/// <summary>A network heard in a scan.</summary>
public sealed record HeardNetwork
{
    /// <summary>Address of who sent.</summary>
    public required string MacAddress { get; init; }

    /// <summary>What it is: access point, ad-hoc or mesh.</summary>
    public required InterfaceType Type { get; init; }

    /// <summary>Name: the mesh's for a mesh, the SSID else; "" when hidden. Peers' bytes: unprintable ones are escaped as \xNN.</summary>
    public required string Name { get; init; }

    /// <summary>Frequency, MHz.</summary>
    public required int Frequency { get; init; }

    /// <summary>Signal, dBm.</summary>
    public int Signal { get; init; }

    /// <summary>It wants a passphrase.</summary>
    public bool IsSecured { get; init; }

    /// <summary>Its place in a station tree (<see cref="TreeMark"/>); null when it is in none of ours.</summary>
    public TreeMark? Tree { get; init; }

    /// <summary>Time since it was heard.</summary>
    public TimeSpan Age { get; init; }
}

/// <summary>
/// Place of an access point in a tree of access points and stations, told in a vendor element of its beacons
/// (docs/wifi.md, <see cref="TreeElement"/>): dd 0c 02 73 6b 01, depth (1), address of the root (6), members (1).
/// </summary>
/// <param name="Root">Address of the tree's root.</param>
/// <param name="Depth">Hops to it; 0 is the root itself.</param>
/// <param name="Members">Stations this access point serves now.</param>
public readonly record struct TreeMark(string Root, int Depth, int Members);
