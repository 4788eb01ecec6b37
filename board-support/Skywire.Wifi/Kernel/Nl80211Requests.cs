// Requests to nl80211. What they carry is from net/wireless/nl80211.c of Linux 6.
using Skywire.Linux.Netlink;
using Skywire.Wifi.Radios;

namespace Skywire.Wifi.Kernel;

/// <summary>Makes requests.</summary>
internal static class Nl80211Requests
{
    // enum ieee80211_root_mode_identifier: 4 announces a root by RANN, 0 is no root.
    private const byte NoRoot = 0;
    private const byte ProactiveRann = 4;

    public static NetlinkWriter Radios(GenericFamily family) => family.Request(Nl80211.Command.GetWiphy).Flag(Nl80211.Attribute.SplitWiphyDump);

    public static NetlinkWriter Interfaces(GenericFamily family) => family.Request(Nl80211.Command.GetInterface);

    public static NetlinkWriter Rules(GenericFamily family) => family.Request(Nl80211.Command.GetReg);

    public static NetlinkWriter Stations(GenericFamily family, int interfaceIndex) => Of(family, Nl80211.Command.GetStation, interfaceIndex);

    public static NetlinkWriter Paths(GenericFamily family, int interfaceIndex) => Of(family, Nl80211.Command.GetMpath, interfaceIndex);

    public static NetlinkWriter Heard(GenericFamily family, int interfaceIndex) => Of(family, Nl80211.Command.GetScan, interfaceIndex);

    /// <summary>One interface; not a dump.</summary>
    public static NetlinkWriter Interface(GenericFamily family, int interfaceIndex) => Of(family, Nl80211.Command.GetInterface, interfaceIndex);

    /// <summary>Without names to ask for nothing is sent: the radio only listens.</summary>
    public static NetlinkWriter Scan(GenericFamily family, int interfaceIndex) => Of(family, Nl80211.Command.TriggerScan, interfaceIndex);

    public static NetlinkWriter SetCountry(GenericFamily family, string country) => family.Request(Nl80211.Command.ReqSetReg)
        .Text(Nl80211.Attribute.RegAlpha2, country)
        .UInt32(Nl80211.Attribute.UserRegHintType, Nl80211.UserRegHintUser);

    public static NetlinkWriter AddInterface(GenericFamily family, int radioIndex, string name, InterfaceType type) => family.Request(Nl80211.Command.NewInterface)
        .UInt32(Nl80211.Attribute.Wiphy, (uint)radioIndex)
        .Text(Nl80211.Attribute.Ifname, name)
        .UInt32(Nl80211.Attribute.Iftype, (uint)type);

    public static NetlinkWriter DeleteInterface(GenericFamily family, int interfaceIndex) => Of(family, Nl80211.Command.DelInterface, interfaceIndex);

    public static NetlinkWriter SetType(GenericFamily family, int interfaceIndex, InterfaceType type) =>
        Of(family, Nl80211.Command.SetInterface, interfaceIndex).UInt32(Nl80211.Attribute.Iftype, (uint)type);

    public static NetlinkWriter SetPowerSave(GenericFamily family, int interfaceIndex, bool isOn) =>
        Of(family, Nl80211.Command.SetPowerSave, interfaceIndex).UInt32(Nl80211.Attribute.PsState, isOn ? Nl80211.PsEnabled : Nl80211.PsDisabled);

    public static NetlinkWriter SetMesh(GenericFamily family, int interfaceIndex, MeshParameters parameters) =>
        Of(family, Nl80211.Command.SetMeshConfig, interfaceIndex).Nested(Nl80211.Attribute.MeshConfig, config => config
            .UInt8(Nl80211.MeshConfig.HwmpRootmode, parameters.IsRoot ? ProactiveRann : NoRoot)
            .UInt8(Nl80211.MeshConfig.GateAnnouncements, parameters.IsGate ? (byte)1 : (byte)0)
            .UInt8(Nl80211.MeshConfig.Forwarding, parameters.Forwards ? (byte)1 : (byte)0)
            .UInt32(Nl80211.MeshConfig.RssiThreshold, (uint)parameters.RssiThreshold));

    private static NetlinkWriter Of(GenericFamily family, byte command, int interfaceIndex) => family.Request(command).UInt32(Nl80211.Attribute.Ifindex, (uint)interfaceIndex);
}
