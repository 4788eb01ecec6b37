// Point addition and doubling without divisions.
using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Skywire.Crypto;

/// <summary>
/// A point as (X / Z^2, Y / Z^3), or the point at infinity. Between operations: X of magnitude at most 4, Y at most 4, Z 1.
/// Operations are constant time and correct for every input unless marked Vartime; results may overwrite operands.
/// </summary>
internal struct JacobianPoint
{
    internal FieldElement X;
    internal FieldElement Y;
    internal FieldElement Z;

    /// <summary>Mask: the point at infinity; the coordinates then mean nothing.</summary>
    internal ulong InfinityMask;

    /// <summary>The point at infinity.</summary>
    internal static JacobianPoint Infinity => new() { InfinityMask = ulong.MaxValue };

    internal JacobianPoint(in AffinePoint point)
    {
        X = point.X;
        Y = point.Y;
        Z = FieldElement.One;
        InfinityMask = 0;
    }

    /// <summary>a + a. Infinity stays infinity: no other point of this curve has y = 0.</summary>
    internal static void Double(in JacobianPoint a, out JacobianPoint result)
    {
        // With L = 3/2 X^2, S = Y^2, T = -X S: X' = L^2 + 2T, Y' = -(L (X' + T) + S^2), Z' = Y Z.
        FieldElement.Square(in a.Y, out var s);
        FieldElement.Square(in a.X, out var l);
        FieldElement.MultiplySmall(in l, 3, out l); // 3
        FieldElement.Halve(in l, out l); // 2
        FieldElement.Negate(in s, 1, out var t); // 2
        FieldElement.Multiply(in t, in a.X, out t);
        FieldElement.Multiply(in a.Y, in a.Z, out result.Z);
        FieldElement.Square(in l, out result.X);
        FieldElement.Add(in result.X, in t, out result.X);
        FieldElement.Add(in result.X, in t, out result.X); // 3
        FieldElement.Square(in s, out s);
        FieldElement.Add(in t, in result.X, out t); // 4
        FieldElement.Multiply(in t, in l, out t);
        FieldElement.Add(in t, in s, out t); // 2
        FieldElement.Negate(in t, 2, out result.Y); // 3
        result.InfinityMask = a.InfinityMask;
    }

    /// <summary>a + b for every a, b: equal, opposite and infinite ones included.</summary>
    internal static void Add(in JacobianPoint a, in AffinePoint b, out JacobianPoint result)
    {
        // Brier and Joye's formula holds for additions and doublings alike. With U1 = X1, U2 = X2 Z^2, S1 = Y1, S2 = Y2 Z^3:
        //   T = U1 + U2, M = S1 + S2, R = T^2 - U1 U2, Q = -T M^2, X' = R^2 + Q, Y' = -(R (2X' + Q) + M^4) / 2, Z' = M Z.
        // It fails only where M = 0: for opposite points, or for y1 = -y2 with x1 different from x2. There the chord's slope is
        // (S1 - S2) / (U1 - U2) = 2 S1 / (U1 - U2), so these two take the places of R and M (and M^4 becomes M^3 (U1 - U2) = 0).
        // Opposite points then give Z' = 0, which is how the sum at infinity shows.
        FieldElement.Square(in a.Z, out var zz);
        FieldElement.Multiply(in b.X, in zz, out var u2);
        FieldElement.Multiply(in b.Y, in zz, out var s2);
        FieldElement.Multiply(in s2, in a.Z, out s2);
        FieldElement.Add(in a.X, in u2, out var t); // 5
        FieldElement.Add(in a.Y, in s2, out var m); // 5
        FieldElement.Square(in t, out var r);
        FieldElement.Negate(in u2, 1, out var slopeM); // 2
        FieldElement.Multiply(in a.X, in slopeM, out var product);
        FieldElement.Add(in r, in product, out r); // 2
        var degenerate = m.ZeroMask();
        FieldElement.MultiplySmall(in a.Y, 2, out var slopeR); // 8
        FieldElement.Add(in slopeM, in a.X, out slopeM); // 6
        slopeR.MoveIf(~degenerate, in r);
        slopeM.MoveIf(~degenerate, in m);
        FieldElement.Square(in slopeM, out var n);
        FieldElement.Negate(in t, 5, out t); // 6
        FieldElement.Multiply(in t, in n, out var q);
        FieldElement.Square(in n, out n);
        n.MoveIf(degenerate, in m); // 5
        FieldElement.Square(in slopeR, out t);
        FieldElement.Multiply(in a.Z, in slopeM, out var z);
        FieldElement.Add(in t, in q, out var x); // 2
        FieldElement.Add(in x, in x, out t);
        FieldElement.Add(in t, in q, out t); // 5
        FieldElement.Multiply(in t, in slopeR, out t);
        FieldElement.Add(in t, in n, out t); // 6
        FieldElement.Negate(in t, 6, out t); // 7
        FieldElement.Halve(in t, out var y); // 4
        var infinite = z.ZeroMask();

        x.MoveIf(a.InfinityMask, in b.X);
        y.MoveIf(a.InfinityMask, in b.Y);
        z.MoveIf(a.InfinityMask, FieldElement.One);
        result.InfinityMask = infinite & ~a.InfinityMask;
        result.X = x;
        result.Y = y;
        result.Z = z;
    }

    /// <summary>
    /// a + b in constant time for points that are neither infinite nor equal nor opposite, which the caller has to prove; a fifth quicker than
    /// <see cref="Add"/>. The result means nothing otherwise.
    /// </summary>
    internal static void AddDistinct(in JacobianPoint a, in AffinePoint b, out JacobianPoint result)
    {
        Difference(in a, in b, in a.Z, out var h, out var r);
        Debug.Assert((h.ZeroMask() | a.InfinityMask) == 0);
        AddByDifference(in a, in h, in r, out result);
    }

