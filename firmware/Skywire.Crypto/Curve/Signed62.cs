// The number format of modular inversion.
using System.Runtime.CompilerServices;

namespace Skywire.Crypto;

/// <summary>A number in five limbs of 62 bits, value = sum of Vi * 2^(62 i). Limbs 0 to 3 are 0 .. 2^62 - 1 after <see cref="Carry"/>, the top one carries the sign.</summary>
internal struct Signed62
{
    /// <summary>Bits of a limb.</summary>
    internal const int LimbBits = 62;

    /// <summary>The largest value of limbs 0 to 3.</summary>
    internal const ulong LimbMask = (1UL << LimbBits) - 1;

    internal long V0;
    internal long V1;
    internal long V2;
    internal long V3;
    internal long V4;

    /// <summary>From four 64-bit words, lowest first.</summary>
    internal static Signed62 FromWords(ulong d0, ulong d1, ulong d2, ulong d3) => new()
    {
        V0 = (long)(d0 & LimbMask),
        V1 = (long)(((d0 >> 62) | (d1 << 2)) & LimbMask),
        V2 = (long)(((d1 >> 60) | (d2 << 4)) & LimbMask),
        V3 = (long)(((d2 >> 58) | (d3 << 6)) & LimbMask),
        V4 = (long)(d3 >> 56),
    };

    /// <summary>To four 64-bit words, lowest first. Needs carried limbs and a value in 0 .. 2^256 - 1.</summary>
    internal readonly void ToWords(out ulong d0, out ulong d1, out ulong d2, out ulong d3)
    {
        d0 = (ulong)V0 | ((ulong)V1 << 62);
        d1 = ((ulong)V1 >> 2) | ((ulong)V2 << 60);
        d2 = ((ulong)V2 >> 4) | ((ulong)V3 << 58);
        d3 = ((ulong)V3 >> 6) | ((ulong)V4 << 56);
    }

    /// <summary>Adds where the mask is set, limb by limb.</summary>
    internal void AddMasked(in Signed62 other, long mask)
    {
        V0 += other.V0 & mask;
        V1 += other.V1 & mask;
        V2 += other.V2 & mask;
        V3 += other.V3 & mask;
        V4 += other.V4 & mask;
    }

    /// <summary>Negates where the mask is set, limb by limb.</summary>
    internal void NegateIf(long mask)
    {
        V0 = (V0 ^ mask) - mask;
        V1 = (V1 ^ mask) - mask;
        V2 = (V2 ^ mask) - mask;
        V3 = (V3 ^ mask) - mask;
        V4 = (V4 ^ mask) - mask;
    }

    /// <summary>Brings limbs 0 to 3 back to their range; the value stays.</summary>
    internal void Carry()
    {
        V1 += V0 >> LimbBits;
        V0 &= (long)LimbMask;
        V2 += V1 >> LimbBits;
        V1 &= (long)LimbMask;
        V3 += V2 >> LimbBits;
        V2 &= (long)LimbMask;
        V4 += V3 >> LimbBits;
        V3 &= (long)LimbMask;
    }

    /// <summary>The low 64 bits.</summary>
    internal readonly ulong LowWord => (ulong)V0 | ((ulong)V1 << LimbBits);

    /// <summary>True for zero. Needs carried limbs.</summary>
    internal readonly bool IsZero => (V0 | V1 | V2 | V3 | V4) == 0;

    /// <summary>A 128-bit signed sum of products, from which limbs are taken.</summary>
    internal struct Accumulator
    {
        private ulong _low;
        private long _high;

        internal readonly ulong Low => _low;

        /// <summary>Adds a product of two signed words; the sum must stay below 2^127 in size.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        internal void AddProduct(long a, long b)
        {
            var low = (ulong)a * (ulong)b;
            var high = (long)ConstantTime.MultiplyHigh((ulong)a, (ulong)b) - ((a >> 63) & b) - ((b >> 63) & a);
            _low += low;
            _high += high + (long)ConstantTime.Less(_low, low);
        }

        /// <summary>Adds a product whose second factor is not negative: one correction less.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        internal void AddProductUnsigned(long a, long b)
        {
            var low = (ulong)a * (ulong)b;
            var high = (long)ConstantTime.MultiplyHigh((ulong)a, (ulong)b) - ((a >> 63) & b);
            _low += low;
            _high += high + (long)ConstantTime.Less(_low, low);
        }

        /// <summary>Takes the low 62 bits and shifts the rest down.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        internal long TakeLimb()
        {
            var limb = (long)(_low & LimbMask);
            _low = (_low >> LimbBits) | ((ulong)_high << (64 - LimbBits));
            _high >>= LimbBits;
            return limb;
        }
    }
}
