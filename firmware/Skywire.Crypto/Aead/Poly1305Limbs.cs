// The way back from 26-bit limbs, shared by the vector forms of Poly1305.
using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Skywire.Crypto;

/// <summary>Between five limbs of 26 bits and the accumulator of <see cref="Poly1305Scalar"/>.</summary>
internal static class Poly1305Limbs
{
    private const ulong Mask = (1UL << 26) - 1;

    /// <summary>Sets the accumulator to <c>sum of d_i 2^(26 i)</c>, every d_i below 2^63.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Join(ref Poly1305Scalar mac, ulong d0, ulong d1, ulong d2, ulong d3, ulong d4)
    {
        Debug.Assert((d0 | d1 | d2 | d3 | d4) < 1UL << 63, "a limb is out of bounds");
        d1 += d0 >> 26;
        d0 &= Mask;
        d2 += d1 >> 26;
        d1 &= Mask;
        d3 += d2 >> 26;
        d2 &= Mask;
        d4 += d3 >> 26;
        d3 &= Mask;
        d0 += 5 * (d4 >> 26);
        d4 &= Mask;
        d1 += d0 >> 26;
        d0 &= Mask;

        // d0, d2, d3 and d4 are below 2^26, d1 below 2^27: sums, since d1 may reach into d2's place.
        var low = d0 + (d1 << 26);
        var carry = 0UL;
        mac.H0 = ConstantTime.AddCarry(low, d2 << 52, ref carry);
        mac.H1 = ConstantTime.AddCarry((d2 >> 12) + (d3 << 14), d4 << 40, ref carry);
        mac.H2 = (d4 >> 24) + carry;
    }
}
