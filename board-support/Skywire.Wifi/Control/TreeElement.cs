// A place in a tree as a vendor element of beacons (docs/wifi.md).
using Skywire.Wifi.Radios;

namespace Skywire.Wifi.Control;

/// <summary>Writes the element: id dd, length 0d, OUI 02:73:6b, type 01, depth, root (6), members, one byte that is 0 for now.</summary>
public static class TreeElement
{
    /// <summary>Bytes of the whole element.</summary>
    public const int Size = 2 + PayloadSize;

    private const int PayloadSize = 13;

    /// <summary>True when it can be written: the root has an address and the depth fits its byte.</summary>
    public static bool Fits(TreeMark mark) => mark.Depth is >= 0 and <= byte.MaxValue && mark.Root is not null && MacAddresses.IsValid(mark.Root);

    /// <summary>The element. More than 255 members are told as 255. Throws <see cref="ArgumentException"/> for what does not fit.</summary>
    public static byte[] Write(TreeMark mark)
        => Fits(mark)
            ? [0xDD, PayloadSize, 0x02, 0x73, 0x6B, 0x01, (byte)mark.Depth, .. Convert.FromHexString(mark.Root.Replace(":", "", StringComparison.Ordinal)), (byte)Math.Clamp(mark.Members, 0, byte.MaxValue), 0]
            : throw new ArgumentException("no place in a tree", nameof(mark));
}
