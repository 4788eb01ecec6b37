// What an interface of a radio can be: the kernel's numbers (enum nl80211_iftype), so that facts need no translation table.
namespace Skywire.Wifi.Radios;

/// <summary>Type of an interface; values are those of <c>enum nl80211_iftype</c>.</summary>
public enum InterfaceType
{
    /// <summary>Not said.</summary>
    Unspecified = 0,

    /// <summary>Ad-hoc (IBSS).</summary>
    AdHoc = 1,

    /// <summary>Station of an access point.</summary>
    Station = 2,

    /// <summary>Access point.</summary>
    AccessPoint = 3,

    /// <summary>Listens to everything.</summary>
    Monitor = 6,

    /// <summary>802.11s mesh point.</summary>
    MeshPoint = 7,

    /// <summary>Wi-Fi Direct without a network interface.</summary>
    PeerToPeerDevice = 10,
}

/// <summary>A set of types: bit n is <see cref="InterfaceType"/> n.</summary>
[Flags]
public enum InterfaceTypes
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>Ad-hoc (IBSS).</summary>
    AdHoc = 1 << InterfaceType.AdHoc,

    /// <summary>Station of an access point.</summary>
    Station = 1 << InterfaceType.Station,

    /// <summary>Access point.</summary>
    AccessPoint = 1 << InterfaceType.AccessPoint,

    /// <summary>Listens to everything.</summary>
    Monitor = 1 << InterfaceType.Monitor,

    /// <summary>802.11s mesh point.</summary>
    MeshPoint = 1 << InterfaceType.MeshPoint,

    /// <summary>Wi-Fi Direct without a network interface.</summary>
    PeerToPeerDevice = 1 << InterfaceType.PeerToPeerDevice,
}
