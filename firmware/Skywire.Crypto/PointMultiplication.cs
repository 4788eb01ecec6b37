// Multiples of arbitrary points: a secret scalar for key agreement, a public one for signature recovery.
using System.Runtime.InteropServices;

namespace Skywire.Crypto;

/// <summary>Variable-point multiplication. Both forms split the scalar in two by the endomorphism, so that one chain of half the doublings serves both halves.</summary>
internal static class PointMultiplication
{
    private const int DigitBits = 5;
    private const int Entries = 1 << (DigitBits - 1);

    // Two 129-bit half scalars, rounded up to whole digits.
    private const int Digits = 26;

    private const int VartimeWidth = 5;
    private const int VartimeEntries = 1 << (VartimeWidth - 2);
    private const int HalfBits = 129;

    /// <summary>k P for secret k, in constant time: fixed digits, whole tables read, complete additions. Infinity only for k = 0.</summary>
    internal static void Multiply(in AffinePoint point, in Scalar k, out JacobianPoint result)
    {
        // As in GeneratorTable, a sum of 130 bits +-2^i per half makes kP = (sum of halves) when v1 + lambda v2 are the right numbers:
        // s = (k + (2^130 - 2^129 - 1)(1 + lambda)) / 2 splits into s1 + lambda s2, and v_j = s_j + 2^128 is in 0 .. 2^129.
        Scalar.Add(in k, new Scalar(0xB5C2C1DCDE9798D9UL, 0x589AE84826BA29E4UL, 0xC2BDD6BF7C118D6BUL, 0xA4E88A7DCB13034EUL), out var s);
        Scalar.Halve(in s, out s);
        Scalar.Split(in s, out var v1, out var v2);
        Scalar.Add(in v1, new Scalar(0, 0, 1, 0), out v1);
        Scalar.Add(in v2, new Scalar(0, 0, 1, 0), out v2);

        Span<AffinePoint> table = stackalloc AffinePoint[Entries];
        OddMultiples.Fill(in point, table, out var sharedZ);

        var entry = default(AffinePoint);
        result = JacobianPoint.Infinity;
        for (var digit = Digits - 1; digit >= 0; digit--)
        {
            if (digit != Digits - 1)
            {
                for (var i = 0; i < DigitBits; i++)
                {
                    JacobianPoint.Double(in result, out result);
                }
            }

            Pick(table, in v1, digit, out entry);
            JacobianPoint.Add(in result, in entry, out result);
            Pick(table, in v2, digit, out entry);
            entry.MultiplyByLambda();
            JacobianPoint.Add(in result, in entry, out result);
        }

        FieldElement.Multiply(in result.Z, in sharedZ, out result.Z);
        ConstantTime.Wipe(ref s);
        ConstantTime.Wipe(ref v1);
        ConstantTime.Wipe(ref v2);
        ConstantTime.Wipe(ref entry);
    }

    /// <summary>a P + b G for public a and b.</summary>
    internal static void MultiplyAddVartime(in AffinePoint point, in Scalar a, in Scalar b, out JacobianPoint result)
    {
        Span<AffinePoint> table = stackalloc AffinePoint[VartimeEntries];
        Span<AffinePoint> lambdaTable = stackalloc AffinePoint[VartimeEntries];
        OddMultiples.Fill(in point, table, out var sharedZ);
        for (var i = 0; i < VartimeEntries; i++)
        {
            lambdaTable[i] = table[i];
            lambdaTable[i].MultiplyByLambda();
        }

        Span<sbyte> first = stackalloc sbyte[HalfBits];
        Span<sbyte> second = stackalloc sbyte[HalfBits];
        Scalar.Split(in a, out var a1, out var a2);
        RecodeVartime(a1, first);
        RecodeVartime(a2, second);

        result = JacobianPoint.Infinity;
        for (var bit = HalfBits - 1; bit >= 0; bit--)
        {
            if (result.InfinityMask == 0)
            {
                JacobianPoint.Double(in result, out result);
            }

            AddDigitVartime(table, first[bit], ref result);
            AddDigitVartime(lambdaTable, second[bit], ref result);
        }

        FieldElement.Multiply(in result.Z, in sharedZ, out result.Z);
        GeneratorTable.AddMultipleVartime(in b, ref result);
    }

    private static void Pick(ReadOnlySpan<AffinePoint> table, in Scalar v, int digit, out AffinePoint entry)
    {
        var bits = v.Bits(digit * DigitBits, DigitBits);
        var negative = (bits >> (DigitBits - 1)) - 1;
        AffinePoint.Scan(table, (bits ^ negative) & (Entries - 1), out entry);
        entry.NegateIf(negative);
    }

    private static void AddDigitVartime(ReadOnlySpan<AffinePoint> table, int digit, ref JacobianPoint sum)
    {
        if (digit != 0)
        {
            var entry = table[Math.Abs(digit) >> 1];
            entry.NegateIf(digit < 0 ? ulong.MaxValue : 0);
            JacobianPoint.AddVartime(in sum, in entry, out sum);
        }
    }

    // Non-adjacent form: digits are zero or odd, below 2^(width - 1) in size, with at least width - 1 zeros between two of them.
    private static void RecodeVartime(Scalar half, Span<sbyte> digits)
    {
        var negative = half.HighMask != 0;
        half.NegateIf(half.HighMask);
        var value = new UInt128(half.D1, half.D0);
        digits.Clear();
        for (var bit = 0; value != 0; bit++, value >>= 1)
        {
            if ((value & 1) == 0)
            {
                continue;
            }

            var digit = (int)(value & ((1 << VartimeWidth) - 1));
            if (digit >= 1 << (VartimeWidth - 1))
            {
                digit -= 1 << VartimeWidth;
                value += (UInt128)(-digit);
            }
            else
            {
                value -= (UInt128)digit;
            }

            digits[bit] = (sbyte)(negative ? -digit : digit);
        }
    }
}
