// Poly1305 in AVX-512: eight blocks at once, one per lane, in five limbs of 26 bits.
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Skywire.Crypto;

/// <summary>Equals <see cref="Poly1305Scalar.AppendPadded"/> and <see cref="Poly1305Scalar.AppendLengths"/> in one. Callers have checked <see cref="AeadKernel.Vector512"/>.</summary>
internal static class Poly1305Vector512
{
    private const int Lanes = 8;
    private const int GroupSize = Lanes * Poly1305Scalar.BlockSize;

    /// <summary>Shortest ciphertext: below, four lanes are as fast, since they need fewer powers of r.</summary>
    internal const int MinSize = 1024;

    // Fewest groups for which r^16 pays.
    private const int MinPairedCount = 12;

    /// <summary>Takes a whole ciphertext of at least <see cref="MinSize"/> bytes, padded, and the length block.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void AppendToEnd(ref Poly1305Scalar mac, ReadOnlySpan<byte> ciphertext, ulong associatedData)
    {
        Span<byte> edges = stackalloc byte[Poly1305Groups.EdgeSize];
        var groups = new Poly1305Groups(Lanes, ciphertext, associatedData, edges);
        Append(ref mac, ref groups.First, groups.Absent, ref groups.Middle, groups.MiddleCount, ref groups.Last);
    }

    // Calls nothing, so that all vectors may live in registers. Long data goes two groups to a carry, which waits less but needs r^16.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Append(ref Poly1305Scalar mac, ref byte first, int absent, ref byte middle, int middleCount, ref byte last)
    {
        Poly1305Vector256.Powers(in mac, out var p0, out var p1, out var p2, out var p3, out var p4);

        // r^8..r^5 from r^4..r^1, then in the order unpacking puts blocks into lanes: 8 4 7 3 6 2 5 1.
        Poly1305Vector256.MultiplyByFirst(p0, p1, p2, p3, p4, out var e0, out var e1, out var e2, out var e3, out var e4);
        Vector512<ulong> w0 = Weave(e0, p0), w1 = Weave(e1, p1), w2 = Weave(e2, p2), w3 = Weave(e3, p3), w4 = Weave(e4, p4);
        Vector512<ulong> r0 = First(w0), r1 = First(w1), r2 = First(w2), r3 = First(w3), r4 = First(w4);
        Vector512<ulong> s1 = Five(r1), s2 = Five(r2), s3 = Five(r3), s4 = Five(r4);
        var mask = Vector512.Create((1UL << 26) - 1);
        var one = Vector512.Create(1UL << 24);

        // Absent blocks have no 2^128, and what came before belongs to the first block that is present.
        var order = Vector512.Create(0UL, 4, 1, 5, 2, 6, 3, 7);
        var start = Vector512.Create((ulong)absent);
        Load(ref first, one & Vector512.GreaterThanOrEqual(order, start), mask, out var h0, out var h1, out var h2, out var h3, out var h4);
        var at = Vector512.Equals(order, start);
        h0 += at & Vector512.Create(mac.H0 & 0x3FFFFFF);
        h1 += at & Vector512.Create((mac.H0 >> 26) & 0x3FFFFFF);
        h2 += at & Vector512.Create(((mac.H0 >> 52) | (mac.H1 << 12)) & 0x3FFFFFF);
        h3 += at & Vector512.Create((mac.H1 >> 14) & 0x3FFFFFF);
        h4 += at & Vector512.Create((mac.H1 >> 40) + (mac.H2 << 24));

        // Limbs of h enter a product below 2^28 and those of r below 2^27: five products with a factor of five stay below 2^60, ten below 2^61.
        if (middleCount >= MinPairedCount)
        {
            Vector512<ulong> q0 = r0, q1 = r1, q2 = r2, q3 = r3, q4 = r4;
            Multiply(ref q0, ref q1, ref q2, ref q3, ref q4, r0, r1, r2, r3, r4, s1, s2, s3, s4);
            Carry(ref q0, ref q1, ref q2, ref q3, ref q4, mask);
            Vector512<ulong> t1 = Five(q1), t2 = Five(q2), t3 = Five(q3), t4 = Five(q4);
            for (; middleCount >= 2; middleCount -= 2)
            {
                Load(ref middle, one, mask, out var m0, out var m1, out var m2, out var m3, out var m4);
                Multiply(ref m0, ref m1, ref m2, ref m3, ref m4, r0, r1, r2, r3, r4, s1, s2, s3, s4);
                Multiply(ref h0, ref h1, ref h2, ref h3, ref h4, q0, q1, q2, q3, q4, t1, t2, t3, t4);
                h0 += m0;
                h1 += m1;
                h2 += m2;
                h3 += m3;
                h4 += m4;
                Carry(ref h0, ref h1, ref h2, ref h3, ref h4, mask);
                Load(ref Unsafe.Add(ref middle, GroupSize), one, mask, out m0, out m1, out m2, out m3, out m4);
                h0 += m0;
                h1 += m1;
                h2 += m2;
                h3 += m3;
                h4 += m4;
                middle = ref Unsafe.Add(ref middle, 2 * GroupSize);
            }
        }

        for (var group = 0; group <= middleCount; group++)
        {
            ref var data = ref middle;
            if (group == middleCount)
            {
                data = ref last;
            }

            Load(ref data, one, mask, out var m0, out var m1, out var m2, out var m3, out var m4);
            Multiply(ref h0, ref h1, ref h2, ref h3, ref h4, r0, r1, r2, r3, r4, s1, s2, s3, s4);
            Carry(ref h0, ref h1, ref h2, ref h3, ref h4, mask);
            h0 += m0;
            h1 += m1;
            h2 += m2;
            h3 += m3;
            h4 += m4;
            middle = ref Unsafe.Add(ref middle, GroupSize);
        }

        Multiply(ref h0, ref h1, ref h2, ref h3, ref h4, w0, w1, w2, w3, w4, Five(w1), Five(w2), Five(w3), Five(w4));
        Poly1305Limbs.Join(ref mac, Sum(h0), Sum(h1), Sum(h2), Sum(h3), Sum(h4));
    }

