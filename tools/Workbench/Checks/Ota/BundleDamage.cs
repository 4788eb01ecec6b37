// Bundles as they must not be installed. A RAUC bundle is a squashfs, the signature (CMS) and the signature's size as 8 bytes, big-endian. Pure.
using System.Buffers.Binary;

namespace Skywire.Workbench.Checks.Ota;

/// <summary>Spoils bundles.</summary>
internal static class BundleDamage
{
    private const int SizeField = 8;

    /// <summary>The same without a signature.</summary>
    public static byte[] Unsigned(ReadOnlySpan<byte> bundle)
    {
        var signature = BinaryPrimitives.ReadInt64BigEndian(bundle[^SizeField..]);
        if (signature <= 0 || signature > bundle.Length - SizeField)
        {
            throw new ArgumentException("not a signed bundle", nameof(bundle));
        }

        return [.. bundle[..^(int)(SizeField + signature)], .. new byte[SizeField]];
    }

    /// <summary>The first part, as of a copy that was cut short.</summary>
    public static byte[] Truncated(ReadOnlySpan<byte> bundle) => bundle[..(bundle.Length / 2)].ToArray();

    /// <summary>The same with four other bytes at <paramref name="offset"/>.</summary>
    public static byte[] Altered(ReadOnlySpan<byte> bundle, long offset)
    {
        var altered = bundle.ToArray();
        foreach (ref var b in altered.AsSpan((int)offset, 4))
        {
            b ^= 0x55;
        }

        return altered;
    }
}
