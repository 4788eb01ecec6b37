// Point arithmetic at the places where formulas have exceptions, and products against the textbook.
using System.Numerics;
using Skywire.Testing;
using Xunit;
using static Skywire.Crypto.Tests.ReferenceCurve;

namespace Skywire.Crypto.Tests;

public sealed class PointTests
{
    private static AffinePoint Affine((BigInteger X, BigInteger Y) point)
    {
        Assert.True(AffinePoint.TryRead(Compress(point), out var affine));
        return affine;
    }

    // The same point with another Z, as it comes out of a chain of operations.
    private static JacobianPoint Scaled((BigInteger X, BigInteger Y)? point, BigInteger z)
    {
        if (point is not { } p)
        {
            return JacobianPoint.Infinity;
        }

        JacobianPoint jacobian;
        FieldElement.TryRead(ToBytes(p.X * z * z % P), out jacobian.X);
        FieldElement.TryRead(ToBytes(p.Y * z * z * z % P), out jacobian.Y);
        FieldElement.TryRead(ToBytes(z), out jacobian.Z);
        jacobian.InfinityMask = 0;
        return jacobian;
    }

    private static void AssertSame((BigInteger X, BigInteger Y)? expected, in JacobianPoint actual)
    {
        Assert.Equal(expected is null ? ulong.MaxValue : 0, actual.InfinityMask);
        if (expected is { } point)
        {
            Assert.True(actual.X.HasMagnitude(4) && actual.Y.HasMagnitude(4) && actual.Z.HasMagnitude(1));
            actual.ToAffine(out var affine);
            var bytes = new byte[33];
            affine.Write(bytes);
            Assert.Equal(Convert.ToHexString(Compress(point)), Convert.ToHexString(bytes));
        }
    }

    private static (BigInteger X, BigInteger Y) Negative((BigInteger X, BigInteger Y) p) => (p.X, P - p.Y);

    [Fact]
    public void Add_EverySpecialPair_MatchesTheTextbook()
    {
        var entropy = new SeededEntropy(5);
        for (var i = 0; i < Cases.Count(10); i++)
        {
            var a = Multiply(1 + entropy.Number(N - 1), G)!.Value;
            var other = Multiply(1 + entropy.Number(N - 1), G)!.Value;
            var turned = Multiply(Lambda, a)!.Value; // the same y, another x
            var turnedTwice = Multiply(Lambda, turned)!.Value;
            var z = 1 + entropy.Number(P - 1);

            // Equal, opposite, y1 = -y2 with different x (the degenerate case of the formula), y1 = y2, infinity, unrelated.
            foreach (var b in new[] { a, Negative(a), turned, Negative(turned), turnedTwice, Negative(turnedTwice), other })
            {
                foreach (var left in new (BigInteger X, BigInteger Y)?[] { a, null })
                {
                    var affine = Affine(b);
                    var jacobian = Scaled(left, z);
                    JacobianPoint.Add(in jacobian, in affine, out var sum);
                    AssertSame(ReferenceCurve.Add(left, b), in sum);
                    JacobianPoint.AddVartime(in jacobian, in affine, out sum);
                    AssertSame(ReferenceCurve.Add(left, b), in sum);

                    // Once more on the result, which may be infinity now.
                    JacobianPoint.Add(in sum, in affine, out var again);
                    AssertSame(ReferenceCurve.Add(ReferenceCurve.Add(left, b), b), in again);
                    JacobianPoint.Add(in jacobian, in affine, out jacobian);
                    AssertSame(ReferenceCurve.Add(left, b), in jacobian);
                }
            }

            var doubled = Scaled(a, z);
            JacobianPoint.Double(in doubled, out doubled);
            AssertSame(ReferenceCurve.Add(a, a), in doubled);
            doubled = JacobianPoint.Infinity;
            JacobianPoint.Double(in doubled, out doubled);
            AssertSame(null, in doubled);
        }
    }