    // Lanes a0 b0 a1 b1 a2 b2 a3 b3.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<ulong> Weave(Vector256<ulong> a, Vector256<ulong> b) =>
        Avx512F.PermuteVar8x64(Vector512.Create(a, b), Vector512.Create(0UL, 4, 1, 5, 2, 6, 3, 7));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<ulong> First(Vector512<ulong> x) => Avx512F.BroadcastScalarToVector512(x.GetLower().GetLower());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<ulong> Five(Vector512<ulong> x) => x + (x << 2);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<ulong> Times(Vector512<ulong> a, Vector512<ulong> b) => Avx512F.Multiply(a.AsUInt32(), b.AsUInt32());

    // Each lane below 2^60: the sum fits.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Sum(Vector512<ulong> x)
    {
        var half = x.GetLower() + x.GetUpper();
        var quarter = half.GetLower() + half.GetUpper();
        return quarter.ToScalar() + quarter.GetElement(1);
    }

    // Eight blocks to limbs below 2^26, with 2^128 where high says so.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Load(
        ref byte data,
        Vector512<ulong> high,
        Vector512<ulong> mask,
        out Vector512<ulong> m0,
        out Vector512<ulong> m1,
        out Vector512<ulong> m2,
        out Vector512<ulong> m3,
        out Vector512<ulong> m4)
    {
        var near = Vector512.LoadUnsafe(ref data).AsUInt64();
        var far = Vector512.LoadUnsafe(ref data, 64).AsUInt64();
        var t0 = Avx512F.UnpackLow(near, far);
        var t1 = Avx512F.UnpackHigh(near, far);
        m0 = t0 & mask;
        m1 = (t0 >> 26) & mask;
        m2 = ((t0 >> 52) | (t1 << 12)) & mask;
        m3 = (t1 >> 14) & mask;
        m4 = (t1 >> 40) | high;
    }

    // Products in 64-bit lanes, no carries.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Multiply(
        ref Vector512<ulong> h0,
        ref Vector512<ulong> h1,
        ref Vector512<ulong> h2,
        ref Vector512<ulong> h3,
        ref Vector512<ulong> h4,
        Vector512<ulong> r0,
        Vector512<ulong> r1,
        Vector512<ulong> r2,
        Vector512<ulong> r3,
        Vector512<ulong> r4,
        Vector512<ulong> s1,
        Vector512<ulong> s2,
        Vector512<ulong> s3,
        Vector512<ulong> s4)
    {
        var d0 = (Times(h0, r0) + Times(h1, s4)) + (Times(h2, s3) + Times(h3, s2)) + Times(h4, s1);
        var d1 = (Times(h0, r1) + Times(h1, r0)) + (Times(h2, s4) + Times(h3, s3)) + Times(h4, s2);
        var d2 = (Times(h0, r2) + Times(h1, r1)) + (Times(h2, r0) + Times(h3, s4)) + Times(h4, s3);
        var d3 = (Times(h0, r3) + Times(h1, r2)) + (Times(h2, r1) + Times(h3, r0)) + Times(h4, s4);
        var d4 = (Times(h0, r4) + Times(h1, r3)) + (Times(h2, r2) + Times(h3, r1)) + Times(h4, r0);
        (h0, h1, h2, h3, h4) = (d0, d1, d2, d3, d4);
    }

    // Two chains at once; afterwards limbs are below 2^26, those at 1 and 4 below 2^26 + 2^12.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Carry(
        ref Vector512<ulong> h0,
        ref Vector512<ulong> h1,
        ref Vector512<ulong> h2,
        ref Vector512<ulong> h3,
        ref Vector512<ulong> h4,
        Vector512<ulong> mask)
    {
        h1 += h0 >> 26;
        h4 += h3 >> 26;
        h0 &= mask;
        h3 &= mask;
        h2 += h1 >> 26;
        h0 += Five(h4 >> 26);
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
