// Poly1305 in ARM64 vectors: four blocks at once in five limbs of 26 bits, by widening multiply-add.
using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;

namespace Skywire.Crypto;

/// <summary>
/// Equals <see cref="Poly1305Scalar.AppendPadded"/> and <see cref="Poly1305Scalar.AppendLengths"/> in one. Callers have checked
/// <see cref="AeadKernel.AdvSimd"/>. Limbs are 32-bit words; a product's lanes 0, 1 and 2, 3 live in two vectors of 64-bit words.
/// </summary>
internal static class Poly1305AdvSimd
{
    private const int Lanes = 4;
    private const int GroupSize = Lanes * Poly1305Scalar.BlockSize;

    /// <summary>Shortest ciphertext: below, the powers of r cost more than the lanes save.</summary>
    internal const int MinSize = 4 * GroupSize;

    /// <summary>
    /// Takes a whole ciphertext of at least <see cref="MinSize"/> bytes, padded, and the length block. The first group is filled up with absent
    /// blocks at its front, so that the last one is full and no block is left over for scalar code.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void AppendToEnd(ref Poly1305Scalar mac, ReadOnlySpan<byte> ciphertext, ulong associatedData)
    {
        Debug.Assert(ciphertext.Length >= MinSize, "too short for groups");
        Powers(in mac, out var p0, out var p1, out var p2, out var p3, out var p4);
        Vector128<uint> r0 = First(p0), r1 = First(p1), r2 = First(p2), r3 = First(p3), r4 = First(p4);
        Vector128<uint> s1 = Five(r1), s2 = Five(r2), s3 = Five(r3), s4 = Five(r4);
        var one = Vector128.Create(1u << 24);

        Span<byte> edge = stackalloc byte[GroupSize];
        var blocks = (ciphertext.Length / Poly1305Scalar.BlockSize) + (ciphertext.Length % Poly1305Scalar.BlockSize == 0 ? 0 : 1) + 1;
        var present = blocks % Lanes;
        ref var data = ref MemoryMarshal.GetReference(ciphertext);
        var remaining = ciphertext.Length;
        Vector128<uint> h0, h1, h2, h3, h4;
        if (present == 0)
        {
            Load(ref data, one, out h0, out h1, out h2, out h3, out h4);
            data = ref Unsafe.Add(ref data, GroupSize);
            remaining -= GroupSize;
        }
        else
        {
            edge.Clear();
            ciphertext[..(present * Poly1305Scalar.BlockSize)].CopyTo(edge[((Lanes - present) * Poly1305Scalar.BlockSize)..]);
            var there = Vector128.GreaterThanOrEqual(Vector128<uint>.Indices, Vector128.Create((uint)(Lanes - present)));
            Load(ref MemoryMarshal.GetReference(edge), one & there, out h0, out h1, out h2, out h3, out h4);
            data = ref Unsafe.Add(ref data, present * Poly1305Scalar.BlockSize);
            remaining -= present * Poly1305Scalar.BlockSize;
        }

        if (associatedData != 0)
        {
            // What came before belongs to the first block that is present.
            var first = present == 0 ? 0 : Lanes - present;
            var at = Vector128.Equals(Vector128<uint>.Indices, Vector128.Create((uint)first));
            h0 += at & Vector128.Create((uint)mac.H0 & 0x3FFFFFF);
            h1 += at & Vector128.Create((uint)(mac.H0 >> 26) & 0x3FFFFFF);
            h2 += at & Vector128.Create((uint)((mac.H0 >> 52) | (mac.H1 << 12)) & 0x3FFFFFF);
            h3 += at & Vector128.Create((uint)(mac.H1 >> 14) & 0x3FFFFFF);
            h4 += at & Vector128.Create((uint)((mac.H1 >> 40) + (mac.H2 << 24)));
        }

        // Limbs of h enter a product below 2^28 and those of r below 2^27: five products with a factor of five stay below 2^60.
        for (; remaining >= GroupSize; remaining -= GroupSize)
        {
            Step(ref data, one, ref h0, ref h1, ref h2, ref h3, ref h4, r0, r1, r2, r3, r4, s1, s2, s3, s4);
            data = ref Unsafe.Add(ref data, GroupSize);
        }

        // The last group: what is left, zeros up to a block, the lengths.
        Debug.Assert((remaining + Poly1305Scalar.BlockSize - 1) / Poly1305Scalar.BlockSize == Lanes - 1, "groups are counted wrongly");
        edge[(GroupSize - (2 * Poly1305Scalar.BlockSize))..].Clear();
        MemoryMarshal.CreateReadOnlySpan(ref data, remaining).CopyTo(edge);
        Unsafe.WriteUnaligned(ref edge[GroupSize - 16], associatedData);
        Unsafe.WriteUnaligned(ref edge[GroupSize - 8], (ulong)ciphertext.Length);
        Step(ref MemoryMarshal.GetReference(edge), one, ref h0, ref h1, ref h2, ref h3, ref h4, r0, r1, r2, r3, r4, s1, s2, s3, s4);
        var d0 = Column(h0, p0, h1, Five(p4), h2, Five(p3), h3, Five(p2), h4, Five(p1));
        var d1 = Column(h0, p1, h1, p0, h2, Five(p4), h3, Five(p3), h4, Five(p2));
        var d2 = Column(h0, p2, h1, p1, h2, p0, h3, Five(p4), h4, Five(p3));
        var d3 = Column(h0, p3, h1, p2, h2, p1, h3, p0, h4, Five(p4));
        var d4 = Column(h0, p4, h1, p3, h2, p2, h3, p1, h4, p0);
        Poly1305Limbs.Join(ref mac, Vector128.Sum(d0.Low + d0.High), Vector128.Sum(d1.Low + d1.High), Vector128.Sum(d2.Low + d2.High), Vector128.Sum(d3.Low + d3.High), Vector128.Sum(d4.Low + d4.High));
    }

