// Poly1305 in AVX2: four blocks at once, one per lane, in five limbs of 26 bits.
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Skywire.Crypto;

/// <summary>Equals <see cref="Poly1305Scalar.AppendPadded"/> and <see cref="Poly1305Scalar.AppendLengths"/> in one. Callers have checked <see cref="AeadKernel.Vector256"/>.</summary>
internal static class Poly1305Vector256
{
    private const int Lanes = 4;
    private const int GroupSize = Lanes * Poly1305Scalar.BlockSize;

    /// <summary>Shortest ciphertext: below, the powers of r cost more than the lanes save.</summary>
    internal const int MinSize = 4 * GroupSize;

    /// <summary>Takes a whole ciphertext of at least <see cref="MinSize"/> bytes, padded, and the length block.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void AppendToEnd(ref Poly1305Scalar mac, ReadOnlySpan<byte> ciphertext, ulong associatedData)
    {
        Span<byte> edges = stackalloc byte[Poly1305Groups.EdgeSize];
        var groups = new Poly1305Groups(Lanes, ciphertext, associatedData, edges);
        Append(ref mac, ref groups.First, groups.Absent, ref groups.Middle, groups.MiddleCount, ref groups.Last);
    }

    // Calls nothing, so that all vectors may live in registers.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Append(ref Poly1305Scalar mac, ref byte first, int absent, ref byte middle, int middleCount, ref byte last)
    {
        Powers(in mac, out var p0, out var p1, out var p2, out var p3, out var p4);

        // In the order unpacking puts blocks into lanes: 4 2 3 1.
        Vector256<ulong> w0 = Order(p0), w1 = Order(p1), w2 = Order(p2), w3 = Order(p3), w4 = Order(p4);
        Vector256<ulong> r0 = First(w0), r1 = First(w1), r2 = First(w2), r3 = First(w3), r4 = First(w4);
        Vector256<ulong> s1 = Five(r1), s2 = Five(r2), s3 = Five(r3), s4 = Five(r4);
        var mask = Vector256.Create((1UL << 26) - 1);
        var one = Vector256.Create(1UL << 24);

        // Absent blocks have no 2^128, and what came before belongs to the first block that is present.
        var order = Vector256.Create(0UL, 2, 1, 3);
        var start = Vector256.Create((ulong)absent);
        Load(ref first, one & Vector256.GreaterThanOrEqual(order, start), mask, out var h0, out var h1, out var h2, out var h3, out var h4);
        var at = Vector256.Equals(order, start);
        h0 += at & Vector256.Create(mac.H0 & 0x3FFFFFF);
        h1 += at & Vector256.Create((mac.H0 >> 26) & 0x3FFFFFF);
        h2 += at & Vector256.Create(((mac.H0 >> 52) | (mac.H1 << 12)) & 0x3FFFFFF);
        h3 += at & Vector256.Create((mac.H1 >> 14) & 0x3FFFFFF);
        h4 += at & Vector256.Create((mac.H1 >> 40) + (mac.H2 << 24));

        // Limbs of h enter a product below 2^28 and those of r below 2^27: five products with a factor of five stay below 2^60.
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

    /// <summary>Limbs of r^4, r^3, r^2, r in lanes 0 to 3: below 2^26, the top ones below 2^27.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Powers(
        in Poly1305Scalar mac,
        out Vector256<ulong> p0,
        out Vector256<ulong> p1,
        out Vector256<ulong> p2,
        out Vector256<ulong> p3,
        out Vector256<ulong> p4)
    {
        ulong a0 = mac.R0, a1 = mac.R1, a2 = 0;
        Poly1305Scalar.Multiply(ref a0, ref a1, ref a2, mac.R0, mac.R1);
        ulong b0 = a0, b1 = a1, b2 = a2;
        Poly1305Scalar.Multiply(ref b0, ref b1, ref b2, mac.R0, mac.R1);
        ulong c0 = b0, c1 = b1, c2 = b2;
        Poly1305Scalar.Multiply(ref c0, ref c1, ref c2, mac.R0, mac.R1);
        var low = Vector256.Create(c0, b0, a0, mac.R0);
        var middle = Vector256.Create(c1, b1, a1, mac.R1);
        var high = Vector256.Create(c2, b2, a2, 0UL);
        var mask = Vector256.Create((1UL << 26) - 1);
        p0 = low & mask;
        p1 = (low >> 26) & mask;
        p2 = ((low >> 52) | (middle << 12)) & mask;
        p3 = (middle >> 14) & mask;
        p4 = (middle >> 40) + (high << 24);
    }

