// The wifi service's account for everybody who looks: command line, page, LEDs, checks. Holds no secret. One file, /run/skyminer-wifi/status.json.
using System.Text.Json.Serialization;

namespace Skywire.Wifi.Running;

/// <summary>State of the air as a whole; words as in JSON, logs, metrics and docs: no_radio, off, searching, weak, joined, setup.</summary>
public enum AirState
{
    /// <summary>No radio that could link boards.</summary>
    NoRadio,

    /// <summary>Radios are there, none is used; the reason says why.</summary>
    Off,

    /// <summary>No other board on the air yet.</summary>
    Searching,

    /// <summary>Linked, with so weak a signal that little gets through.</summary>
    Weak,

    /// <summary>Linked to at least one other board.</summary>
    Joined,

    /// <summary>The setup access point is open.</summary>
    Setup,
}

/// <summary>What the wifi service knows.</summary>
public sealed record WifiReport
{
    /// <summary>Where it lies on a board.</summary>
    public const string SystemFile = "/run/skyminer-wifi/status.json";

    /// <summary>When this was written.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>State, a word of <see cref="AirState"/>.</summary>
    public required string State { get; init; }

    /// <summary>Why.</summary>
    public required string Reason { get; init; }

    /// <summary>Country whose rules hold; "00" for the world's common ground.</summary>
    public string Country { get; init; } = "";

    /// <summary>Name of the mesh; "" for none.</summary>
    public string MeshName { get; init; } = "";

    /// <summary>The radios.</summary>
    public IReadOnlyList<RadioReport> Radios { get; init; } = [];

    /// <summary>Networks heard in the last scan, strongest first, at most 64.</summary>
    public IReadOnlyList<HeardReport> Heard { get; init; } = [];

    /// <summary>When they were heard; null before the first scan.</summary>
    public DateTimeOffset? HeardAt { get; init; }

    /// <summary>The setup access point; null when none is or was open since the start.</summary>
    public SetupReport? Setup { get; init; }

    /// <summary>Counters by name: every join, loss, refusal and retry has one. Names as in metrics, without prefix.</summary>
    public IReadOnlyDictionary<string, long> Counters { get; init; } = new Dictionary<string, long>();
}

/// <summary>One radio.</summary>
public sealed record RadioReport
{
    /// <summary>"phy0".</summary>
    public required string Name { get; init; }

    /// <summary>Its driver.</summary>
    public string Driver { get; init; } = "";

    /// <summary>Its address.</summary>
    public string MacAddress { get; init; } = "";

    /// <summary>Interface that links boards; "" for none.</summary>
    public string Interface { get; init; } = "";

    /// <summary>What it can be: mesh_point, ad_hoc, access_point, station.</summary>
    public IReadOnlyList<string> Types { get; init; } = [];

    /// <summary>off, backhaul, clients, setup.</summary>
    public required string Role { get; init; }

    /// <summary>none, mesh, ad_hoc, tree, tree_station, tree_root.</summary>
    public required string Mode { get; init; }

    /// <summary>Why so.</summary>
    public required string PlanReason { get; init; }

    /// <summary>no_radio, off, searching, weak, joined, setup.</summary>
    public required string State { get; init; }

    /// <summary>Why.</summary>
    public required string Reason { get; init; }

    /// <summary>Since when.</summary>
    public required DateTimeOffset Since { get; init; }

    /// <summary>Channel number; 0 for none.</summary>
    public int Channel { get; init; }

    /// <summary>Frequency, MHz; 0 for none.</summary>
    public int Frequency { get; init; }

    /// <summary>Place in a tree: hops to the root; -1 outside of a tree.</summary>
    public int Depth { get; init; } = -1;

    /// <summary>Neighbours, strongest first.</summary>
    public IReadOnlyList<NeighbourReport> Neighbours { get; init; } = [];

    /// <summary>Paths of the kernel's mesh.</summary>
    public IReadOnlyList<PathReport> Paths { get; init; } = [];

    /// <summary>Last steps of its life, newest last, at most 20.</summary>
    public IReadOnlyList<StepReport> Steps { get; init; } = [];
}

/// <summary>A neighbour on the air.</summary>
public sealed record NeighbourReport
{
    /// <summary>Its address.</summary>
    public required string MacAddress { get; init; }

    /// <summary>Signal, dBm; 0 when not known.</summary>
    public int Signal { get; init; }

    /// <summary>Signal every 10 s, newest last, at most 90 (15 minutes).</summary>
    public IReadOnlyList<int> SignalHistory { get; init; } = [];

    /// <summary>Rate to it, bit/s.</summary>
    public long TransmitRate { get; init; }

    /// <summary>Rate from it, bit/s.</summary>
    public long ReceiveRate { get; init; }

    /// <summary>Bytes to it.</summary>
    public long TransmitBytes { get; init; }

    /// <summary>Bytes from it.</summary>
    public long ReceiveBytes { get; init; }

    /// <summary>Frames sent again, of all sent, percent.</summary>
    public double RetryPercent { get; init; }

    /// <summary>Airtime metric of the link; 0 when there is none.</summary>
    public long AirtimeMetric { get; init; }

    /// <summary>listen, open_sent, open_received, confirm_received, established, holding, blocked.</summary>
    public string Peering { get; init; } = "";

    /// <summary>It proved that it knows the passphrase.</summary>
    public bool IsAuthorized { get; init; }

    /// <summary>Seconds since it was heard.</summary>
    public double InactiveSeconds { get; init; }
}

/// <summary>A path of the kernel's mesh.</summary>
public sealed record PathReport(string Destination, string NextHop, long Metric, int Hops, bool IsActive);

/// <summary>A step of a radio's life and why it was taken.</summary>
public sealed record StepReport(DateTimeOffset At, string Step, string Reason);

/// <summary>A network heard.</summary>
/// <param name="MacAddress">Who sent.</param>
/// <param name="Name">Its name.</param>
/// <param name="Type">mesh_point, ad_hoc or access_point.</param>
/// <param name="Channel">Channel number.</param>
/// <param name="Signal">Signal, dBm.</param>
/// <param name="IsSecured">It wants a passphrase.</param>
/// <param name="IsOurs">It has the name and kind of this board's mesh.</param>
public sealed record HeardReport(string MacAddress, string Name, string Type, int Channel, int Signal, bool IsSecured, bool IsOurs);

/// <summary>The setup access point, without its code.</summary>
/// <param name="Phase">waiting (a cable or a mesh may still come), open, taken (somebody's answers are being tried), closed.</param>
/// <param name="Reason">Why.</param>
/// <param name="Name">Name of the network it offers; "" when it is not open.</param>
/// <param name="ClosesAt">When it closes by itself; null when it is not open.</param>
public sealed record SetupReport(string Phase, string Reason, string Name, DateTimeOffset? ClosesAt);

/// <summary>JSON without reflection.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = false)]
[JsonSerializable(typeof(WifiReport))]
public sealed partial class WifiJson : JsonSerializerContext;