    /// <summary>Scalars that drive the chains through their special cases: ends, windows of all ones or zeros, halves that split to nothing.</summary>
    private static IEnumerable<BigInteger> CraftedScalars()
    {
        for (var i = 0; i < 40; i++)
        {
            yield return i;
            yield return N - 1 - i;
            yield return Mod(Lambda * i, N);
            yield return Mod(-Lambda * i, N);
            yield return Mod((Lambda * i) + i + 1, N);
            yield return Mod((Lambda + 1) * ((BigInteger.One << 129) - 1) * Mod(i - 20, N), N);
        }

        for (var bit = 1; bit < 256; bit += 3)
        {
            yield return (BigInteger.One << bit) % N;
            yield return ((BigInteger.One << bit) - 1) % N;
            yield return (N - (BigInteger.One << bit)) % N;
        }

        // Inputs whose recoded digits are all lowest, all highest, or zero.
        yield return Mod(1 - (BigInteger.One << 260), N);
        yield return Mod(-((BigInteger.One << 130) - (BigInteger.One << 129) - 1) * (1 + Lambda), N);
        yield return N / 2;
        yield return (N / 2) + 1;
    }

    [Fact]
    public void GeneratorMultiply_CraftedScalars_MatchTheTextbook()
    {
        foreach (var k in CraftedScalars())
        {
            Scalar.Read(ToBytes(k), out var scalar);
            GeneratorTable.Multiply(in scalar, out var product);
            var expected = ReferenceCurve.Multiply(k, G);
            AssertSame(expected, in product);
        }
    }

    [Fact]
    public void Multiply_CraftedScalars_MatchTheTextbook()
    {
        foreach (var secret in new[] { BigInteger.One, 0x1234567, Lambda })
        {
            var point = ReferenceCurve.Multiply(secret, G)!.Value;
            var affine = Affine(point);
            foreach (var k in CraftedScalars())
            {
                Scalar.Read(ToBytes(k), out var scalar);
                PointMultiplication.Multiply(in affine, in scalar, out var product);
                AssertSame(ReferenceCurve.Multiply(k, point), in product);
            }
        }
    }

    [Fact]
    public void MultiplyAddVartime_CraftedPairs_MatchTheTextbook()
    {
        var secret = new BigInteger(987654321);
        var point = ReferenceCurve.Multiply(secret, G)!.Value;
        var affine = Affine(point);
        var entropy = new SeededEntropy(6);
        foreach (var a in CraftedScalars().Where((_, i) => i % 3 == 0))
        {
            // Random, absent, and cancelling to infinity.
            foreach (var b in new[] { entropy.Number(N), BigInteger.Zero, Mod(-a * secret, N), Mod(a * secret, N) })
            {
                Scalar.Read(ToBytes(a), out var first);
                Scalar.Read(ToBytes(b), out var second);
                StraussMultiplication.MultiplyAddVartime(in affine, in first, in second, out var sum);
                AssertSame(ReferenceCurve.Add(ReferenceCurve.Multiply(a, point), ReferenceCurve.Multiply(b, G)), in sum);
            }
        }
    }

    [Fact]
    public void Products_RandomScalars_AgreeWithEachOther()
    {
        var entropy = new SeededEntropy(7);
        for (var i = 0; i < Cases.Count(300); i++)
        {
            BigInteger a = entropy.Number(N), b = 1 + entropy.Number(N - 1);
            Scalar.Read(ToBytes(a), out var first);
            Scalar.Read(ToBytes(b), out var second);
            GeneratorTable.Multiply(in second, out var point);
            point.ToAffine(out var affine);
            PointMultiplication.Multiply(in affine, in first, out var product);
            Scalar.Multiply(in first, in second, out var both);
            GeneratorTable.Multiply(in both, out var expected);
            Assert.Equal(expected.InfinityMask, product.InfinityMask);
            if (expected.InfinityMask == 0)
            {
                Assert.Equal(PubKey.FromPoint(in expected), PubKey.FromPoint(in product));
            }
        }
    }

    [Fact]
    public void Scan_EveryIndex_GivesThatEntry()
    {
        var table = Enumerable.Range(0, 16).Select(i => new AffinePoint
        {
            X = new FieldElement((ulong)i, (ulong)i + 100, (ulong)i + 200, (ulong)i + 300, (ulong)i + 400),
            Y = new FieldElement((ulong)i + 500, (ulong)i + 600, (ulong)i + 700, (ulong)i + 800, (ulong)i + 900),
        }).ToArray();
        for (var index = 0UL; index < 16; index++)
        {
            AffinePoint.Scan(table, index, out var entry);
            ulong[] limbs = [entry.X.N0, entry.X.N1, entry.X.N2, entry.X.N3, entry.X.N4, entry.Y.N0, entry.Y.N1, entry.Y.N2, entry.Y.N3, entry.Y.N4];
            Assert.Equal(Enumerable.Range(0, 10).Select(i => index + (ulong)(100 * i)), limbs);
        }
    }
}
