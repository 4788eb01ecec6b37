// Arithmetic modulo p = 2^256 - 2^32 - 977, the field secp256k1 lives in.
using System.Buffers.Binary;
using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Skywire.Crypto;

/// <summary>
/// An integer modulo p in five 52-bit limbs (value = sum of Ni * 2^(52 i)), not always reduced.
/// <para>
/// Every element has a <i>magnitude</i> m: N0..N3 &lt;= 2m * 2^52 and N4 &lt;= 2m * 2^48. Products have magnitude 1, sums add magnitudes,
/// and each function states what it takes and gives; debug builds assert it. <i>Normal</i> means the one representation below p, which
/// comparison and output need. All functions are constant time unless marked Vartime; results may overwrite operands.
/// </para>
/// </summary>
internal partial struct FieldElement
{
    /// <summary>Low 52 bits: the size of limbs 0 to 3.</summary>
    internal const ulong LimbMask = 0xFFFFFFFFFFFFFUL;

    /// <summary>Low 48 bits: the size of limb 4.</summary>
    internal const ulong TopMask = 0xFFFFFFFFFFFFUL;

    /// <summary>2^256 modulo p.</summary>
    internal const ulong Fold = 0x1000003D1UL;

    private const ulong P0 = 0xFFFFEFFFFFC2FUL;

    internal ulong N0;
    internal ulong N1;
    internal ulong N2;
    internal ulong N3;
    internal ulong N4;

    internal FieldElement(ulong n0, ulong n1, ulong n2, ulong n3, ulong n4)
    {
        N0 = n0;
        N1 = n1;
        N2 = n2;
        N3 = n3;
        N4 = n4;
    }

    /// <summary>Zero. Normal.</summary>
    internal static FieldElement Zero => default;

    /// <summary>One. Normal.</summary>
    internal static FieldElement One => new(1, 0, 0, 0, 0);

    /// <summary>1 when odd. Needs a normal element.</summary>
    internal readonly ulong Parity
    {
        get
        {
            Debug.Assert(IsNormal);
            return N0 & 1;
        }
    }

    /// <summary>True for the one representation below p. For assertions and public values.</summary>
    internal readonly bool IsNormal => N0 <= LimbMask && N1 <= LimbMask && N2 <= LimbMask && N3 <= LimbMask && N4 <= TopMask
        && !(N0 >= P0 && (N1 & N2 & N3) == LimbMask && N4 == TopMask);

    /// <summary>True when the limbs fit the bound. For assertions.</summary>
    internal readonly bool HasMagnitude(int magnitude)
    {
        var limb = (ulong)magnitude << 53;
        return N0 <= limb && N1 <= limb && N2 <= limb && N3 <= limb && N4 <= (ulong)magnitude << 49;
    }

