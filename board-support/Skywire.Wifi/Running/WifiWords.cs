// Words of states, roles and modes, as the report, metrics and docs have them.
using Skywire.Wifi.Plan;
using Skywire.Wifi.Radios;

namespace Skywire.Wifi.Running;

/// <summary>One word for each value.</summary>
public static class WifiWords
{
    /// <summary>no_radio, off, searching, weak, joined, setup.</summary>
    public static string Word(this AirState state) => state switch
    {
        AirState.NoRadio => "no_radio",
        AirState.Off => "off",
        AirState.Searching => "searching",
        AirState.Weak => "weak",
        AirState.Joined => "joined",
        _ => "setup",
    };

    /// <summary>off, backhaul, clients, setup.</summary>
    public static string Word(this RadioRole role) => role switch
    {
        RadioRole.Off => "off",
        RadioRole.Backhaul => "backhaul",
        RadioRole.Clients => "clients",
        _ => "setup",
    };

    /// <summary>none, mesh, ad_hoc, tree, tree_station, tree_root.</summary>
    public static string Word(this LinkMode mode) => mode switch
    {
        LinkMode.None => "none",
        LinkMode.Mesh => "mesh",
        LinkMode.AdHoc => "ad_hoc",
        LinkMode.Tree => "tree",
        LinkMode.TreeStation => "tree_station",
        _ => "tree_root",
    };

    /// <summary>listen, open_sent, open_received, confirm_received, established, holding, blocked.</summary>
    public static string Word(this PeeringState state) => state switch
    {
        PeeringState.OpenSent => "open_sent",
        PeeringState.OpenReceived => "open_received",
        PeeringState.ConfirmReceived => "confirm_received",
        PeeringState.Established => "established",
        PeeringState.Holding => "holding",
        PeeringState.Blocked => "blocked",
        _ => "listen",
    };

    /// <summary>mesh_point, ad_hoc, access_point, station; "" for what a report does not name.</summary>
    public static string Word(this InterfaceType type) => type switch
    {
        InterfaceType.MeshPoint => "mesh_point",
        InterfaceType.AdHoc => "ad_hoc",
        InterfaceType.AccessPoint => "access_point",
        InterfaceType.Station => "station",
        _ => "",
    };

    /// <summary>The types of a set that a report names.</summary>
    public static IReadOnlyList<string> Words(this InterfaceTypes types)
        => [.. ((InterfaceType[])[InterfaceType.MeshPoint, InterfaceType.AdHoc, InterfaceType.AccessPoint, InterfaceType.Station]).Where(t => (types & (InterfaceTypes)(1 << (int)t)) != 0).Select(Word)];
}
