// Inversion modulo n in constant time, by Bernstein and Yang's division steps ("safegcd"): a fifth of the cost of raising to the power n - 2.
using System.Runtime.CompilerServices;

namespace Skywire.Crypto;

// A division step takes (zeta, f, g), f odd, to (zeta', f', g') with the same greatest common divisor and g' shorter by a bit in the long run; 590
// steps bring g to 0 for every 256-bit input, whatever it is, and f to +-1. Fifty-nine steps at a time depend only on the low words of f and g
// and come out as a 2x2 matrix, which is then applied to the whole numbers f, g and, modulo n, to d, e with f = d x, g = e x (times a power of two).
// Numbers are five signed limbs of 62 bits, value = sum of Vi * 2^(62 i), only the top one negative.
internal partial struct Scalar
{
    private const int Batches = 10;
    private const int LimbBits = 62;
    private const ulong LimbMask = (1UL << LimbBits) - 1;

    // 1 / n modulo 2^62.
    private const ulong OrderInverse = 0x34F20099AA774EC1UL;

    private struct Signed62
    {
        internal long V0;
        internal long V1;
        internal long V2;
        internal long V3;
        internal long V4;

        internal static Signed62 Order => new() { V0 = 0x3FD25E8CD0364141, V1 = 0x2ABB739ABD2280EE, V2 = 0x3FFFFFFFFFFFFFEB, V3 = 0x3FFFFFFFFFFFFFFF, V4 = 0xFF };

        internal void AddMasked(in Signed62 other, long mask)
        {
            V0 += other.V0 & mask;
            V1 += other.V1 & mask;
            V2 += other.V2 & mask;
            V3 += other.V3 & mask;
            V4 += other.V4 & mask;
        }

        internal void NegateIf(long mask)
        {
            V0 = (V0 ^ mask) - mask;
            V1 = (V1 ^ mask) - mask;
            V2 = (V2 ^ mask) - mask;
            V3 = (V3 ^ mask) - mask;
            V4 = (V4 ^ mask) - mask;
        }

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
    }

    // 2^62 times the product of 59 step matrices and 2^-59 (the missing factor 8 is put in at the start).
    private struct StepMatrix
    {
        internal long U;
        internal long V;
        internal long Q;
        internal long R;
    }

    // A 128-bit signed sum of products.
    private struct Accumulator
    {
        private ulong _low;
        private long _high;

        internal readonly ulong Low => _low;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        internal void AddProduct(long a, long b)
        {
            var low = (ulong)a * (ulong)b;
            var high = (long)ConstantTime.MultiplyHigh((ulong)a, (ulong)b) - ((a >> 63) & b) - ((b >> 63) & a);
            _low += low;
            _high += high + (long)ConstantTime.Less(_low, low);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        internal long TakeLimb()
        {
            var limb = (long)(_low & LimbMask);
            _low = (_low >> LimbBits) | ((ulong)_high << (64 - LimbBits));
            _high >>= LimbBits;
            return limb;
        }
    }

    /// <summary>1 / a modulo n, and 0 for 0.</summary>
    internal static void Invert(in Scalar a, out Scalar result)
    {
        var d = default(Signed62);
        var e = new Signed62 { V0 = 1 };
        var f = Signed62.Order;
        var g = new Signed62
        {
            V0 = (long)(a.D0 & LimbMask),
            V1 = (long)(((a.D0 >> 62) | (a.D1 << 2)) & LimbMask),
            V2 = (long)(((a.D1 >> 60) | (a.D2 << 4)) & LimbMask),
            V3 = (long)(((a.D2 >> 58) | (a.D3 << 6)) & LimbMask),
            V4 = (long)(a.D3 >> 56),
        };
        var zeta = -1L;
        for (var i = 0; i < Batches; i++)
        {
            zeta = DivisionSteps(zeta, (ulong)f.V0 | ((ulong)f.V1 << LimbBits), (ulong)g.V0 | ((ulong)g.V1 << LimbBits), out var matrix);
            ApplyModuloOrder(ref d, ref e, in matrix);
            Apply(ref f, ref g, in matrix);
        }

        // Now f = +-1 (or +-n for a = 0, where d = 0) and d = f / a, in -2n .. n.
        d.AddMasked(Signed62.Order, d.V4 >> 63);
        d.NegateIf(f.V4 >> 63);
        d.Carry();
        d.AddMasked(Signed62.Order, d.V4 >> 63);
        d.Carry();
        result.D0 = (ulong)d.V0 | ((ulong)d.V1 << 62);
        result.D1 = ((ulong)d.V1 >> 2) | ((ulong)d.V2 << 60);
        result.D2 = ((ulong)d.V2 >> 4) | ((ulong)d.V3 << 58);
        result.D3 = ((ulong)d.V3 >> 6) | ((ulong)d.V4 << 56);
        ConstantTime.Wipe(ref d);
        ConstantTime.Wipe(ref e);
        ConstantTime.Wipe(ref f);
        ConstantTime.Wipe(ref g);
    }