    // Limbs of r^4, r^3, r^2, r in lanes 0 to 3: below 2^26, the top ones below 2^27.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Powers(
        in Poly1305Scalar mac,
        out Vector128<uint> p0,
        out Vector128<uint> p1,
        out Vector128<uint> p2,
        out Vector128<uint> p3,
        out Vector128<uint> p4)
    {
        ulong a0 = mac.R0, a1 = mac.R1, a2 = 0;
        Poly1305Scalar.Multiply(ref a0, ref a1, ref a2, mac.R0, mac.R1);
        ulong b0 = a0, b1 = a1, b2 = a2;
        Poly1305Scalar.Multiply(ref b0, ref b1, ref b2, mac.R0, mac.R1);
        ulong c0 = b0, c1 = b1, c2 = b2;
        Poly1305Scalar.Multiply(ref c0, ref c1, ref c2, mac.R0, mac.R1);
        const uint Mask = (1U << 26) - 1;
        p0 = Vector128.Create((uint)c0, (uint)b0, (uint)a0, (uint)mac.R0) & Vector128.Create(Mask);
        p1 = Vector128.Create((uint)(c0 >> 26), (uint)(b0 >> 26), (uint)(a0 >> 26), (uint)(mac.R0 >> 26)) & Vector128.Create(Mask);
        p2 = Vector128.Create(
            (uint)((c0 >> 52) | (c1 << 12)),
            (uint)((b0 >> 52) | (b1 << 12)),
            (uint)((a0 >> 52) | (a1 << 12)),
            (uint)((mac.R0 >> 52) | (mac.R1 << 12))) & Vector128.Create(Mask);
        p3 = Vector128.Create((uint)(c1 >> 14), (uint)(b1 >> 14), (uint)(a1 >> 14), (uint)(mac.R1 >> 14)) & Vector128.Create(Mask);
        p4 = Vector128.Create((uint)((c1 >> 40) + (c2 << 24)), (uint)((b1 >> 40) + (b2 << 24)), (uint)((a1 >> 40) + (a2 << 24)), (uint)(mac.R1 >> 40));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<uint> First(Vector128<uint> x) => AdvSimd.DuplicateSelectedScalarToVector128(x, 0);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<uint> Five(Vector128<uint> x) => x + (x << 2);

    // Four blocks to limbs below 2^26, with 2^128 where high says so. The load takes the words of the blocks apart.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static unsafe void Load(
        ref byte data,
        Vector128<uint> high,
        out Vector128<uint> m0,
        out Vector128<uint> m1,
        out Vector128<uint> m2,
        out Vector128<uint> m3,
        out Vector128<uint> m4)
    {
        fixed (byte* at = &data)
        {
            var (w0, w1, w2, w3) = AdvSimd.Arm64.Load4xVector128AndUnzip((uint*)at);
            var mask = Vector128.Create((1U << 26) - 1);
            m0 = w0 & mask;
            m1 = AdvSimd.ShiftLeftAndInsert(w0 >> 26, w1, 6) & mask;
            m2 = AdvSimd.ShiftLeftAndInsert(w1 >> 20, w2, 12) & mask;
            m3 = AdvSimd.ShiftLeftAndInsert(w2 >> 14, w3, 18) & mask;
            m4 = (w3 >> 8) | high;
        }
    }

    // h = h * r^4 + four blocks
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Step(
        ref byte data,
        Vector128<uint> one,
        ref Vector128<uint> h0,
        ref Vector128<uint> h1,
        ref Vector128<uint> h2,
        ref Vector128<uint> h3,
        ref Vector128<uint> h4,
        Vector128<uint> r0,
        Vector128<uint> r1,
        Vector128<uint> r2,
        Vector128<uint> r3,
        Vector128<uint> r4,
        Vector128<uint> s1,
        Vector128<uint> s2,
        Vector128<uint> s3,
        Vector128<uint> s4)
    {
        var (l0, u0) = Column(h0, r0, h1, s4, h2, s3, h3, s2, h4, s1);
        var (l1, u1) = Column(h0, r1, h1, r0, h2, s4, h3, s3, h4, s2);
        var (l2, u2) = Column(h0, r2, h1, r1, h2, r0, h3, s4, h4, s3);
        var (l3, u3) = Column(h0, r3, h1, r2, h2, r1, h3, r0, h4, s4);
        var (l4, u4) = Column(h0, r4, h1, r3, h2, r2, h3, r1, h4, r0);
        Carry(ref l0, ref l1, ref l2, ref l3, ref l4);
        Carry(ref u0, ref u1, ref u2, ref u3, ref u4);
        Load(ref data, one, out var m0, out var m1, out var m2, out var m3, out var m4);
        h0 = m0 + Narrow(l0, u0);
        h1 = m1 + Narrow(l1, u1);
        h2 = m2 + Narrow(l2, u2);
        h3 = m3 + Narrow(l3, u3);
        h4 = m4 + Narrow(l4, u4);
    }

    // The low words of four 64-bit lanes.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<uint> Narrow(Vector128<ulong> low, Vector128<ulong> high) => AdvSimd.Arm64.UnzipEven(low.AsUInt32(), high.AsUInt32());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector128<ulong> Low, Vector128<ulong> High) Column(
        Vector128<uint> a0,
        Vector128<uint> b0,
        Vector128<uint> a1,
        Vector128<uint> b1,
        Vector128<uint> a2,
        Vector128<uint> b2,
        Vector128<uint> a3,
        Vector128<uint> b3,
        Vector128<uint> a4,
        Vector128<uint> b4)
    {
        var low = AdvSimd.MultiplyWideningLower(a0.GetLower(), b0.GetLower());
        var high = AdvSimd.MultiplyWideningUpper(a0, b0);
        low = AdvSimd.MultiplyWideningLowerAndAdd(low, a1.GetLower(), b1.GetLower());
        high = AdvSimd.MultiplyWideningUpperAndAdd(high, a1, b1);
        low = AdvSimd.MultiplyWideningLowerAndAdd(low, a2.GetLower(), b2.GetLower());
        high = AdvSimd.MultiplyWideningUpperAndAdd(high, a2, b2);
        low = AdvSimd.MultiplyWideningLowerAndAdd(low, a3.GetLower(), b3.GetLower());
        high = AdvSimd.MultiplyWideningUpperAndAdd(high, a3, b3);
        low = AdvSimd.MultiplyWideningLowerAndAdd(low, a4.GetLower(), b4.GetLower());
        high = AdvSimd.MultiplyWideningUpperAndAdd(high, a4, b4);
        return (low, high);
    }

    // Two chains at once; afterwards limbs are below 2^26, those at 1 and 4 below 2^26 + 2^12.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Carry(ref Vector128<ulong> h0, ref Vector128<ulong> h1, ref Vector128<ulong> h2, ref Vector128<ulong> h3, ref Vector128<ulong> h4)
    {
        var mask = Vector128.Create((1UL << 26) - 1);
        h1 += h0 >> 26;
        h4 += h3 >> 26;
        h0 &= mask;
        h3 &= mask;
        h2 += h1 >> 26;
        var top = h4 >> 26;
        h0 += top + (top << 2);
        h1 &= mask;
        h4 &= mask;
        h3 += h2 >> 26;
        h1 += h0 >> 26;
        h2 &= mask;
        h0 &= mask;
        h4 += h3 >> 26;
        h3 &= mask;
    }
}
