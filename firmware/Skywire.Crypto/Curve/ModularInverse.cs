// Inversion modulo p and modulo n by Bernstein and Yang's division steps ("safegcd"): a fifth of the cost of raising to a fixed power.
using System.Diagnostics;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace Skywire.Crypto;

/// <summary>An odd modulus between 2^255 and 2^256 for <see cref="ModularInverse{TModulus}"/>, given as constants so that the compiler folds them.</summary>
internal interface IInversionModulus
{
    /// <summary>The modulus; limbs may be negative where that leaves more of them zero.</summary>
    static abstract Signed62 Value { get; }

    /// <summary>1 / modulus, modulo 2^62.</summary>
    static abstract ulong Inverse { get; }
}

/// <summary>
/// Inversion. A division step takes (zeta, f, g), f odd, to (zeta', f', g') with the same greatest common divisor and g' shorter by a bit in the long
/// run; 590 steps bring g to 0 for every 256-bit input, whatever it is, and f to +-1. Some sixty steps at a time depend only on the low words of f and
/// g and come out as a 2x2 matrix, which is then applied to the whole numbers f, g and, modulo the modulus, to d, e with f = d x, g = e x (times a
/// power of two). Source: "Fast constant-time gcd computation and modular inversion" (Bernstein, Yang, 2019).
/// </summary>
internal static class ModularInverse<TModulus>
    where TModulus : struct, IInversionModulus
{
    private const int Batches = 10;
    private const int LimbBits = Signed62.LimbBits;
    private const ulong LimbMask = Signed62.LimbMask;

    // 2^62 times the product of a batch of step matrices.
    private struct StepMatrix
    {
        internal long U;
        internal long V;
        internal long Q;
        internal long R;
    }

    /// <summary>1 / value, and 0 for 0, in constant time. Takes 0 .. modulus - 1 and gives it, carried.</summary>
    internal static void Invert(ref Signed62 value)
    {
        var d = default(Signed62);
        var e = new Signed62 { V0 = 1 };
        var f = TModulus.Value;
        f.Carry();
        var zeta = -1L;
        for (var i = 0; i < Batches; i++)
        {
            zeta = DivisionSteps(zeta, f.LowWord, value.LowWord, out var matrix);
            ApplyModulo(ref d, ref e, in matrix);
            Apply(ref f, ref value, in matrix);
        }

        Debug.Assert(value.IsZero);
        Finish(ref d, f.V4 >> 63);
        value = d;
        ConstantTime.Wipe(ref d);
        ConstantTime.Wipe(ref e);
        ConstantTime.Wipe(ref f);
    }

    /// <summary>The same for public values: branches on them and stops when done.</summary>
    internal static void InvertVartime(ref Signed62 value)
    {
        var d = default(Signed62);
        var e = new Signed62 { V0 = 1 };
        var f = TModulus.Value;
        f.Carry();
        var eta = -1L;
        while (!value.IsZero)
        {
            eta = DivisionStepsVartime(eta, f.LowWord, value.LowWord, out var matrix);
            ApplyModulo(ref d, ref e, in matrix);
            Apply(ref f, ref value, in matrix);
        }

        Finish(ref d, f.V4 >> 63);
        value = d;
    }

    // Now f = +-1 (or +-modulus for 0, where d = 0) and d = f / a, between -2 and 1 times the modulus.
    private static void Finish(ref Signed62 d, long sign)
    {
        var modulus = TModulus.Value;
        d.AddMasked(in modulus, d.V4 >> 63);
        d.NegateIf(sign);
        d.Carry();
        d.AddMasked(in modulus, d.V4 >> 63);
        d.Carry();
        Debug.Assert(d.V4 is >= 0 and <= 0xFF);
    }

    // 59 steps; the matrix starts at 8 because its scale is 2^62.
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

    // 62 steps, a run of zeros of g at a time, and as many odd steps together as f and g allow without a swap: adding w f clears several bits of g at once.
    private static long DivisionStepsVartime(long eta, ulong f, ulong g, out StepMatrix matrix)
    {
        ulong u = 1, v = 0, q = 0, r = 1;
        var left = LimbBits;
        while (true)
        {
            var zeros = BitOperations.TrailingZeroCount(g | (ulong.MaxValue << left));
            g >>= zeros;
            u <<= zeros;
            v <<= zeros;
            eta -= zeros;
            left -= zeros;
            if (left == 0)
            {
                break;
            }

            if (eta < 0)
            {
                eta = -eta;
                (f, g) = (g, 0 - f);
                (u, q) = (q, 0 - u);
                (v, r) = (r, 0 - v);
            }

            // -g / f modulo 2^bits. f (f^2 - 2) is -1 / f modulo 64, since f^2 = 1 (mod 8).
            var bits = (int)Math.Min(Math.Min(eta + 1, left), 6);
            var w = (f * g * ((f * f) - 2)) & (63UL >> (6 - bits));
            g += f * w;
            q += u * w;
            r += v * w;
        }

        matrix.U = (long)u;
        matrix.V = (long)v;
        matrix.Q = (long)q;
        matrix.R = (long)r;
        return eta;
    }

    // (d, e) = matrix * (d, e) / 2^62 modulo the modulus; both stay between -2 and 1 times the modulus.
    private static void ApplyModulo(ref Signed62 d, ref Signed62 e, in StepMatrix t)
    {
        long u = t.U, v = t.V, q = t.Q, r = t.R;
        var n = TModulus.Value;
        var dSign = d.V4 >> 63;
        var eSign = e.V4 >> 63;
        var md = (u & dSign) + (v & eSign);
        var me = (q & dSign) + (r & eSign);
        var cd = default(Signed62.Accumulator);
        var ce = default(Signed62.Accumulator);
        AddLow(ref cd, ref ce, d.V0, e.V0, u, v, q, r);

        // The multiples of the modulus that make the low limbs vanish.
        md -= (long)(((TModulus.Inverse * cd.Low) + (ulong)md) & LimbMask);
        me -= (long)(((TModulus.Inverse * ce.Low) + (ulong)me) & LimbMask);
        AddModulus(ref cd, ref ce, n.V0, md, me);
        cd.TakeLimb();
        ce.TakeLimb();

        AddLow(ref cd, ref ce, d.V1, e.V1, u, v, q, r);
        AddModulus(ref cd, ref ce, n.V1, md, me);
        d.V0 = cd.TakeLimb();
        e.V0 = ce.TakeLimb();
        AddLow(ref cd, ref ce, d.V2, e.V2, u, v, q, r);
        AddModulus(ref cd, ref ce, n.V2, md, me);
        d.V1 = cd.TakeLimb();
        e.V1 = ce.TakeLimb();
        AddLow(ref cd, ref ce, d.V3, e.V3, u, v, q, r);
        AddModulus(ref cd, ref ce, n.V3, md, me);
        d.V2 = cd.TakeLimb();
        e.V2 = ce.TakeLimb();
        AddTop(ref cd, ref ce, d.V4, e.V4, u, v, q, r);
        AddModulus(ref cd, ref ce, n.V4, md, me);
        d.V3 = cd.TakeLimb();
        e.V3 = ce.TakeLimb();
        d.V4 = (long)cd.Low;
        e.V4 = (long)ce.Low;
    }

    // (f, g) = matrix * (f, g) / 2^62, exactly.
    private static void Apply(ref Signed62 f, ref Signed62 g, in StepMatrix t)
    {
        long u = t.U, v = t.V, q = t.Q, r = t.R;
        var cf = default(Signed62.Accumulator);
        var cg = default(Signed62.Accumulator);
        AddLow(ref cf, ref cg, f.V0, g.V0, u, v, q, r);
        cf.TakeLimb();
        cg.TakeLimb();
        AddLow(ref cf, ref cg, f.V1, g.V1, u, v, q, r);
        f.V0 = cf.TakeLimb();
        g.V0 = cg.TakeLimb();
        AddLow(ref cf, ref cg, f.V2, g.V2, u, v, q, r);
        f.V1 = cf.TakeLimb();
        g.V1 = cg.TakeLimb();
        AddLow(ref cf, ref cg, f.V3, g.V3, u, v, q, r);
        f.V2 = cf.TakeLimb();
        g.V2 = cg.TakeLimb();
        AddTop(ref cf, ref cg, f.V4, g.V4, u, v, q, r);
        f.V3 = cf.TakeLimb();
        g.V3 = cg.TakeLimb();
        f.V4 = (long)cf.Low;
        g.V4 = (long)cg.Low;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddLow(ref Signed62.Accumulator first, ref Signed62.Accumulator second, long a, long b, long u, long v, long q, long r)
    {
        first.AddProductUnsigned(u, a);
        first.AddProductUnsigned(v, b);
        second.AddProductUnsigned(q, a);
        second.AddProductUnsigned(r, b);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddTop(ref Signed62.Accumulator first, ref Signed62.Accumulator second, long a, long b, long u, long v, long q, long r)
    {
        first.AddProduct(u, a);
        first.AddProduct(v, b);
        second.AddProduct(q, a);
        second.AddProduct(r, b);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddModulus(ref Signed62.Accumulator first, ref Signed62.Accumulator second, long n, long multipleFirst, long multipleSecond)
    {
        // A limb of the public modulus, known to the compiler.
        if (n != 0)
        {
            first.AddProduct(n, multipleFirst);
            second.AddProduct(n, multipleSecond);
        }
    }
}
