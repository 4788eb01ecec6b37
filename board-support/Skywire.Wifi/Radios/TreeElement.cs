// A place in a tree as a vendor element of beacons (docs/wifi.md): writer and reader side by side.
using Skywire.Linux.Netlink;

namespace Skywire.Wifi.Radios;

/// <summary>The element: id dd, length 0c, OUI 02:73:6b, type 01, depth (1), address of the root (6), members (1).</summary>
public static class TreeElement
{
    private const byte VendorId = 0xDD;
    private const int ContentSize = 12;
    private const int DepthAt = 4;
    private const int RootAt = 5;
    private const int MembersAt = 11;

    private static ReadOnlySpan<byte> Kind => [0x02, 0x73, 0x6B, 0x01];

    /// <summary>True when it can be written: the root has an address and the depth fits its byte.</summary>
    public static bool Fits(TreeMark mark) => mark.Depth is >= 0 and <= byte.MaxValue && mark.Root is not null && HardwareAddress.TryParse(mark.Root, stackalloc byte[HardwareAddress.Size]);

    /// <summary>The whole element. More than 255 members are told as 255. Throws <see cref="ArgumentException"/> for what does not fit.</summary>
    public static byte[] Write(TreeMark mark)
    {
        if (!Fits(mark))
        {
            throw new ArgumentException("no place in a tree", nameof(mark));
        }

        var element = new byte[2 + ContentSize];
        (element[0], element[1]) = (VendorId, ContentSize);
        var content = element.AsSpan(2);
        Kind.CopyTo(content);
        content[DepthAt] = (byte)mark.Depth;
        HardwareAddress.TryParse(mark.Root, content.Slice(RootAt, HardwareAddress.Size));
        content[MembersAt] = (byte)Math.Clamp(mark.Members, 0, byte.MaxValue);
        return element;
    }

    /// <summary>The mark in a vendor element's content; null for another vendor's. What later versions may add behind it is left alone.</summary>
    public static TreeMark? Read(ReadOnlySpan<byte> content) =>
        content.Length >= ContentSize && content.StartsWith(Kind)
            ? new TreeMark(HardwareAddress.Text(content.Slice(RootAt, HardwareAddress.Size)), content[DepthAt], content[MembersAt])
            : null;
}
