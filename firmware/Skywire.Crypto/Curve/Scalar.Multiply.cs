// Products modulo n, and the split of a scalar into two halves by the curve's endomorphism.
using System.Runtime.CompilerServices;

namespace Skywire.Crypto;

internal partial struct Scalar
{
    [InlineArray(8)]
    private struct Wide
    {
        private ulong _first;
    }

    /// <summary>Product modulo n.</summary>
    internal static void Multiply(in Scalar a, in Scalar b, out Scalar result)
    {
        MultiplyWide(in a, in b, out var wide);
        Reduce(in wide, out result);
    }

    /// <summary>
    /// Finds <paramref name="first"/> and <paramref name="second"/> with first + lambda * second = scalar, where each of them, or its negative, is below 2^128.
    /// Lambda is the cube root of 1 for which lambda * (x, y) = (beta * x, y): that makes one 256-bit multiplication two of half the length.
    /// </summary>
    internal static void Split(in Scalar scalar, out Scalar first, out Scalar second)
    {
        // Rounded quotients by the short lattice basis (a1, b1), (a2, b2), as products with round(2^384 b2 / n) and round(2^384 (-b1) / n).
        // The error of at most 1 they may carry is inside the 2^128 bound.
        MultiplyShift384(in scalar, new Scalar(0xE893209A45DBB031UL, 0x3DAA8A1471E8CA7FUL, 0xE86C90E49284EB15UL, 0x3086D221A7D46BCDUL), out var c1);
        MultiplyShift384(in scalar, new Scalar(0x1571B4AE8AC47F71UL, 0x221208AC9DF506C6UL, 0x6F547FA90ABFE4C4UL, 0xE4437ED6010E8828UL), out var c2);
        Multiply(in c1, new Scalar(0x6F547FA90ABFE4C3UL, 0xE4437ED6010E8828UL, 0, 0), out c1); // -b1
        Multiply(in c2, new Scalar(0xD765CDA83DB1562CUL, 0x8A280AC50774346DUL, 0xFFFFFFFFFFFFFFFEUL, 0xFFFFFFFFFFFFFFFFUL), out c2); // -b2
        Add(in c1, in c2, out var half);
        Multiply(in half, new Scalar(0xE0CFC810B51283CFUL, 0xA880B9FC8EC739C2UL, 0x5AD9E3FD77ED9BA4UL, 0xAC9C52B33FA3CF1FUL), out c1); // -lambda
        Add(in c1, in scalar, out first);
        second = half;
    }

    // round(a * b / 2^384): below 2^128, hence reduced.
    private static void MultiplyShift384(in Scalar a, in Scalar b, out Scalar result)
    {
        MultiplyWide(in a, in b, out var wide);
        var carry = wide[5] >> 63;
        result.D0 = ConstantTime.AddCarry(wide[6], 0, ref carry);
        result.D1 = ConstantTime.AddCarry(wide[7], 0, ref carry);
        result.D2 = carry;
        result.D3 = 0;
    }

    private static void MultiplyWide(in Scalar a, in Scalar b, out Wide wide)
    {
        ulong b0 = b.D0, b1 = b.D1, b2 = b.D2, b3 = b.D3;
        var carry = 0UL;
        wide = default;
        var w0 = ConstantTime.MultiplyAdd(0, a.D0, b0, ref carry);
        var w1 = ConstantTime.MultiplyAdd(0, a.D0, b1, ref carry);
        var w2 = ConstantTime.MultiplyAdd(0, a.D0, b2, ref carry);
        var w3 = ConstantTime.MultiplyAdd(0, a.D0, b3, ref carry);
        var w4 = carry;

        carry = 0;
        w1 = ConstantTime.MultiplyAdd(w1, a.D1, b0, ref carry);
        w2 = ConstantTime.MultiplyAdd(w2, a.D1, b1, ref carry);
        w3 = ConstantTime.MultiplyAdd(w3, a.D1, b2, ref carry);
        w4 = ConstantTime.MultiplyAdd(w4, a.D1, b3, ref carry);
        var w5 = carry;

        carry = 0;
        w2 = ConstantTime.MultiplyAdd(w2, a.D2, b0, ref carry);
        w3 = ConstantTime.MultiplyAdd(w3, a.D2, b1, ref carry);
        w4 = ConstantTime.MultiplyAdd(w4, a.D2, b2, ref carry);
        w5 = ConstantTime.MultiplyAdd(w5, a.D2, b3, ref carry);
        var w6 = carry;

        carry = 0;
        wide[0] = w0;
        wide[1] = w1;
        wide[2] = w2;
        wide[3] = ConstantTime.MultiplyAdd(w3, a.D3, b0, ref carry);
        wide[4] = ConstantTime.MultiplyAdd(w4, a.D3, b1, ref carry);
        wide[5] = ConstantTime.MultiplyAdd(w5, a.D3, b2, ref carry);
        wide[6] = ConstantTime.MultiplyAdd(w6, a.D3, b3, ref carry);
        wide[7] = carry;
    }

