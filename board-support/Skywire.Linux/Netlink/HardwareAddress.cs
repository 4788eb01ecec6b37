// Addresses of network hardware as everybody writes them.
using System.Globalization;

namespace Skywire.Linux.Netlink;

/// <summary>Hardware addresses of six bytes.</summary>
public static class HardwareAddress
{
    /// <summary>Bytes of an address.</summary>
    public const int Size = 6;

    // Two digits a byte and a colon between them.
    private const int TextSize = (Size * 3) - 1;

    /// <summary>"02:00:00:00:00:00". Takes six bytes.</summary>
    public static string Text(ReadOnlySpan<byte> address)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(address.Length, Size);
        return string.Create(CultureInfo.InvariantCulture, $"{address[0]:x2}:{address[1]:x2}:{address[2]:x2}:{address[3]:x2}:{address[4]:x2}:{address[5]:x2}");
    }

    /// <summary>The bytes of a text as <see cref="Text"/> makes it, of either case.</summary>
    public static bool TryParse(string text, Span<byte> address)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(address.Length, Size);
        if (text.Length != TextSize)
        {
            return false;
        }

        for (var i = 0; i < Size; i++)
        {
            var at = i * 3;
            if (!byte.TryParse(text.AsSpan(at, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out address[i]) || (i < Size - 1 && text[at + 2] != ':'))
            {
                return false;
            }
        }

        return true;
    }
}