    /// <summary>Reads 32 big-endian bytes; false when the value is not below p. Normal. Variable time in that refusal only.</summary>
    internal static bool TryRead(ReadOnlySpan<byte> bytes, out FieldElement element)
    {
        var d3 = BinaryPrimitives.ReadUInt64BigEndian(bytes);
        var d2 = BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]);
        var d1 = BinaryPrimitives.ReadUInt64BigEndian(bytes[16..]);
        var d0 = BinaryPrimitives.ReadUInt64BigEndian(bytes[24..]);
        element = FromWords(d0, d1, d2, d3);
        return element.IsNormal;
    }

    /// <summary>Writes 32 big-endian bytes. Needs a normal element.</summary>
    internal readonly void Write(Span<byte> destination)
    {
        Debug.Assert(IsNormal);
        BinaryPrimitives.WriteUInt64BigEndian(destination, (N3 >> 36) | (N4 << 16));
        BinaryPrimitives.WriteUInt64BigEndian(destination[8..], (N2 >> 24) | (N3 << 28));
        BinaryPrimitives.WriteUInt64BigEndian(destination[16..], (N1 >> 12) | (N2 << 40));
        BinaryPrimitives.WriteUInt64BigEndian(destination[24..], N0 | (N1 << 52));
    }

    /// <summary>Sum; magnitudes add up, to at most 32.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Add(in FieldElement a, in FieldElement b, out FieldElement result)
    {
        result.N0 = a.N0 + b.N0;
        result.N1 = a.N1 + b.N1;
        result.N2 = a.N2 + b.N2;
        result.N3 = a.N3 + b.N3;
        result.N4 = a.N4 + b.N4;
        Debug.Assert(result.HasMagnitude(32));
    }

    /// <summary>Negative of an element of at most the stated magnitude; gives that magnitude plus one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Negate(in FieldElement a, int magnitude, out FieldElement result)
    {
        Debug.Assert(a.HasMagnitude(magnitude) && magnitude < 32);
        var multiple = 2UL * ((ulong)magnitude + 1);
        result.N0 = (P0 * multiple) - a.N0;
        result.N1 = (LimbMask * multiple) - a.N1;
        result.N2 = (LimbMask * multiple) - a.N2;
        result.N3 = (LimbMask * multiple) - a.N3;
        result.N4 = (TopMask * multiple) - a.N4;
        Debug.Assert(result.HasMagnitude(magnitude + 1));
    }

    /// <summary>a - b, for b of at most the stated magnitude; gives the magnitude of a plus that plus one, at most 32.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void AddNegative(in FieldElement a, in FieldElement b, int magnitude, out FieldElement result)
    {
        Debug.Assert(b.HasMagnitude(magnitude) && magnitude < 32);
        var multiple = 2UL * ((ulong)magnitude + 1);
        result.N0 = a.N0 + ((P0 * multiple) - b.N0);
        result.N1 = a.N1 + ((LimbMask * multiple) - b.N1);
        result.N2 = a.N2 + ((LimbMask * multiple) - b.N2);
        result.N3 = a.N3 + ((LimbMask * multiple) - b.N3);
        result.N4 = a.N4 + ((TopMask * multiple) - b.N4);
        Debug.Assert(result.HasMagnitude(32));
    }

    /// <summary>a + b + 2c; magnitudes add up likewise, to at most 32.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void AddTwice(in FieldElement a, in FieldElement b, in FieldElement c, out FieldElement result)
    {
        result.N0 = a.N0 + b.N0 + (c.N0 << 1);
        result.N1 = a.N1 + b.N1 + (c.N1 << 1);
        result.N2 = a.N2 + b.N2 + (c.N2 << 1);
        result.N3 = a.N3 + b.N3 + (c.N3 << 1);
        result.N4 = a.N4 + b.N4 + (c.N4 << 1);
        Debug.Assert(result.HasMagnitude(32));
    }

    /// <summary>Product with a small number; the magnitude grows by that factor, to at most 32.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void MultiplySmall(in FieldElement a, ulong factor, out FieldElement result)
    {
        result.N0 = a.N0 * factor;
        result.N1 = a.N1 * factor;
        result.N2 = a.N2 * factor;
        result.N3 = a.N3 * factor;
        result.N4 = a.N4 * factor;
        Debug.Assert(result.HasMagnitude(32));
    }

    /// <summary>Half of an element of magnitude m (at most 31); gives magnitude m / 2 + 1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Halve(in FieldElement a, out FieldElement result)
    {
        Debug.Assert(a.HasMagnitude(31));
        var odd = 0 - (a.N0 & 1);
        var t0 = a.N0 + (P0 & odd);
        var t1 = a.N1 + (LimbMask & odd);
        var t2 = a.N2 + (LimbMask & odd);
        var t3 = a.N3 + (LimbMask & odd);
        var t4 = a.N4 + (TopMask & odd);
        result.N0 = (t0 >> 1) + ((t1 & 1) << 51);
        result.N1 = (t1 >> 1) + ((t2 & 1) << 51);
        result.N2 = (t2 >> 1) + ((t3 & 1) << 51);
        result.N3 = (t3 >> 1) + ((t4 & 1) << 51);
        result.N4 = t4 >> 1;
    }

    /// <summary>Takes <paramref name="other"/> where the mask is set.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void MoveIf(ulong mask, in FieldElement other)
    {
        N0 = ConstantTime.Select(mask, other.N0, N0);
        N1 = ConstantTime.Select(mask, other.N1, N1);
        N2 = ConstantTime.Select(mask, other.N2, N2);
        N3 = ConstantTime.Select(mask, other.N3, N3);
        N4 = ConstantTime.Select(mask, other.N4, N4);
    }

    /// <summary>Brings an element of magnitude at most 32 to its normal form.</summary>
    internal void Normalize()
    {
        Debug.Assert(HasMagnitude(32));
        CarryOnce(out var t0, out var t1, out var t2, out var t3, out var t4);

        // Now below 2^256 + 2^39; subtract p once when the value is p or more, that is when adding 2^256 - p carries out.
        var excess = (t4 >> 48) | (ConstantTime.ZeroMask((t1 & t2 & t3) ^ LimbMask) & ConstantTime.ZeroMask(t4 ^ TopMask) & (1 - ConstantTime.Less(t0, P0)));
        t0 += excess * Fold;
        t1 += t0 >> 52;
        t2 += t1 >> 52;
        t3 += t2 >> 52;
        t4 += t3 >> 52;
        N0 = t0 & LimbMask;
        N1 = t1 & LimbMask;
        N2 = t2 & LimbMask;
        N3 = t3 & LimbMask;
        N4 = t4 & TopMask;
        Debug.Assert(IsNormal);
    }

    /// <summary>Mask: the value is a multiple of p. Takes magnitudes up to 32, leaves the element as it is.</summary>
    internal readonly ulong ZeroMask()
    {
        Debug.Assert(HasMagnitude(32));
        CarryOnce(out var t0, out var t1, out var t2, out var t3, out var t4);
        var zero = t0 | t1 | t2 | t3 | t4;
        var modulus = (t0 ^ P0) | (t1 ^ LimbMask) | (t2 ^ LimbMask) | (t3 ^ LimbMask) | (t4 ^ TopMask);
        return ConstantTime.ZeroMask(zero) | ConstantTime.ZeroMask(modulus);
    }

    /// <summary>Mask: the two are equal modulo p. Magnitudes: 1 for <paramref name="a"/>, at most 30 for <paramref name="b"/>.</summary>
    internal static ulong EqualMask(in FieldElement a, in FieldElement b)
    {
        Negate(in a, 1, out var difference);
        Add(in difference, in b, out difference);
        return difference.ZeroMask();
    }

    // Full carry chain after folding the top: t0..t3 are exact limbs, t4 < 2^48 + 1, value < 2^256 + 2^39 and congruent.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly void CarryOnce(out ulong t0, out ulong t1, out ulong t2, out ulong t3, out ulong t4)
    {
        t0 = N0 + ((N4 >> 48) * Fold);
        t1 = N1 + (t0 >> 52);
        t2 = N2 + (t1 >> 52);
        t3 = N3 + (t2 >> 52);
        t4 = (N4 & TopMask) + (t3 >> 52);
        t0 &= LimbMask;
        t1 &= LimbMask;
        t2 &= LimbMask;
        t3 &= LimbMask;
    }
}
