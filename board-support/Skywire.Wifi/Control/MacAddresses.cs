// Addresses of network interfaces as text: "02:00:00:00:00:01".
namespace Skywire.Wifi.Control;

internal static class MacAddresses
{
    /// <summary>Characters of an address.</summary>
    public const int Length = 17;

    /// <summary>Bytes of an address.</summary>
    public const int Size = 6;

    /// <summary>True for six pairs of hex digits with colons between.</summary>
    public static bool IsValid(ReadOnlySpan<char> text)
    {
        if (text.Length != Length)
        {
            return false;
        }

        for (var i = 0; i < Length; i++)
        {
            if (i % 3 == 2 ? text[i] != ':' : !char.IsAsciiHexDigit(text[i]))
            {
                return false;
            }
        }

        return true;
    }
}
