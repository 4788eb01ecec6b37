// What this library asks of wpa_supplicant: one process an interface, each with one network. A board fills it with systemd units and
// control sockets; tests fill it with simulated ones on virtual time.
using Skywire.Wifi.Radios;

namespace Skywire.Wifi.Control;

/// <summary>The wpa_supplicants of this machine, by interface. Calls return at once; what came of them is seen in <see cref="State"/>.</summary>
public interface ISupplicants
{
    /// <summary>Has the interface run with this network: started, or started anew when the network differs. Throws <see cref="IOException"/> when it cannot even be ordered.</summary>
    void Start(string interfaceName, SupplicantNetwork network);

    /// <summary>Ends it. Nothing happens when none runs.</summary>
    void Stop(string interfaceName);

    /// <summary>How it is.</summary>
    SupplicantState State(string interfaceName);

    /// <summary>Called (on any thread) when a state changed: look again.</summary>
    event Action? Changed;
}

/// <summary>What an interface is to be.</summary>
public sealed record SupplicantNetwork
{
    /// <summary>Mesh point, ad-hoc, station or access point.</summary>
    public required InterfaceType Type { get; init; }

    /// <summary>Name of the mesh or network, 1 to 32 bytes of UTF-8.</summary>
    public required string Name { get; init; }

    /// <summary>Passphrase, 8 to 63 printable ASCII characters: SAE for mesh, station and access point of a tree, WPA2 for ad-hoc and people's devices; "" opens the network (setup only). Secret.</summary>
    public string Passphrase { get; init; } = "";

    /// <summary>Frequency, MHz; 0 for a station that follows its access point.</summary>
    public int Frequency { get; init; }

    /// <summary>Country of the rules; "" leaves them.</summary>
    public string Country { get; init; } = "";

    /// <summary>Only this access point; "" for any of the name.</summary>
    public string MacAddress { get; init; } = "";

    /// <summary>What an access point of a tree tells in its beacons.</summary>
    public TreeMark? Tree { get; init; }

    /// <summary>SAE is used (and protected management frames with it); WPA2-PSK else.</summary>
    public bool IsSae { get; init; }
}

/// <summary>How one wpa_supplicant is.</summary>
public sealed record SupplicantState
{
    /// <summary>It runs and answers at its control socket.</summary>
    public bool IsRunning { get; init; }

    /// <summary>Its own word (wpa_state): "COMPLETED", "SCANNING", "INTERFACE_DISABLED"; "" when it does not answer.</summary>
    public string Phase { get; init; } = "";

    /// <summary>Why it does not run, in words; "" when it does or was never started.</summary>
    public string Fault { get; init; } = "";

    /// <summary>Its last events, at most 32, oldest first.</summary>
    public IReadOnlyList<SupplicantEvent> Events { get; init; } = [];
}

/// <summary>What an event of wpa_supplicant tells.</summary>
public enum SupplicantEventKind
{
    /// <summary>Something else.</summary>
    Other,

    /// <summary>The group (mesh, access point, ad-hoc network) is up: MESH-GROUP-STARTED, AP-ENABLED, CTRL-EVENT-CONNECTED.</summary>
    Up,

    /// <summary>The group or connection is gone.</summary>
    Down,

    /// <summary>A peer or client was let in.</summary>
    PeerJoined,

    /// <summary>A peer or client went.</summary>
    PeerLeft,

    /// <summary>A peer was refused: another passphrase, SAE failed or blocked.</summary>
    PeerRefused,

    /// <summary>The interface was disabled or removed.</summary>
    InterfaceLost,

    /// <summary>The kernel refused the channel or the join.</summary>
    Refused,
}

/// <summary>One event.</summary>
/// <param name="Number">Counts all events of this supplicant from 1: who looks rarely knows what is new.</param>
/// <param name="Kind">What it tells.</param>
/// <param name="MacAddress">The peer's address; "" for none.</param>
/// <param name="Text">wpa_supplicant's own words, printable, at most 200 characters.</param>
public sealed record SupplicantEvent(long Number, SupplicantEventKind Kind, string MacAddress, string Text);
