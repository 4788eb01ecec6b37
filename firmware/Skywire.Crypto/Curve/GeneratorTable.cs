// Multiples of the generator, made once per process: public keys and nonces cost additions only, no doublings.
namespace Skywire.Crypto;

/// <summary>
/// Generator multiplication. A scalar k becomes v = (k + 2^260 - 1) / 2 mod n, because then kG is the sum over all 260 bits of (2 v_i - 1) 2^i G:
/// every digit is +1 or -1, so five bits make an odd digit from -31 to 31, none is zero and no digit needs special treatment.
/// </summary>
internal static class GeneratorTable
{
    private const int DigitBits = 5;
    private const int Entries = 1 << (DigitBits - 1);
    private const int Windows = 52;

    // Entry i of window w is (2i + 1) 2^(5w) G, normal. 65 KiB.
    private static readonly AffinePoint[] Table = Build();

    /// <summary>k G in constant time; infinity for k = 0.</summary>
    internal static void Multiply(in Scalar k, out JacobianPoint result)
    {
        // The sum S of the windows below w is odd and less than 2^(5w), window w adds E with 2^(5w) <= |E| <= 31 * 2^(5w). Up to window 50 both are below
        // 2^255 in sum, so neither S nor S +- E is a multiple of n: these additions have no special cases. The last one may have.
        Recode(in k, out var v);
        Pick(in v, 0, out var entry);
        result = new JacobianPoint(in entry);
        for (var window = 1; window < Windows - 1; window++)
        {
            Pick(in v, window, out entry);
            JacobianPoint.AddDistinct(in result, in entry, out result);
        }

        Pick(in v, Windows - 1, out entry);
        JacobianPoint.Add(in result, in entry, out result);
        ConstantTime.Wipe(ref v);
        ConstantTime.Wipe(ref entry);
    }

    private static void Pick(in Scalar v, int window, out AffinePoint entry)
    {
        var digit = v.Bits(window * DigitBits, DigitBits);
        var negative = (digit >> (DigitBits - 1)) - 1;
        AffinePoint.Scan(Table.AsSpan(window * Entries, Entries), (digit ^ negative) & (Entries - 1), out entry);
        entry.NegateIf(negative);
    }

    private static void Recode(in Scalar k, out Scalar v)
    {
        // 2^260 - 1 modulo n.
        Scalar.Add(in k, new Scalar(0x02DA1732FC9BEBEFUL, 0x551231950B75FC44UL, 0x14, 0), out v);
        Scalar.Halve(in v, out v);
    }

    private static void FillOddMultiples(in AffinePoint point, Span<JacobianPoint> multiples)
    {
        multiples[0] = new JacobianPoint(in point);
        JacobianPoint.Double(in multiples[0], out var twice);
        twice.ToAffineVartime(out var step);
        for (var i = 1; i < multiples.Length; i++)
        {
            JacobianPoint.AddVartime(in multiples[i - 1], in step, out multiples[i]);
        }
    }

    private static AffinePoint[] Build()
    {
        var points = new JacobianPoint[Windows * Entries];
        var basePoint = AffinePoint.Generator;
        for (var window = 0; window < Windows; window++)
        {
            FillOddMultiples(in basePoint, points.AsSpan(window * Entries, Entries));
            var next = new JacobianPoint(in basePoint);
            for (var i = 0; i < DigitBits; i++)
            {
                JacobianPoint.Double(in next, out next);
            }

            next.ToAffineVartime(out basePoint);
        }

        var table = new AffinePoint[points.Length];
        JacobianPoint.ToAffineVartime(points, table);
        return table;
    }
}
