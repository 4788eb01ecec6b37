// The field's multiplication kernels: two thirds of all curve time is spent in these two functions.
using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Skywire.Crypto;

// How it works. A 128-bit product of limbs needs splitting at bit 52. Shifting each operand left by 6 first (12 in all) makes the hardware do it:
// the high word of the product is its part above 2^52, the low word shifted right by 12 is the rest. Both are small enough to be summed in
// plain 64-bit columns without carries. Columns 5 to 9 (weight 2^260 and up) are folded back with 2^260 = 0x1000003D10 (mod p), split the same
// way, and one parallel carry step leaves limbs of magnitude 1.
// Bounds, for magnitudes a, b with a * b <= 128 and each <= 31: limbs < 2^58, so shifting loses nothing; a high word is at most 4ab * 2^52 = 2^61;
// a column sums at most five high and five low words, < 5 * 2^61 + 5 * 2^52 < 2^64.
// Column 9 holds one product of top limbs, < 2^53; its own fold reaches back into column 5 with less than 2^42, within the same bound.
// The product runs row by row from the top, one limb of a against all of b: five limbs and the open columns are all it keeps in registers, a sixth
// quicker than whole columns in turn. The square has fewer products and is quicker by columns. The reduction at the end of both is written out twice,
// because passing ten columns to an inlined function costs the compiler a tenth of the whole. It gives n0 < 2^52 + 2^49, n1..n3 < 2^52 + 2^12,
// n4 < 2^48 + 2^12.
// AggressiveOptimization: code compiled ahead of time leaves these two to the run-time compiler anyway (they ask what the processor has), whose first,
// quick code would be twenty times slower until it is replaced; profiles have nothing to say about code without branches.
internal partial struct FieldElement
{
    // 2^260 mod p, shifted left by 12 for the split above.
    private const ulong FoldShifted = Fold << 16;

    /// <summary>Product. The magnitudes' product is at most 128, each at most 31; gives magnitude 1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Multiply(in FieldElement a, in FieldElement b, out FieldElement result)
    {
        Debug.Assert(a.HasMagnitude(31) && b.HasMagnitude(31));
        ulong b0 = b.N0 << 6, b1 = b.N1 << 6, b2 = b.N2 << 6, b3 = b.N3 << 6, b4 = b.N4 << 6;

        var a4 = a.N4 << 6;
        var c4 = Low(a4, b0);
        var c5 = High(a4, b0);
        c5 += Low(a4, b1);
        var c6 = High(a4, b1);
        c6 += Low(a4, b2);
        var c7 = High(a4, b2);
        c7 += Low(a4, b3);
        var c8 = High(a4, b3);
        c8 += Low(a4, b4);
        var c9 = High(a4, b4);

        var a3 = a.N3 << 6;
        var c3 = Low(a3, b0);
        c4 += High(a3, b0);
        c4 += Low(a3, b1);
        c5 += High(a3, b1);
        c5 += Low(a3, b2);
        c6 += High(a3, b2);
        c6 += Low(a3, b3);
        c7 += High(a3, b3);
        c7 += Low(a3, b4);
        c8 += High(a3, b4);

        var a2 = a.N2 << 6;
        var c2 = Low(a2, b0);
        c3 += High(a2, b0);
        c3 += Low(a2, b1);
        c4 += High(a2, b1);
        c4 += Low(a2, b2);
        c5 += High(a2, b2);
        c5 += Low(a2, b3);
        c6 += High(a2, b3);
        c6 += Low(a2, b4);
        c7 += High(a2, b4);

        var a1 = a.N1 << 6;
        var c1 = Low(a1, b0);
        c2 += High(a1, b0);
        c2 += Low(a1, b1);
        c3 += High(a1, b1);
        c3 += Low(a1, b2);
        c4 += High(a1, b2);
        c4 += Low(a1, b3);
        c5 += High(a1, b3);
        c5 += Low(a1, b4);
        c6 += High(a1, b4);

        var a0 = a.N0 << 6;
        var c0 = Low(a0, b0);
        c1 += High(a0, b0);
        c1 += Low(a0, b1);
        c2 += High(a0, b1);
        c2 += Low(a0, b2);
        c3 += High(a0, b2);
        c3 += Low(a0, b3);
        c4 += High(a0, b3);
        c4 += Low(a0, b4);
        c5 += High(a0, b4);
        c5 += High(c9, FoldShifted);
        c0 += Low(c5, FoldShifted);
        c1 += High(c5, FoldShifted) + Low(c6, FoldShifted);
        c2 += High(c6, FoldShifted) + Low(c7, FoldShifted);
        c3 += High(c7, FoldShifted) + Low(c8, FoldShifted);
        c4 += High(c8, FoldShifted) + Low(c9, FoldShifted);

        result.N0 = (c0 & LimbMask) + ((c4 >> 48) * Fold);
        result.N1 = (c1 & LimbMask) + (c0 >> 52);
        result.N2 = (c2 & LimbMask) + (c1 >> 52);
        result.N3 = (c3 & LimbMask) + (c2 >> 52);
        result.N4 = (c4 & TopMask) + (c3 >> 52);
        Debug.Assert(result.HasMagnitude(1));
    }

    /// <summary>Square of an element of magnitude at most 11; gives magnitude 1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Square(in FieldElement a, out FieldElement result)
    {
        Debug.Assert(a.HasMagnitude(11));
        ulong a0 = a.N0 << 6, a1 = a.N1 << 6, a2 = a.N2 << 6, a3 = a.N3 << 6, a4 = a.N4 << 6;
        ulong d0 = a0 << 1, d1 = a1 << 1, d2 = a2 << 1, d3 = a3 << 1;

        var c0 = Low(a0, a0);
        var c1 = High(a0, a0) + Low(d0, a1);
        var c2 = High(d0, a1) + Low(d0, a2) + Low(a1, a1);
        var c3 = High(d0, a2) + High(a1, a1) + Low(d0, a3) + Low(d1, a2);
        var c4 = High(d0, a3) + High(d1, a2) + Low(d0, a4) + Low(d1, a3) + Low(a2, a2);
        var c5 = High(d0, a4) + High(d1, a3) + High(a2, a2) + Low(d1, a4) + Low(d2, a3);
        var c6 = High(d1, a4) + High(d2, a3) + Low(d2, a4) + Low(a3, a3);
        var c7 = High(d2, a4) + High(a3, a3) + Low(d3, a4);
        var c8 = High(d3, a4) + Low(a4, a4);
        var c9 = High(a4, a4);

        c5 += High(c9, FoldShifted);
        c0 += Low(c5, FoldShifted);
        c1 += High(c5, FoldShifted) + Low(c6, FoldShifted);
        c2 += High(c6, FoldShifted) + Low(c7, FoldShifted);
        c3 += High(c7, FoldShifted) + Low(c8, FoldShifted);
        c4 += High(c8, FoldShifted) + Low(c9, FoldShifted);

        result.N0 = (c0 & LimbMask) + ((c4 >> 48) * Fold);
        result.N1 = (c1 & LimbMask) + (c0 >> 52);
        result.N2 = (c2 & LimbMask) + (c1 >> 52);
        result.N3 = (c3 & LimbMask) + (c2 >> 52);
        result.N4 = (c4 & TopMask) + (c3 >> 52);
        Debug.Assert(result.HasMagnitude(1));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong High(ulong a, ulong b) => ConstantTime.MultiplyHigh(a, b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Low(ulong a, ulong b) => (a * b) >> 12;
}
