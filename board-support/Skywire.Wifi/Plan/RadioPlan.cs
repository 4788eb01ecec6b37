// What the planner decides for one radio, with the reason in words.
using Skywire.Wifi.Radios;

namespace Skywire.Wifi.Plan;

/// <summary>What a radio is for.</summary>
public enum RadioRole
{
    /// <summary>Nothing; the reason says why.</summary>
    Off,

    /// <summary>Links to other boards.</summary>
    Backhaul,

    /// <summary>An access point for people's devices.</summary>
    Clients,

    /// <summary>The setup access point.</summary>
    Setup,
}

/// <summary>How boards are linked over the air, best first.</summary>
public enum LinkMode
{
    /// <summary>Not at all.</summary>
    None,

    /// <summary>802.11s with SAE.</summary>
    Mesh,

    /// <summary>Ad-hoc network (IBSS) with WPA2 passphrase; SAE is not defined for it. Our link encryption above.</summary>
    AdHoc,

    /// <summary>A tree of access points and stations, each board both.</summary>
    Tree,

    /// <summary>A leaf of such a tree: the radio cannot be both.</summary>
    TreeStation,

    /// <summary>The root of such a tree: the radio cannot be both.</summary>
    TreeRoot,
}

/// <summary>The plan of one radio.</summary>
public sealed record RadioPlan
{
    /// <summary>The radio's number.</summary>
    public required int RadioIndex { get; init; }

    /// <summary>What it is for.</summary>
    public required RadioRole Role { get; init; }

    /// <summary>How it links boards.</summary>
    public LinkMode Mode { get; init; }

    /// <summary>Frequency, MHz; 0: that of the access point it finds.</summary>
    public int Frequency { get; init; }

    /// <summary>Why so, in words; also what was given up and why.</summary>
    public required string Reason { get; init; }
}

/// <summary>What the owner wants of radios; from the board's settings.</summary>
public sealed record WifiWishes
{
    /// <summary>Radios are used.</summary>
    public bool IsOn { get; init; } = true;

    /// <summary>Country, two capital letters; "" when the owner gave none.</summary>
    public string Country { get; init; } = "";

    /// <summary>Name of the mesh.</summary>
    public string MeshName { get; init; } = "";

    /// <summary>Passphrase of the mesh on the air, as wpa_supplicant takes it (8 to 63 printable characters); "" for none. Secret.</summary>
    public string Passphrase { get; init; } = "";

    /// <summary>Channel number the owner set; 0 lets the board choose.</summary>
    public int Channel { get; init; }

    /// <summary>Name of the network for people's devices; "" for none.</summary>
    public string ClientName { get; init; } = "";

    /// <summary>Its passphrase. Secret.</summary>
    public string ClientPassphrase { get; init; } = "";

    /// <summary>This board has a way out: root announcements are sent.</summary>
    public bool IsGateway { get; init; }
}
