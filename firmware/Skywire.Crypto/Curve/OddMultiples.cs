// The small tables behind multiplication of a point that is not known beforehand.
using System.Diagnostics;

namespace Skywire.Crypto;

/// <summary>
/// Odd multiples P, 3P, 5P, ... as affine points without a division: (x, y) stands for the point (x / z^2, y / z^3) with one z shared by the whole
/// table. That is an affine point of an isomorphic curve y^2 = x^3 + 7 z^6; the addition formulas do not use the 7, so a product is computed there
/// and its Z multiplied by the shared z at the end.
/// </summary>
internal static class OddMultiples
{
    /// <summary>Most entries a caller may ask for.</summary>
    internal const int MaxEntries = 16;

    /// <summary>Fills the table with (2i + 1) P. P is public; the group's order is prime, so no special case can occur in the sums.</summary>
    internal static void Fill(in AffinePoint point, Span<AffinePoint> table, out FieldElement sharedZ)
    {
        Debug.Assert(table.Length is > 1 and <= MaxEntries);
        Span<FieldElement> ratios = stackalloc FieldElement[MaxEntries];

        // On the curve where 2P is affine (shared z = its Z), add 2P again and again, keeping the ratio of each Z to the one before.
        JacobianPoint.Double(new JacobianPoint(in point), out var twice);
        AffinePoint step;
        step.X = twice.X;
        step.Y = twice.Y;
        new JacobianPoint(in point).ScaleBy(in twice.Z, out table[0]);
        var current = new JacobianPoint(in table[0]);
        for (var i = 1; i < table.Length; i++)
        {
            JacobianPoint.AddVartime(in current, in step, out current, out ratios[i]);
            table[i].X = current.X;
            table[i].Y = current.Y;
        }

        // Bring all to the last one's Z: entry i still lacks the ratios of the entries after it.
        var missing = ratios[table.Length - 1];
        for (var i = table.Length - 2; i >= 0; i--)
        {
            var entry = new JacobianPoint(in table[i]);
            entry.ScaleBy(in missing, out table[i]);
            if (i > 0)
            {
                FieldElement.Multiply(in missing, in ratios[i], out missing);
            }
        }

        table[^1].X.Normalize();
        table[^1].Y.Normalize();
        FieldElement.Multiply(in current.Z, in twice.Z, out sharedZ);
    }
}
