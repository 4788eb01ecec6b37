// The text form of addresses.
namespace Skywire.Crypto;

/// <summary>Base58 with Bitcoin's alphabet, for values of a known small size. Each leading zero byte is one leading <c>1</c>.</summary>
internal static class Base58
{
    private const string Alphabet = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
    private const int MaxBytes = 64;

    /// <summary>Encodes; at most 64 bytes.</summary>
    internal static string Encode(ReadOnlySpan<byte> bytes)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bytes.Length, MaxBytes, nameof(bytes));
        Span<byte> number = stackalloc byte[MaxBytes];
        bytes.CopyTo(number);
        number = number[..bytes.Length];

        // log(256) / log(58) = 1.37
        Span<char> text = stackalloc char[MaxBytes * 2];
        var start = text.Length;
        for (var zeros = number.IndexOfAnyExcept((byte)0); zeros >= 0; zeros = number.IndexOfAnyExcept((byte)0))
        {
            number = number[zeros..];
            var remainder = 0;
            foreach (ref var digit in number)
            {
                remainder = (remainder << 8) | digit;
                digit = (byte)(remainder / 58);
                remainder %= 58;
            }

            text[--start] = Alphabet[remainder];
        }

        var leading = bytes.IndexOfAnyExcept((byte)0);
        for (var i = leading < 0 ? bytes.Length : leading; i > 0; i--)
        {
            text[--start] = Alphabet[0];
        }

        return text[start..].ToString();
    }

    /// <summary>Decodes text that stands for exactly <c>destination.Length</c> bytes; false for any other length or a foreign character. Never throws.</summary>
    internal static bool TryDecode(ReadOnlySpan<char> text, Span<byte> destination)
    {
        destination.Clear();
        if (text.Length > 2 * destination.Length)
        {
            return false;
        }

        foreach (var c in text)
        {
            var carry = Alphabet.IndexOf(c, StringComparison.Ordinal);
            if (carry < 0)
            {
                return false;
            }

            for (var i = destination.Length - 1; i >= 0; i--)
            {
                carry += destination[i] * 58;
                destination[i] = (byte)carry;
                carry >>= 8;
            }

            if (carry != 0)
            {
                return false;
            }
        }

        // The form of a value is unique: as many leading ones as leading zero bytes.
        var ones = text.IndexOfAnyExcept(Alphabet[0]);
        var zeros = destination.IndexOfAnyExcept((byte)0);
        return (ones < 0 ? text.Length : ones) == (zeros < 0 ? destination.Length : zeros);
    }
}
