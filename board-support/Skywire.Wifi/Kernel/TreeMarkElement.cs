// Our vendor element in beacons: where an access point stands in its tree (docs/wifi.md).
using Skywire.Linux.Netlink;
using Skywire.Wifi.Radios;

namespace Skywire.Wifi.Kernel;

/// <summary>Reads a vendor element's content: OUI and type (02 73 6b 01), depth (1), address of the root (6), members (1).</summary>
internal static class TreeMarkElement
{
    private const int Size = 12;
    private const int DepthAt = 4;
    private const int RootAt = 5;
    private const int MembersAt = 11;

    /// <summary>The mark; null for another vendor's element. What later versions may add behind it is left alone.</summary>
    public static TreeMark? Read(ReadOnlySpan<byte> content) =>
        content.Length >= Size && content.StartsWith((ReadOnlySpan<byte>)[0x02, 0x73, 0x6B, 0x01])
            ? new TreeMark(HardwareAddress.Text(content.Slice(RootAt, HardwareAddress.Size)), content[DepthAt], content[MembersAt])
            : null;
}
