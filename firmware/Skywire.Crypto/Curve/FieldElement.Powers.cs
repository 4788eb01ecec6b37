// Square roots by a fixed power, so that their time depends on nothing.
namespace Skywire.Crypto;

internal partial struct FieldElement
{
    /// <summary>A square root of <paramref name="a"/> (magnitude at most 11) of magnitude 1; false when there is none. The refusal is public.</summary>
    internal static bool TrySquareRoot(in FieldElement a, out FieldElement root)
    {
        // p = 3 (mod 4), so a root is a^((p + 1) / 4); (p + 1) / 4 = 223 ones, 0, 22 ones, 0000, 11, 00.
        var value = a;
        PowerOfOnes(in value, out var x2, out var x22, out var x223);
        SquareTimes(in x223, 23, out var t);
        Multiply(in t, in x22, out t);
        SquareTimes(in t, 6, out t);
        Multiply(in t, in x2, out t);
        SquareTimes(in t, 2, out root);
        Square(in root, out t);
        return EqualMask(in t, in value) != 0;
    }

    // xN = a^(2^N - 1), for the three lengths that both exponents are made of.
    private static void PowerOfOnes(in FieldElement a, out FieldElement x2, out FieldElement x22, out FieldElement x223)
    {
        Square(in a, out x2);
        Multiply(in x2, in a, out x2);
        Square(in x2, out var x3);
        Multiply(in x3, in a, out x3);
        SquareTimes(in x3, 3, out var t);
        Multiply(in t, in x3, out t); // 6
        SquareTimes(in t, 3, out t);
        Multiply(in t, in x3, out t); // 9
        SquareTimes(in t, 2, out t);
        Multiply(in t, in x2, out var x11);
        SquareTimes(in x11, 11, out x22);
        Multiply(in x22, in x11, out x22);
        SquareTimes(in x22, 22, out var x44);
        Multiply(in x44, in x22, out x44);
        SquareTimes(in x44, 44, out var x88);
        Multiply(in x88, in x44, out x88);
        SquareTimes(in x88, 88, out t);
        Multiply(in t, in x88, out t); // 176
        SquareTimes(in t, 44, out t);
        Multiply(in t, in x44, out t); // 220
        SquareTimes(in t, 3, out t);
        Multiply(in t, in x3, out x223);
    }

    private static void SquareTimes(in FieldElement a, int times, out FieldElement result)
    {
        Square(in a, out result);
        for (var i = 1; i < times; i++)
        {
            Square(in result, out result);
        }
    }
}
