// Paths of a mesh from NL80211_CMD_GET_MPATH.
using Skywire.Linux.Netlink;
using Skywire.Wifi.Radios;

namespace Skywire.Wifi.Kernel;

/// <summary>Reads one path.</summary>
internal static class MeshPathReader
{
    /// <summary>The path; false for what is none. A path that is still searched has a next hop of zeros.</summary>
    public static bool TryRead(ReadOnlySpan<byte> payload, out MeshPath path)
    {
        path = new MeshPath { Destination = "", NextHop = "" };
        if (!GenericNetlink.TryRead(payload, out _, out var attributes)
            || !attributes.TryFind(Nl80211.Attribute.Mac, out var mac)
            || !mac.TryHardwareAddress(out var destination))
        {
            return false;
        }

        var next = attributes.TryFind(Nl80211.Attribute.MpathNextHop, out var hop) && hop.TryHardwareAddress(out var address) ? address : "";
        var (metric, flags, hops) = (0u, (byte)0, (byte)0);
        if (attributes.TryFind(Nl80211.Attribute.MpathInfo, out var info))
        {
            foreach (var attribute in info.Nested)
            {
                switch (attribute.Type)
                {
                    case Nl80211.MeshPathInfo.Metric:
                        attribute.TryUInt32(out metric);
                        break;
                    case Nl80211.MeshPathInfo.Flags:
                        attribute.TryUInt8(out flags);
                        break;
                    case Nl80211.MeshPathInfo.HopCount:
                        attribute.TryUInt8(out hops);
                        break;
                }
            }
        }

        path = new MeshPath { Destination = destination, NextHop = next, Metric = metric, Hops = hops, IsActive = (flags & Nl80211.MeshPathInfo.Active) != 0 };
        return true;
    }
}
