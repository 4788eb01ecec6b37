// Points in the form that is stored, compared and sent.
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Skywire.Crypto;

/// <summary>A point of the curve y^2 = x^3 + 7 that is not the point at infinity. Coordinates of magnitude at most 2.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct AffinePoint
{
    internal FieldElement X;
    internal FieldElement Y;

    /// <summary>The group's generator.</summary>
    internal static AffinePoint Generator => new()
    {
        X = new FieldElement(0x2815B16F81798UL, 0xDB2DCE28D959FUL, 0xE870B07029BFCUL, 0xBBAC55A06295CUL, 0x079BE667EF9DCUL),
        Y = new FieldElement(0x7D08FFB10D4B8UL, 0x48A68554199C4UL, 0xE1108A8FD17B4UL, 0xC4655DA4FBFC0UL, 0x0483ADA7726A3UL),
    };

    // The cube root of 1 that belongs to lambda: Scalar.Split.
    private static FieldElement Beta => new(0x96C28719501EEUL, 0x7512F58995C13UL, 0xC3434E99CF049UL, 0x07106E64479EAUL, 0x07AE96A2B657CUL);

    /// <summary>Reads a compressed point; false unless the prefix is 02 or 03, x is below p and on the curve. Variable time in that refusal only.</summary>
    internal static bool TryRead(ReadOnlySpan<byte> compressed, out AffinePoint point)
    {
        point = default;
        return compressed.Length == PubKey.Size
            && (compressed[0] | 1) == 3
            && FieldElement.TryRead(compressed[1..], out var x)
            && TryFromX(in x, compressed[0] & 1UL, out point);
    }

    /// <summary>The point with this x (normal) whose y has the given parity; false when x is not on the curve.</summary>
    internal static bool TryFromX(in FieldElement x, ulong parity, out AffinePoint point)
    {
        FieldElement.Square(in x, out var t);
        FieldElement.Multiply(in t, in x, out t);
        FieldElement.Add(in t, new FieldElement(7, 0, 0, 0, 0), out t);
        point.X = x;
        if (!FieldElement.TrySquareRoot(in t, out point.Y))
        {
            return false;
        }

        // y = 0 would need x^3 = -7, which has no solution: the group's order is odd.
        point.Y.Normalize();
        point.NegateIf(0 - (point.Y.Parity ^ parity));
        point.Y.Normalize();
        return true;
    }

    /// <summary>Writes the compressed form. Needs normal coordinates.</summary>
    internal readonly void Write(Span<byte> compressed)
    {
        compressed[0] = (byte)(2 + Y.Parity);
        X.Write(compressed[1..]);
    }

    /// <summary>Negates where the mask is set; y must have magnitude 1 and has 2 after.</summary>
    internal void NegateIf(ulong mask)
    {
        FieldElement.Negate(in Y, 1, out var negative);
        Y.MoveIf(mask, in negative);
    }

    /// <summary>Multiplies by lambda: see <see cref="Scalar.Split"/>.</summary>
    internal void MultiplyByLambda() => FieldElement.Multiply(in X, Beta, out X);

    /// <summary>Copies one entry of a table, reading all of them in the same way whatever the index is.</summary>
    internal static void Scan(ReadOnlySpan<AffinePoint> table, ulong index, out AffinePoint entry)
    {
        // An entry is ten words: five vectors of two.
        var vectors = MemoryMarshal.Cast<AffinePoint, Vector128<ulong>>(table);
        Vector128<ulong> r0 = default, r1 = default, r2 = default, r3 = default, r4 = default;
        var wanted = Vector128.Create(index);
        var current = Vector128<ulong>.Zero;
        for (; vectors.Length >= 5; vectors = vectors[5..])
        {
            var mask = Vector128.Equals(wanted, current);
            current += Vector128<ulong>.One;
            r0 |= vectors[0] & mask;
            r1 |= vectors[1] & mask;
            r2 |= vectors[2] & mask;
            r3 |= vectors[3] & mask;
            r4 |= vectors[4] & mask;
        }

        entry.X.N0 = r0[0];
        entry.X.N1 = r0[1];
        entry.X.N2 = r1[0];
        entry.X.N3 = r1[1];
        entry.X.N4 = r2[0];
        entry.Y.N0 = r2[1];
        entry.Y.N1 = r3[0];
        entry.Y.N2 = r3[1];
        entry.Y.N3 = r4[0];
        entry.Y.N4 = r4[1];
    }
}
