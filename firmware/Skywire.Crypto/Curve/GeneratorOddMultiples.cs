// Odd multiples of the generator for verification, made at the first one.
namespace Skywire.Crypto;

/// <summary>G, 3G, 5G, ...: the wider the digits, the fewer additions, but each bit of width doubles the table.</summary>
internal static class GeneratorOddMultiples
{
    /// <summary>Bits of a digit. Ten make 20 KiB, 24 additions a verification and a tenth of a millisecond to fill; two bits more would save four additions for 80 KiB, more than a small board's first cache.</summary>
    internal const int Width = 10;

    private const int Entries = 1 << (Width - 2);

    /// <summary>Entry i is (2i + 1) G, normal.</summary>
    internal static AffinePoint[] Table { get; } = Build();

    private static AffinePoint[] Build()
    {
        var points = new JacobianPoint[Entries];
        points[0] = new JacobianPoint(AffinePoint.Generator);
        JacobianPoint.Double(in points[0], out var twice);
        twice.ToAffineVartime(out var step);
        for (var i = 1; i < Entries; i++)
        {
            JacobianPoint.AddVartime(in points[i - 1], in step, out points[i]);
        }

        var table = new AffinePoint[Entries];
        JacobianPoint.ToAffineVartime(points, table);
        return table;
    }
}
