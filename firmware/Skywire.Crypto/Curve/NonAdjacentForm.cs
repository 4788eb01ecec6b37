// Sparse signed digits of public scalars: the fewer digits, the fewer additions.
using System.Diagnostics;
using System.Numerics;

namespace Skywire.Crypto;

/// <summary>The width-w non-adjacent form: digits are zero or odd, below 2^(w - 1) in size, with at least w - 1 zeros between two of them.</summary>
internal static class NonAdjacentForm
{
    /// <summary>Digits of a half scalar: 128 bits and a carry.</summary>
    internal const int Digits = 129;

    /// <summary>Writes the digits of a scalar that is below 2^128 in size as a signed number, lowest first. Returns how many there are up to the highest that is not zero.</summary>
    internal static int RecodeVartime(Scalar half, int width, Span<short> digits)
    {
        Debug.Assert(width is > 1 and < 16 && digits.Length >= Digits);
        var negative = half.HighMask != 0;
        half.NegateIf(half.HighMask);
        Debug.Assert((half.D2 | half.D3) == 0);
        var value = new UInt128(half.D1, half.D0);
        digits.Clear();
        var position = 0;
        var used = 0;
        var carry = 0;
        while (value != 0 || carry != 0)
        {
            // The value is what is left above the position; a carry (from a negative digit) counts as one more.
            if (((int)(ulong)value & 1) == carry)
            {
                var run = carry == 0 ? (int)UInt128.TrailingZeroCount(value) : (int)UInt128.TrailingZeroCount(~value);
                value >>>= run;
                position += run;
                continue;
            }

            var digit = ((int)(ulong)value & ((1 << width) - 1)) + carry;
            carry = digit >> (width - 1);
            digit -= carry << width;
            digits[position] = (short)(negative ? -digit : digit);
            used = position + 1;
            value >>>= width;
            position += width;
        }

        return used;
    }
}