    /// <summary>Every lane times lane 0, limbs carried.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void MultiplyByFirst(
        Vector256<ulong> p0,
        Vector256<ulong> p1,
        Vector256<ulong> p2,
        Vector256<ulong> p3,
        Vector256<ulong> p4,
        out Vector256<ulong> q0,
        out Vector256<ulong> q1,
        out Vector256<ulong> q2,
        out Vector256<ulong> q3,
        out Vector256<ulong> q4)
    {
        (q0, q1, q2, q3, q4) = (p0, p1, p2, p3, p4);
        Vector256<ulong> r0 = First(p0), r1 = First(p1), r2 = First(p2), r3 = First(p3), r4 = First(p4);
        Multiply(ref q0, ref q1, ref q2, ref q3, ref q4, r0, r1, r2, r3, r4, Five(r1), Five(r2), Five(r3), Five(r4));
        Carry(ref q0, ref q1, ref q2, ref q3, ref q4, Vector256.Create((1UL << 26) - 1));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<ulong> First(Vector256<ulong> x) => Avx2.BroadcastScalarToVector256(x.GetLower());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<ulong> Order(Vector256<ulong> x) => Avx2.Permute4x64(x, 0b11_01_10_00);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<ulong> Five(Vector256<ulong> x) => x + (x << 2);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<ulong> Times(Vector256<ulong> a, Vector256<ulong> b) => Avx2.Multiply(a.AsUInt32(), b.AsUInt32());

    // Each lane below 2^60: the sum fits.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Sum(Vector256<ulong> x)
    {
        var half = x.GetLower() + x.GetUpper();
        return half.ToScalar() + half.GetElement(1);
    }

    // Four blocks to limbs below 2^26, with 2^128 where high says so.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Load(
        ref byte data,
        Vector256<ulong> high,
        Vector256<ulong> mask,
        out Vector256<ulong> m0,
        out Vector256<ulong> m1,
        out Vector256<ulong> m2,
        out Vector256<ulong> m3,
        out Vector256<ulong> m4)
    {
        var near = Vector256.LoadUnsafe(ref data).AsUInt64();
        var far = Vector256.LoadUnsafe(ref data, 32).AsUInt64();
        var t0 = Avx2.UnpackLow(near, far);
        var t1 = Avx2.UnpackHigh(near, far);
        m0 = t0 & mask;
        m1 = (t0 >> 26) & mask;
        m2 = ((t0 >> 52) | (t1 << 12)) & mask;
        m3 = (t1 >> 14) & mask;
        m4 = (t1 >> 40) | high;
    }

    // Products in 64-bit lanes, no carries.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Multiply(
        ref Vector256<ulong> h0,
        ref Vector256<ulong> h1,
        ref Vector256<ulong> h2,
        ref Vector256<ulong> h3,
        ref Vector256<ulong> h4,
        Vector256<ulong> r0,
        Vector256<ulong> r1,
        Vector256<ulong> r2,
        Vector256<ulong> r3,
        Vector256<ulong> r4,
        Vector256<ulong> s1,
        Vector256<ulong> s2,
        Vector256<ulong> s3,
        Vector256<ulong> s4)
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
        ref Vector256<ulong> h0,
        ref Vector256<ulong> h1,
        ref Vector256<ulong> h2,
        ref Vector256<ulong> h3,
        ref Vector256<ulong> h4,
        Vector256<ulong> mask)
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
