// Interfaces from NL80211_CMD_GET_INTERFACE and NL80211_CMD_NEW_INTERFACE.
using Skywire.Linux.Netlink;
using Skywire.Wifi.Radios;

namespace Skywire.Wifi.Kernel;

/// <summary>Reads one interface.</summary>
internal static class InterfaceReader
{
    /// <summary>The interface and its radio's number; false for what is none or has no network interface (Wi-Fi Direct's device).</summary>
    public static bool TryRead(ReadOnlySpan<byte> payload, out int radioIndex, out RadioInterface of)
    {
        var (radio, index, type, frequency) = (uint.MaxValue, 0u, 0u, 0u);
        var (name, address) = ("", "");
        if (GenericNetlink.TryRead(payload, out _, out var attributes))
        {
            foreach (var attribute in attributes)
            {
                switch (attribute.Type)
                {
                    case Nl80211.Attribute.Wiphy:
                        attribute.TryUInt32(out radio);
                        break;
                    case Nl80211.Attribute.Ifindex:
                        attribute.TryUInt32(out index);
                        break;
                    case Nl80211.Attribute.Ifname:
                        attribute.TryText(out name);
                        break;
                    case Nl80211.Attribute.Iftype:
                        attribute.TryUInt32(out type);
                        break;
                    case Nl80211.Attribute.Mac:
                        attribute.TryHardwareAddress(out address);
                        break;
                    case Nl80211.Attribute.WiphyFreq:
                        attribute.TryUInt32(out frequency);
                        break;
                }
            }
        }

        // Types without a name here are nothing this machine uses.
        var known = (InterfaceType)type;
        radioIndex = (int)radio;
        of = new RadioInterface
        {
            Index = (int)index,
            Name = name,
            Type = Enum.IsDefined(known) ? known : InterfaceType.Unspecified,
            MacAddress = address,
            Frequency = (int)Math.Min(frequency, int.MaxValue),
        };
        return radioIndex >= 0 && of.Index > 0 && name.Length > 0;
    }
}