    private static long DivisionSteps(long zeta, ulong f, ulong g, out StepMatrix matrix)
    {
        ulong u = 8, v = 0, q = 0, r = 8;
        for (var i = 3; i < LimbBits; i++)
        {
            // zeta < 0 means: swap f and g (with a sign) if g is odd.
            var swap = (ulong)(zeta >> 63);
            var odd = 0 - (g & 1);
            g += ((f ^ swap) - swap) & odd;
            q += ((u ^ swap) - swap) & odd;
            r += ((v ^ swap) - swap) & odd;
            swap &= odd;
            zeta = (zeta ^ (long)swap) - 1;
            f += g & swap;
            u += q & swap;
            v += r & swap;
            g >>= 1;
            u <<= 1;
            v <<= 1;
        }

        matrix.U = (long)u;
        matrix.V = (long)v;
        matrix.Q = (long)q;
        matrix.R = (long)r;
        return zeta;
    }

    // (d, e) = matrix * (d, e) / 2^62 modulo n; both stay in -2n .. n.
    private static void ApplyModuloOrder(ref Signed62 d, ref Signed62 e, in StepMatrix t)
    {
        long u = t.U, v = t.V, q = t.Q, r = t.R;
        var n = Signed62.Order;
        var dSign = d.V4 >> 63;
        var eSign = e.V4 >> 63;
        var md = (u & dSign) + (v & eSign);
        var me = (q & dSign) + (r & eSign);
        var cd = default(Accumulator);
        var ce = default(Accumulator);
        cd.AddProduct(u, d.V0);
        cd.AddProduct(v, e.V0);
        ce.AddProduct(q, d.V0);
        ce.AddProduct(r, e.V0);

        // The multiples of n that make the low limbs vanish.
        md -= (long)(((OrderInverse * cd.Low) + (ulong)md) & LimbMask);
        me -= (long)(((OrderInverse * ce.Low) + (ulong)me) & LimbMask);
        cd.AddProduct(n.V0, md);
        ce.AddProduct(n.V0, me);
        cd.TakeLimb();
        ce.TakeLimb();

        ApplyLimb(ref cd, ref ce, d.V1, e.V1, in t, n.V1, md, me);
        d.V0 = cd.TakeLimb();
        e.V0 = ce.TakeLimb();
        ApplyLimb(ref cd, ref ce, d.V2, e.V2, in t, n.V2, md, me);
        d.V1 = cd.TakeLimb();
        e.V1 = ce.TakeLimb();
        ApplyLimb(ref cd, ref ce, d.V3, e.V3, in t, n.V3, md, me);
        d.V2 = cd.TakeLimb();
        e.V2 = ce.TakeLimb();
        ApplyLimb(ref cd, ref ce, d.V4, e.V4, in t, n.V4, md, me);
        d.V3 = cd.TakeLimb();
        e.V3 = ce.TakeLimb();
        d.V4 = (long)cd.Low;
        e.V4 = (long)ce.Low;
    }

    // (f, g) = matrix * (f, g) / 2^62, exactly.
    private static void Apply(ref Signed62 f, ref Signed62 g, in StepMatrix t)
    {
        var cf = default(Accumulator);
        var cg = default(Accumulator);
        ApplyLimb(ref cf, ref cg, f.V0, g.V0, in t, 0, 0, 0);
        cf.TakeLimb();
        cg.TakeLimb();
        ApplyLimb(ref cf, ref cg, f.V1, g.V1, in t, 0, 0, 0);
        f.V0 = cf.TakeLimb();
        g.V0 = cg.TakeLimb();
        ApplyLimb(ref cf, ref cg, f.V2, g.V2, in t, 0, 0, 0);
        f.V1 = cf.TakeLimb();
        g.V1 = cg.TakeLimb();
        ApplyLimb(ref cf, ref cg, f.V3, g.V3, in t, 0, 0, 0);
        f.V2 = cf.TakeLimb();
        g.V2 = cg.TakeLimb();
        ApplyLimb(ref cf, ref cg, f.V4, g.V4, in t, 0, 0, 0);
        f.V3 = cf.TakeLimb();
        g.V3 = cg.TakeLimb();
        f.V4 = (long)cf.Low;
        g.V4 = (long)cg.Low;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void ApplyLimb(ref Accumulator first, ref Accumulator second, long a, long b, in StepMatrix t, long n, long multipleFirst, long multipleSecond)
    {
        first.AddProduct(t.U, a);
        first.AddProduct(t.V, b);
        second.AddProduct(t.Q, a);
        second.AddProduct(t.R, b);
        if (n != 0)
        {
            // A limb of the public modulus, or the constant 0 of the caller without one.
            first.AddProduct(n, multipleFirst);
            second.AddProduct(n, multipleSecond);
        }
    }
}
