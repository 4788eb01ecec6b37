// What was heard in a scan, from NL80211_CMD_GET_SCAN.
using Skywire.Linux.Netlink;
using Skywire.Wifi.Radios;

namespace Skywire.Wifi.Kernel;

/// <summary>Reads one network heard.</summary>
internal static class ScanReader
{
    // Capability bits of a beacon (802.11-2020, 9.4.1.4). A mesh has neither of the first two.
    private const int Ess = 1 << 0;
    private const int Ibss = 1 << 1;
    private const int Privacy = 1 << 4;

    /// <summary>The network; false for what is none, or neither access point, ad-hoc nor mesh.</summary>
    public static bool TryRead(ReadOnlySpan<byte> payload, out HeardNetwork network)
    {
        network = new HeardNetwork { MacAddress = "", Type = InterfaceType.Unspecified, Name = "", Frequency = 0 };
        if (!GenericNetlink.TryRead(payload, out _, out var attributes) || !attributes.TryFind(Nl80211.Attribute.Bss, out var bss))
        {
            return false;
        }

        var (address, frequency, capability, signal, age) = ("", 0u, (ushort)0, 0, 0u);
        ReadOnlySpan<byte> elements = default, beaconElements = default;
        foreach (var attribute in bss.Nested)
        {
            switch (attribute.Type)
            {
                case Nl80211.Bss.Bssid:
                    attribute.TryHardwareAddress(out address);
                    break;
                case Nl80211.Bss.Frequency:
                    attribute.TryUInt32(out frequency);
                    break;
                case Nl80211.Bss.Capability:
                    attribute.TryUInt16(out capability);
                    break;
                case Nl80211.Bss.SignalMbm:
                    attribute.TryInt32(out signal);
                    break;
                case Nl80211.Bss.SeenMsAgo:
                    attribute.TryUInt32(out age);
                    break;
                case Nl80211.Bss.InformationElements:
                    elements = attribute.Value;
                    break;
                case Nl80211.Bss.BeaconIes:
                    beaconElements = attribute.Value;
                    break;
            }
        }

        // A hidden network names itself only in answers to probes; a tree's place is newest in beacons.
        var answer = InformationElements.Read(elements);
        var beacon = InformationElements.Read(beaconElements);
        var mesh = answer.MeshName ?? beacon.MeshName;
        network = new HeardNetwork
        {
            MacAddress = address,
            Type = TypeOf(capability, mesh),
            Name = mesh ?? (answer.NetworkName.Length > 0 ? answer.NetworkName : beacon.NetworkName),
            Frequency = (int)Math.Min(frequency, int.MaxValue),
            Signal = (int)Math.Round(signal / 100.0),
            IsSecured = (capability & Privacy) != 0 || answer.IsSecured || beacon.IsSecured,
            Tree = beacon.Tree ?? answer.Tree,
            Age = TimeSpan.FromMilliseconds(age),
        };
        return address.Length > 0 && frequency > 0 && network.Type != InterfaceType.Unspecified;
    }

    private static InterfaceType TypeOf(int capability, string? mesh) =>
        (capability & Ess) != 0 ? InterfaceType.AccessPoint
        : (capability & Ibss) != 0 ? InterfaceType.AdHoc
        : mesh is not null ? InterfaceType.MeshPoint : InterfaceType.Unspecified;
}
