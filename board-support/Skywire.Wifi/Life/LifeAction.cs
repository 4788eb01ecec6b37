// What a radio's life wants done. Decided without touching the system; the runner does it and tells what was refused.
using Skywire.Wifi.Control;
using Skywire.Wifi.Radios;

namespace Skywire.Wifi.Life;

/// <summary>One thing to be done.</summary>
/// <param name="Interface">Name of the interface it is about.</param>
public abstract record LifeAction(string Interface)
{
    /// <summary>Make an interface of a radio.</summary>
    public sealed record Add(int RadioIndex, string Interface, InterfaceType Type) : LifeAction(Interface);

    /// <summary>Take an interface away.</summary>
    public sealed record Delete(int Index, string Interface) : LifeAction(Interface);

    /// <summary>Switch an interface on.</summary>
    public sealed record SwitchOn(int Index, string Interface) : LifeAction(Interface);

    /// <summary>Have a wpa_supplicant run with this network.</summary>
    public sealed record Start(string Interface, SupplicantNetwork Network) : LifeAction(Interface);

    /// <summary>End the interface's wpa_supplicant.</summary>
    public sealed record Stop(string Interface) : LifeAction(Interface);

    /// <summary>Set what holds for a link once its group is up: no power save, and the parameters of a mesh; null outside of one.</summary>
    public sealed record Tune(int Index, string Interface, MeshParameters? Mesh) : LifeAction(Interface);
}
