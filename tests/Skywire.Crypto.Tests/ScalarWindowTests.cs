// Every digit of every window of the three multiplications, and scalars next to all their borders.
using System.Numerics;
using Skywire.Testing;
using Xunit;
using static Skywire.Crypto.Tests.ReferenceCurve;

namespace Skywire.Crypto.Tests;

public sealed class ScalarWindowTests
{
    private static readonly BigInteger HalfLimit = BigInteger.One << 129;

    private static Scalar Make(BigInteger value)
    {
        Assert.Equal(0UL, Scalar.Read(ToBytes(Mod(value, N)), out var scalar));
        return scalar;
    }

    private static PubKey? Key(in JacobianPoint point) => point.InfinityMask != 0 ? null : PubKey.FromPoint(in point);

    // The three ways to k G have nothing in common but the formulas, which the small groups prove.
    private static PubKey? AllWays(BigInteger k)
    {
        var scalar = Make(k);
        GeneratorTable.Multiply(in scalar, out var fromTable);
        PointMultiplication.Multiply(AffinePoint.Generator, in scalar, out var fromPoint);
        var expected = Key(in fromTable);
        Assert.Equal(expected, Key(in fromPoint));
        var zero = default(Scalar);
        StraussMultiplication.MultiplyAddVartime(AffinePoint.Generator, in zero, in scalar, out var sum);
        Assert.Equal(expected, Key(in sum));
        StraussMultiplication.MultiplyAddVartime(AffinePoint.Generator, in scalar, in zero, out sum);
        Assert.Equal(expected, Key(in sum));
        return expected;
    }

    [Fact]
    public void Multiply_SmallScalarsAndTheirNegatives_CountUpFromTheGenerator()
    {
        var multiple = JacobianPoint.Infinity;
        for (var k = 0; k < 600; k++)
        {
            var expected = Key(in multiple);
            Assert.Equal(expected, AllWays(k));
            var opposite = AllWays(-k);
            Assert.Equal(expected?.ToString()[2..], opposite?.ToString()[2..]);
            Assert.Equal(k == 0, expected == opposite);
            JacobianPoint.AddVartime(in multiple, AffinePoint.Generator, out multiple);
        }
    }

    [Fact]
    public void Multiply_MultiplesOfLambda_TurnTheSmallOnes()
    {
        for (var i = -40; i <= 40; i++)
        {
            for (var j = -3; j <= 3; j++)
            {
                var expected = Multiply(i + (Lambda * j), G);
                var key = AllWays(i + (Lambda * j));
                Assert.Equal(expected is { } point ? Convert.ToHexStringLower(Compress(point)) : null, key?.ToString());
            }
        }
    }

    [Fact]
    public void GeneratorMultiply_EveryDigitOfEveryWindow_AgreesWithTheOtherWays()
    {
        var entropy = new SeededEntropy(41);
        for (var window = 0; window < 52; window++)
        {
            for (var digit = 0; digit < 32; digit++)
            {
                // The table multiplies v = (k + 2^260 - 1) / 2 modulo n; above bit 255 that can only be 0 or 1, so the value is reduced as it comes.
                var v = entropy.Number(N) & ~((BigInteger)31 << (5 * window));
                v |= (BigInteger)digit << (5 * window);
                AllWays((2 * v) - (BigInteger.One << 260) + 1);
            }
        }
    }

    [Fact]
    public void Multiply_EveryDigitOfEveryWindowOfBothHalves_AgreesWithTheOtherWays()
    {
        var entropy = new SeededEntropy(42);
        for (var window = 0; window < 26; window++)
        {
            for (var digit = 0; digit < 32; digit++)
            {
                var v1 = entropy.Number(HalfLimit) & ~((BigInteger)31 << (5 * window));
                var v2 = entropy.Number(HalfLimit);
                v1 |= (BigInteger)digit << (5 * window);
                AllWays(FromHalves(v1, v2));
                AllWays(FromHalves(v2, v1));
            }
        }
    }

    [Fact]
    public void Multiply_HalvesAtTheirExtremes_AgreesWithTheOtherWays()
    {
        BigInteger[] extremes =
        [
            0, 1, 2, 31, 32, 33, BigInteger.One << 64, (BigInteger.One << 125) - 1, BigInteger.One << 125, (BigInteger.One << 128) - 1, BigInteger.One << 128,
            (BigInteger.One << 128) + 1, HalfLimit - (BigInteger.One << 64), HalfLimit - 33, HalfLimit - 32, HalfLimit - 2, HalfLimit - 1, HalfLimit,
            Hex("3086d221a7d46bcde86c90e49284eb15"), Hex("e4437ed6010e88286f547fa90abfe4c3"), Hex("114ca50f7a8e2f3f657c1108d9d44cfd8"),
        ];
        foreach (var v1 in extremes)
        {
            foreach (var v2 in extremes)
            {
                AllWays(FromHalves(v1, v2));
                AllWays(v1 + (Lambda * v2));
                AllWays(v1 - (Lambda * v2));
            }
        }
    }

    // k whose recoded halves are v1 and v2, or an equivalent pair where these are out of the split's range: see PointMultiplication.
    private static BigInteger FromHalves(BigInteger v1, BigInteger v2)
    {
        var shift = BigInteger.One << 128;
        var offset = (BigInteger.One << 130) - (BigInteger.One << 129) - 1;
        return (2 * (v1 - shift + (Lambda * (v2 - shift)))) - (offset * (1 + Lambda));
    }
}
