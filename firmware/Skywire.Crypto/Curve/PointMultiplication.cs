// Secret multiples of arbitrary points, for key agreement.
namespace Skywire.Crypto;

/// <summary>Variable-point multiplication for secret scalars, split in two by the endomorphism so that one chain of half the doublings serves both halves.</summary>
internal static class PointMultiplication
{
    private const int DigitBits = 5;
    private const int Entries = 1 << (DigitBits - 1);

    // Two 129-bit half scalars, rounded up to whole digits.
    private const int Digits = 26;

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

        // Before the last digit the sum is (a + lambda b) P with a, b odd multiples of 32 below 2^125 in size (or of the first digit), to which +-d P or
        // +-lambda d P with odd d < 32 is added. Equal or opposite points would mean x + lambda y = 0 modulo n for some x, y not both zero and below 2^126;
        // but x^2 - xy + y^2 is a multiple of n then, so that one of them is at least the root of n / 3. These additions have no special cases.
        Pick(table, in v1, Digits - 1, out var entry);
        result = new JacobianPoint(in entry);
        Pick(table, in v2, Digits - 1, out entry);
        entry.MultiplyByLambda();
        JacobianPoint.AddDistinct(in result, in entry, out result);
        for (var digit = Digits - 2; digit > 0; digit--)
        {
            DoubleDigit(ref result);
            Pick(table, in v1, digit, out entry);
            JacobianPoint.AddDistinct(in result, in entry, out result);
            Pick(table, in v2, digit, out entry);
            entry.MultiplyByLambda();
            JacobianPoint.AddDistinct(in result, in entry, out result);
        }

        DoubleDigit(ref result);
        Pick(table, in v1, 0, out entry);
        JacobianPoint.Add(in result, in entry, out result);
        Pick(table, in v2, 0, out entry);
        entry.MultiplyByLambda();
        JacobianPoint.Add(in result, in entry, out result);

        FieldElement.Multiply(in result.Z, in sharedZ, out result.Z);
        ConstantTime.Wipe(ref s);
        ConstantTime.Wipe(ref v1);
        ConstantTime.Wipe(ref v2);
        ConstantTime.Wipe(ref entry);
    }

    private static void DoubleDigit(ref JacobianPoint sum)
    {
        for (var i = 0; i < DigitBits; i++)
        {
            JacobianPoint.Double(in sum, out sum);
        }
    }

    private static void Pick(ReadOnlySpan<AffinePoint> table, in Scalar v, int digit, out AffinePoint entry)
    {
        var bits = v.Bits(digit * DigitBits, DigitBits);
        var negative = (bits >> (DigitBits - 1)) - 1;
        AffinePoint.Scan(table, (bits ^ negative) & (Entries - 1), out entry);
        entry.NegateIf(negative);
    }
}