    // 2^256 = Complement (mod n), 129 bits; three folds take 512 bits to 385, 258 and 256.
    private static void Reduce(in Wide wide, out Scalar result)
    {
        ulong h0 = wide[4], h1 = wide[5], h2 = wide[6], h3 = wide[7];

        // m = low + high * complement: first the two low words of the complement, then the 1 above them.
        var carry = 0UL;
        var m0 = ConstantTime.MultiplyAdd(wide[0], h0, Complement0, ref carry);
        var m1 = ConstantTime.MultiplyAdd(wide[1], h1, Complement0, ref carry);
        var m2 = ConstantTime.MultiplyAdd(wide[2], h2, Complement0, ref carry);
        var m3 = ConstantTime.MultiplyAdd(wide[3], h3, Complement0, ref carry);
        var m4 = carry;
        carry = 0;
        m1 = ConstantTime.MultiplyAdd(m1, h0, Complement1, ref carry);
        m2 = ConstantTime.MultiplyAdd(m2, h1, Complement1, ref carry);
        m3 = ConstantTime.MultiplyAdd(m3, h2, Complement1, ref carry);
        m4 = ConstantTime.MultiplyAdd(m4, h3, Complement1, ref carry);
        var m5 = carry;
        carry = 0;
        m2 = ConstantTime.AddCarry(m2, h0, ref carry);
        m3 = ConstantTime.AddCarry(m3, h1, ref carry);
        m4 = ConstantTime.AddCarry(m4, h2, ref carry);
        m5 = ConstantTime.AddCarry(m5, h3, ref carry);
        var m6 = carry;

        // The same with the 129 bits above 2^256.
        carry = 0;
        m0 = ConstantTime.MultiplyAdd(m0, m4, Complement0, ref carry);
        m1 = ConstantTime.MultiplyAdd(m1, m5, Complement0, ref carry);
        m2 = ConstantTime.MultiplyAdd(m2, m6, Complement0, ref carry);
        var top = 0UL;
        m3 = ConstantTime.AddCarry(m3, carry, ref top);
        carry = 0;
        m1 = ConstantTime.MultiplyAdd(m1, m4, Complement1, ref carry);
        m2 = ConstantTime.MultiplyAdd(m2, m5, Complement1, ref carry);
        m3 = ConstantTime.MultiplyAdd(m3, m6, Complement1, ref carry);
        top += carry;
        carry = 0;
        m2 = ConstantTime.AddCarry(m2, m4, ref carry);
        m3 = ConstantTime.AddCarry(m3, m5, ref carry);
        top += m6 + carry;

        // Top is at most a few units now.
        carry = 0;
        result.D0 = ConstantTime.MultiplyAdd(m0, top, Complement0, ref carry);
        result.D1 = ConstantTime.MultiplyAdd(m1, top, Complement1, ref carry);
        var last = 0UL;
        m2 = ConstantTime.AddCarry(m2, carry, ref last);
        m3 = ConstantTime.AddCarry(m3, 0, ref last);
        carry = 0;
        result.D2 = ConstantTime.AddCarry(m2, top, ref carry);
        result.D3 = ConstantTime.AddCarry(m3, 0, ref carry);
        result.ReduceOnce(last | carry);
    }
}
