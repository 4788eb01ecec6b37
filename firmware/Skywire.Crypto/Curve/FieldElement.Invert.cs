// Inversion in the field, one at a time or many for the price of one.
using System.Diagnostics;

namespace Skywire.Crypto;

internal partial struct FieldElement
{
    private readonly struct PrimeModulus : IInversionModulus
    {
        // p = 2^256 - 2^32 - 977 with three limbs zero.
        public static Signed62 Value => new() { V0 = -0x1000003D1, V4 = 0x100 };

        public static ulong Inverse => 0x27C7F6E22DDACACFUL;
    }

    /// <summary>1 / a, and 0 for 0. Magnitude at most 32; gives a normal element.</summary>
    internal static void Invert(in FieldElement a, out FieldElement result)
    {
        var number = ToSigned62(a);
        ModularInverse<PrimeModulus>.Invert(ref number);
        result = FromSigned62(in number);
        ConstantTime.Wipe(ref number);
    }

    /// <summary>1 / a, and 0 for 0, for public a. Magnitude at most 32; gives a normal element.</summary>
    internal static void InvertVartime(in FieldElement a, out FieldElement result)
    {
        var number = ToSigned62(a);
        ModularInverse<PrimeModulus>.InvertVartime(ref number);
        result = FromSigned62(in number);
    }

    /// <summary>Inverts every element (magnitude at most 8, public, none zero) in place with one inversion and three products each. The scratch is as long as the elements.</summary>
    internal static void InvertBatchVartime(Span<FieldElement> elements, Span<FieldElement> scratch)
    {
        Debug.Assert(scratch.Length >= elements.Length);

        // scratch[i] is the product of all elements before i.
        var product = One;
        for (var i = 0; i < elements.Length; i++)
        {
            scratch[i] = product;
            Multiply(in product, in elements[i], out product);
        }

        InvertVartime(in product, out var inverse);
        for (var i = elements.Length - 1; i >= 0; i--)
        {
            Multiply(in inverse, in elements[i], out var next);
            Multiply(in inverse, in scratch[i], out elements[i]);
            inverse = next;
        }
    }

    private static Signed62 ToSigned62(FieldElement a)
    {
        a.Normalize();
        return Signed62.FromWords(a.N0 | (a.N1 << 52), (a.N1 >> 12) | (a.N2 << 40), (a.N2 >> 24) | (a.N3 << 28), (a.N3 >> 36) | (a.N4 << 16));
    }

    private static FieldElement FromSigned62(in Signed62 number)
    {
        number.ToWords(out var d0, out var d1, out var d2, out var d3);
        return FromWords(d0, d1, d2, d3);
    }

    // Four 64-bit words, lowest first.
    private static FieldElement FromWords(ulong d0, ulong d1, ulong d2, ulong d3) => new(
        d0 & LimbMask,
        ((d0 >> 52) | (d1 << 12)) & LimbMask,
        ((d1 >> 40) | (d2 << 24)) & LimbMask,
        ((d2 >> 28) | (d3 << 36)) & LimbMask,
        d3 >> 16);
}
