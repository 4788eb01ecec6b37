// The addition formulas over whole small groups: every pair of points, so that no special case can hide.
using System.Numerics;
using Xunit;
using static Skywire.Crypto.Tests.ReferenceCurve;

namespace Skywire.Crypto.Tests;

/// <summary>
/// The formulas do not use the 7 of y^2 = x^3 + 7, and other curves y^2 = x^3 + b over the same field have subgroups of a few points. There every
/// combination (equal, opposite, infinite, same y with another x, opposite y with another x) can be tried.
/// </summary>
public sealed class SmallGroupTests
{
    private static readonly BigInteger[] Scales = [1, 2, P - 1, Hex("123456789abcdef0fedcba9876543210123456789abcdef0fedcba9876543210")];

    // Points of the order given, found by multiplying a random point with the cofactor.
    private static (BigInteger X, BigInteger Y) GroupGenerator(int order) => order switch
    {
        13 => (Hex("3ad3e1ec92dc070a346a975330b12e1d929c645be56584aa88e489aa3d68746b"), Hex("ab34e4942373ed8cf787bb15bc0b9fc1f15065bc091001aa6c607f91c8520383")), // b = 2
        _ => (Hex("fa7cc9a70737f2dba749dd392b4fb0693b017a7da808c2f1fb12940c9ea66c18"), Hex("78ac123a5ed8aef38732bc911f3a286848df246c808dae72cfe525727f0501ed")), // b = 4
    };

    // Entry i is i times the generator, by the textbook; entry 0 is infinity.
    private static (BigInteger X, BigInteger Y)?[] Group(int order)
    {
        var group = new (BigInteger X, BigInteger Y)?[order];
        for (var i = 1; i < order; i++)
        {
            group[i] = ReferenceCurve.Add(group[i - 1], GroupGenerator(order));
        }

        Assert.Null(ReferenceCurve.Add(group[order - 1], GroupGenerator(order)));
        return group;
    }

    private static FieldElement Element(BigInteger value)
    {
        Assert.True(FieldElement.TryRead(ToBytes(Mod(value, P)), out var element));
        return element;
    }

    private static AffinePoint Affine((BigInteger X, BigInteger Y) point) => new() { X = Element(point.X), Y = Element(point.Y) };

    private static JacobianPoint Jacobian((BigInteger X, BigInteger Y)? point, BigInteger z) => point is not { } p
        ? JacobianPoint.Infinity
        : new JacobianPoint { X = Element(p.X * z * z), Y = Element(p.Y * z * z * z), Z = Element(z) };

    private static (BigInteger X, BigInteger Y) Value(in AffinePoint point)
    {
        byte[] x = new byte[32], y = new byte[32];
        FieldElement px = point.X, py = point.Y;
        px.Normalize();
        py.Normalize();
        px.Write(x);
        py.Write(y);
        return (FromBytes(x), FromBytes(y));
    }

    private static (BigInteger X, BigInteger Y)? Value(in JacobianPoint point)
    {
        if (point.InfinityMask != 0)
        {
            return null;
        }

        Assert.True(point.X.HasMagnitude(4) && point.Y.HasMagnitude(4) && point.Z.HasMagnitude(1));
        point.ToAffine(out var affine);
        return Value(in affine);
    }

    [Theory]
    [InlineData(13)]
    [InlineData(199)]
    public void Additions_EveryPairOfTheGroup_MatchTheTextbook(int order)
    {
        var group = Group(order);
        for (var i = 0; i < order; i++)
        {
            var a = Jacobian(group[i], Scales[i % Scales.Length]);
            for (var j = 1; j < order; j++)
            {
                var b = Affine(group[j]!.Value);
                var expected = group[(i + j) % order];
                JacobianPoint.Add(in a, in b, out var sum);
                Assert.Equal(expected, Value(in sum));
                JacobianPoint.AddVartime(in a, in b, out sum);
                Assert.Equal(expected, Value(in sum));
                if (i != 0 && i != j && i + j != order)
                {
                    JacobianPoint.AddDistinct(in a, in b, out sum);
                    Assert.Equal(expected, Value(in sum));
                }
            }
        }
    }

    [Theory]
    [InlineData(13)]
    [InlineData(199)]
    public void AddScaledVartime_EveryPairOfTheGroup_MatchesTheTextbook(int order)
    {
        var group = Group(order);
        var scale = Scales[3];
        var scaleElement = Element(scale);
        for (var i = 0; i < order; i++)
        {
            // The sum keeps (X / (Z s)^2, Y / (Z s)^3); with the scale put into Z it is an ordinary point again.
            var a = Jacobian(group[i], Mod(Scales[i % 3] * scale, P));
            a.Z = Element(Scales[i % 3]);
            for (var j = 1; j < order; j++)
            {
                JacobianPoint.AddScaledVartime(in a, Affine(group[j]!.Value), in scaleElement, out var sum);
                FieldElement.Multiply(in sum.Z, in scaleElement, out sum.Z);
                Assert.Equal(group[(i + j) % order], Value(in sum));
            }
        }
    }

    [Theory]
    [InlineData(13)]
    [InlineData(199)]
    public void DoubleAndBatch_EveryPointOfTheGroup_MatchTheTextbook(int order)
    {
        var group = Group(order);
        var points = new JacobianPoint[order - 1];
        for (var i = 0; i < order; i++)
        {
            var a = Jacobian(group[i], Scales[i % Scales.Length]);
            JacobianPoint.Double(in a, out var twice);
            Assert.Equal(group[2 * i % order], Value(in twice));
            if (i > 0)
            {
                twice.ToAffineVartime(out var single);
                Assert.Equal(group[2 * i % order], Value(in single));
                points[i - 1] = twice;
            }
        }

        var affine = new AffinePoint[points.Length];
        JacobianPoint.ToAffineVartime(points, affine);
        for (var i = 1; i < order; i++)
        {
            Assert.Equal(group[2 * i % order], Value(in affine[i - 1]));
        }
    }

    [Fact]
    public void MultiplyByLambda_EveryPointOfTheGroup_IsAMultiplication()
    {
        const int Order = 199;
        var group = Group(Order);
        var turned = Affine(group[1]!.Value);
        turned.MultiplyByLambda();
        var lambda = Array.IndexOf(group, Value(in turned));
        Assert.Equal(0, ((lambda * lambda) + lambda + 1) % Order);
        for (var i = 1; i < Order; i++)
        {
            turned = Affine(group[i]!.Value);
            turned.MultiplyByLambda();
            Assert.Equal(group[i * lambda % Order], Value(in turned));
        }
    }

    [Theory]
    [InlineData(8)]
    [InlineData(OddMultiples.MaxEntries)]
    public void OddMultiples_EveryPointOfTheGroup_MatchTheTextbook(int entries)
    {
        const int Order = 199;
        var group = Group(Order);
        var table = new AffinePoint[entries];
        for (var i = 1; i < Order; i++)
        {
            OddMultiples.Fill(Affine(group[i]!.Value), table, out var sharedZ);
            for (var entry = 0; entry < entries; entry++)
            {
                var point = new JacobianPoint(in table[entry]) { Z = sharedZ };
                Assert.Equal(group[((2 * entry) + 1) * i % Order], Value(in point));
            }
        }
    }
}
