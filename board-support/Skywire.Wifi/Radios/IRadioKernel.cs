// What this library asks of the kernel's radios. nl80211 fills it on a board; tests fill it with simulated radios on virtual time.
namespace Skywire.Wifi.Radios;

/// <summary>The kernel's radios. Calls are quick answers of the kernel but for <see cref="ScanAsync"/>; a refusal is a <see cref="RadioException"/>.</summary>
public interface IRadioKernel
{
    /// <summary>Every radio with its interfaces.</summary>
    IReadOnlyList<RadioFacts> Radios();

    /// <summary>Stations an interface is linked to.</summary>
    IReadOnlyList<Station> Stations(int interfaceIndex);

    /// <summary>Paths of a mesh interface.</summary>
    IReadOnlyList<MeshPath> Paths(int interfaceIndex);

    /// <summary>Listens on all channels it may (passively: a mesh of the kernel answers no probe) and says what was heard. Takes seconds.</summary>
    Task<IReadOnlyList<HeardNetwork>> ScanAsync(int interfaceIndex, CancellationToken cancellationToken);

    /// <summary>Sets the country whose rules hold, two capital letters.</summary>
    void SetCountry(string country);

    /// <summary>Makes an interface of a radio.</summary>
    int AddInterface(int radioIndex, string name, InterfaceType type);

    /// <summary>Takes an interface away.</summary>
    void DeleteInterface(int interfaceIndex);

    /// <summary>Changes what an interface is; it has to be down.</summary>
    void SetType(int interfaceIndex, InterfaceType type);

    /// <summary>Switches an interface on or off.</summary>
    void SetUp(int interfaceIndex, bool isUp);

    /// <summary>Power save: off on backhaul, where it only costs latency.</summary>
    void SetPowerSave(int interfaceIndex, bool isOn);

    /// <summary>Parameters of a joined mesh.</summary>
    void SetMesh(int interfaceIndex, MeshParameters parameters);

    /// <summary>Called (on any thread) when something about radios, interfaces, stations or rules changed: look again.</summary>
    event Action? Changed;
}

/// <summary>Parameters of a mesh for boards that stand still (NL80211_MESHCONF_*).</summary>
public sealed record MeshParameters
{
    /// <summary>Weakest signal with which a peering is begun, dBm.</summary>
    public int RssiThreshold { get; init; } = -80;

    /// <summary>Announce this board as a root of paths: boards with a way out.</summary>
    public bool IsRoot { get; init; }

    /// <summary>Announce this board as a gate.</summary>
    public bool IsGate { get; init; }

    /// <summary>The kernel forwards frames of others.</summary>
    public bool Forwards { get; init; } = true;
}

/// <summary>The kernel refused. The message says what was asked and why it is refused, in words an operator understands.</summary>
public sealed class RadioException(string message, int errorCode) : IOException(message)
{
    /// <summary>The kernel's error number (errno), positive.</summary>
    public int ErrorCode { get; } = errorCode;
}