    /// <summary>a + b, branching on special cases.</summary>
    internal static void AddVartime(in JacobianPoint a, in AffinePoint b, out JacobianPoint result) => AddVartime(in a, in b, out result, out _);

    /// <summary>a + b, branching on special cases. The factor from Z to Z' comes out too; it is of use only where no special case can occur.</summary>
    internal static void AddVartime(in JacobianPoint a, in AffinePoint b, out JacobianPoint result, out FieldElement zRatio)
    {
        if (a.InfinityMask != 0)
        {
            zRatio = FieldElement.Zero;
            result = new JacobianPoint(in b);
            return;
        }

        Difference(in a, in b, in a.Z, out zRatio, out var r);
        AddByDifferenceVartime(in a, in zRatio, in r, out result);
    }

    /// <summary>
    /// a + b, branching on special cases, where a has coordinates (X / (Z s)^2, Y / (Z s)^3) for a scale s kept outside, as <see cref="OddMultiples"/>
    /// leaves it, and so has the result; b has ordinary ones.
    /// </summary>
    internal static void AddScaledVartime(in JacobianPoint a, in AffinePoint b, in FieldElement scale, out JacobianPoint result)
    {
        if (a.InfinityMask != 0)
        {
            // (x s^2, y s^3) with Z = 1 is b on that scale.
            new JacobianPoint(in b).ScaleBy(in scale, out var scaled);
            result = new JacobianPoint(in scaled);
            return;
        }

        FieldElement.Multiply(in a.Z, in scale, out var z);
        Difference(in a, in b, in z, out var h, out var r);
        AddByDifferenceVartime(in a, in h, in r, out result);
    }

    /// <summary>The same point with normal coordinates. Needs a point that is not infinity.</summary>
    internal readonly void ToAffine(out AffinePoint point)
    {
        FieldElement.Invert(in Z, out var inverse);
        ScaleBy(in inverse, out point);
        point.X.Normalize();
        point.Y.Normalize();
    }

    /// <summary>The same for a public point.</summary>
    internal readonly void ToAffineVartime(out AffinePoint point)
    {
        FieldElement.InvertVartime(in Z, out var inverse);
        ScaleBy(in inverse, out point);
        point.X.Normalize();
        point.Y.Normalize();
    }

    /// <summary>The same for many public points at the price of one inversion, for building tables.</summary>
    internal static void ToAffineVartime(ReadOnlySpan<JacobianPoint> points, Span<AffinePoint> affine)
    {
        var inverses = new FieldElement[points.Length];
        for (var i = 0; i < points.Length; i++)
        {
            inverses[i] = points[i].Z;
        }

        FieldElement.InvertBatchVartime(inverses, new FieldElement[points.Length]);
        for (var i = 0; i < points.Length; i++)
        {
            points[i].ScaleBy(in inverses[i], out affine[i]);
            affine[i].X.Normalize();
            affine[i].Y.Normalize();
        }
    }

    /// <summary>(X i^2, Y i^3), of magnitude 1: the affine point for i = 1 / Z.</summary>
    internal readonly void ScaleBy(in FieldElement inverse, out AffinePoint point)
    {
        FieldElement.Square(in inverse, out var square);
        FieldElement.Multiply(in X, in square, out point.X);
        FieldElement.Multiply(in square, in inverse, out square);
        FieldElement.Multiply(in Y, in square, out point.Y);
    }

    // H = x2 Z^2 - X1 and R = y2 Z^3 - Y1, of magnitude 6: zero where the points have the same x, the same y.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Difference(in JacobianPoint a, in AffinePoint b, in FieldElement z, out FieldElement h, out FieldElement r)
    {
        FieldElement.Square(in z, out var zz);
        FieldElement.Multiply(in b.X, in zz, out h);
        FieldElement.Multiply(in zz, in z, out zz);
        FieldElement.Multiply(in b.Y, in zz, out r);
        FieldElement.AddNegative(in h, in a.X, 4, out h);
        FieldElement.AddNegative(in r, in a.Y, 4, out r);
    }

    private static void AddByDifferenceVartime(in JacobianPoint a, in FieldElement h, in FieldElement r, out JacobianPoint result)
    {
        if (h.ZeroMask() == 0)
        {
            AddByDifference(in a, in h, in r, out result);
        }
        else if (r.ZeroMask() != 0)
        {
            Double(in a, out result);
        }
        else
        {
            result = Infinity;
        }
    }

    // With V = X1 H^2: X' = R^2 - H^3 - 2V, Y' = R (V - X') - Y1 H^3, Z' = H Z.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddByDifference(in JacobianPoint a, in FieldElement h, in FieldElement r, out JacobianPoint result)
    {
        FieldElement.Multiply(in a.Z, in h, out var z);
        FieldElement.Square(in h, out var hh);
        FieldElement.Negate(in hh, 1, out hh); // 2, minus H^2
        FieldElement.Multiply(in hh, in h, out var hhh); // minus H^3
        FieldElement.Multiply(in hh, in a.X, out var v); // minus V
        FieldElement.Square(in r, out var x);
        FieldElement.AddTwice(in x, in hhh, in v, out x); // 4
        FieldElement.Add(in v, in x, out v); // 5, X' - V
        FieldElement.Multiply(in v, in r, out v); // minus R (V - X')
        FieldElement.Multiply(in hhh, in a.Y, out var t);
        FieldElement.AddNegative(in t, in v, 1, out result.Y); // 3
        result.X = x;
        result.Z = z;
        result.InfinityMask = 0;
    }
}
