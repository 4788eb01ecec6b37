// The sum behind signature verification: everything in it is public.
namespace Skywire.Crypto;

/// <summary>a P + b G by Strauss' method: both scalars split by the endomorphism, four sparse digit strings, one chain of 128 doublings.</summary>
internal static class StraussMultiplication
{
    // Odd multiples of P are made for each call: eight of them pay best. Those of G are made once.
    private const int PointWidth = 5;
    private const int PointEntries = 1 << (PointWidth - 2);

    /// <summary>a P + b G for public a, b and P.</summary>
    internal static void MultiplyAddVartime(in AffinePoint point, in Scalar a, in Scalar b, out JacobianPoint result)
    {
        Span<AffinePoint> table = stackalloc AffinePoint[PointEntries];
        Span<AffinePoint> lambdaTable = stackalloc AffinePoint[PointEntries];
        OddMultiples.Fill(in point, table, out var sharedZ);
        for (var i = 0; i < PointEntries; i++)
        {
            lambdaTable[i] = table[i];
            lambdaTable[i].MultiplyByLambda();
        }

        Span<short> digits = stackalloc short[4 * NonAdjacentForm.Digits];
        var a1 = digits[..NonAdjacentForm.Digits];
        var a2 = digits.Slice(NonAdjacentForm.Digits, NonAdjacentForm.Digits);
        var b1 = digits.Slice(2 * NonAdjacentForm.Digits, NonAdjacentForm.Digits);
        var b2 = digits.Slice(3 * NonAdjacentForm.Digits, NonAdjacentForm.Digits);
        var used = Math.Max(Recode(in a, PointWidth, a1, a2), Recode(in b, GeneratorOddMultiples.Width, b1, b2));

        // The table's points, and so the sum, lack a factor sharedZ in Z until the end.
        var generators = GeneratorOddMultiples.Table;
        result = JacobianPoint.Infinity;
        for (var bit = used - 1; bit >= 0; bit--)
        {
            if (result.InfinityMask == 0)
            {
                JacobianPoint.Double(in result, out result);
            }

            if (a1[bit] != 0)
            {
                JacobianPoint.AddVartime(in result, Entry(table, a1[bit]), out result);
            }

            if (a2[bit] != 0)
            {
                JacobianPoint.AddVartime(in result, Entry(lambdaTable, a2[bit]), out result);
            }

            if (b1[bit] != 0)
            {
                JacobianPoint.AddScaledVartime(in result, Entry(generators, b1[bit]), in sharedZ, out result);
            }

            if (b2[bit] != 0)
            {
                var entry = Entry(generators, b2[bit]);
                entry.MultiplyByLambda();
                JacobianPoint.AddScaledVartime(in result, in entry, in sharedZ, out result);
            }
        }

        FieldElement.Multiply(in result.Z, in sharedZ, out result.Z);
    }

    private static int Recode(in Scalar scalar, int width, Span<short> first, Span<short> second)
    {
        Scalar.Split(in scalar, out var low, out var high);
        return Math.Max(NonAdjacentForm.RecodeVartime(low, width, first), NonAdjacentForm.RecodeVartime(high, width, second));
    }

    private static AffinePoint Entry(ReadOnlySpan<AffinePoint> table, int digit)
    {
        var entry = table[Math.Abs(digit) >> 1];
        if (digit < 0)
        {
            entry.NegateIf(ulong.MaxValue);
        }

        return entry;
    }
}
