// The field against big integers, with the limb patterns where carries go wrong.
using System.Numerics;
using Skywire.Testing;
using Xunit;
using static Skywire.Crypto.Tests.ReferenceCurve;

namespace Skywire.Crypto.Tests;

public sealed class FieldElementTests
{
    private const ulong Limb = FieldElement.LimbMask;
    private const ulong Top = FieldElement.TopMask;

    /// <summary>Limbs at and around their borders, magnitude 1 or less, not all reduced.</summary>
    private static readonly ulong[] Edges = [0, 1, 0x1000003D0, 0xFFFFEFFFFFC2E, 0xFFFFEFFFFFC2F, 0xFFFFEFFFFFC30, Limb - 1, Limb, Limb + 1, (1UL << 53) - 1, 1UL << 53];

    private static readonly ulong[] TopEdges = [0, 1, Top - 1, Top, Top + 1, (1UL << 49) - 1, 1UL << 49];

    private static BigInteger Value(in FieldElement a) => a.N0 + ((BigInteger)a.N1 << 52) + ((BigInteger)a.N2 << 104) + ((BigInteger)a.N3 << 156) + ((BigInteger)a.N4 << 208);

    private static FieldElement Element(BigInteger value)
    {
        Assert.True(FieldElement.TryRead(ToBytes(value), out var element));
        return element;
    }

    // Unreduced elements up to a magnitude: random limbs, some of them at the border.
    private static FieldElement Unreduced(SeededEntropy entropy, int magnitude)
    {
        var bytes = entropy.Bytes(48);
        ulong Pick(int i, ulong[] edges, int bits)
        {
            var random = BitConverter.ToUInt64(bytes, i * 8);
            var limit = (ulong)magnitude << (bits + 1);
            return bytes[40 + i] switch
            {
                < 64 => edges[random % (ulong)edges.Length],
                < 96 => limit,
                < 128 => limit - 1,
                _ => random % (limit + 1),
            };
        }

        return new FieldElement(Pick(0, Edges, 52), Pick(1, Edges, 52), Pick(2, Edges, 52), Pick(3, Edges, 52), Pick(4, TopEdges, 48));
    }

    [Fact]
    public void MultiplyAndSquare_EveryPairOfEdgeLimbs_MatchBigInteger()
    {
        foreach (var low in Edges)
        {
            foreach (var middle in Edges)
            {
                foreach (var top in TopEdges)
                {
                    var a = new FieldElement(low, middle, middle, middle, top);
                    var b = new FieldElement(middle, low, middle, low, top);
                    FieldElement.Multiply(in a, in b, out var product);
                    Assert.Equal(Value(in a) * Value(in b) % P, Value(in product) % P);
                    FieldElement.Square(in a, out var square);
                    Assert.Equal(Value(in a) * Value(in a) % P, Value(in square) % P);
                    Assert.True(product.HasMagnitude(1) && square.HasMagnitude(1));
                }
            }
        }
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(4, 31)]
    [InlineData(11, 11)]
    [InlineData(8, 16)]
    public void Multiply_UnreducedOperandsUpToTheBound_MatchesBigInteger(int first, int second)
    {
        var entropy = new SeededEntropy(first * 100 + second);
        for (var i = 0; i < Cases.Count(2000); i++)
        {
            var a = Unreduced(entropy, first);
            var b = Unreduced(entropy, second);
            FieldElement.Multiply(in a, in b, out var product);
            Assert.Equal(Value(in a) * Value(in b) % P, Value(in product) % P);
            Assert.True(product.HasMagnitude(1));
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(11)]
    public void Square_UnreducedOperandsUpToTheBound_MatchesBigInteger(int magnitude)
    {
        var entropy = new SeededEntropy(magnitude);
        for (var i = 0; i < Cases.Count(2000); i++)
        {
            var a = Unreduced(entropy, magnitude);
            FieldElement.Square(in a, out var square);
            Assert.Equal(Value(in a) * Value(in a) % P, Value(in square) % P);
            Assert.True(square.HasMagnitude(1));
        }
    }

    [Fact]
    public void Multiply_AllLimbsAtTheLargestMagnitudes_DoesNotOverflow()
    {
        var a = new FieldElement(11UL << 53, 11UL << 53, 11UL << 53, 11UL << 53, 11UL << 49);
        FieldElement.Square(in a, out var square);
        Assert.Equal(Value(in a) * Value(in a) % P, Value(in square) % P);
        var b = new FieldElement(31UL << 53, 31UL << 53, 31UL << 53, 31UL << 53, 31UL << 49);
        var c = new FieldElement(4UL << 53, 4UL << 53, 4UL << 53, 4UL << 53, 4UL << 49);
        FieldElement.Multiply(in b, in c, out var product);
        Assert.Equal(Value(in b) * Value(in c) % P, Value(in product) % P);
        FieldElement.Multiply(in c, in b, out product);
        Assert.Equal(Value(in b) * Value(in c) % P, Value(in product) % P);
    }

    [Fact]
    public void Multiply_ResultOverAnOperand_IsTheSame()
    {
        var entropy = new SeededEntropy(9);
        var a = Unreduced(entropy, 2);
        var b = Unreduced(entropy, 2);
        FieldElement.Multiply(in a, in b, out var expected);
        var first = a;
        FieldElement.Multiply(in first, in b, out first);
        var second = b;
        FieldElement.Multiply(in a, in second, out second);
        Assert.Equal(Value(in expected), Value(in first));
        Assert.Equal(Value(in expected), Value(in second));
        FieldElement.Square(in a, out expected);
        FieldElement.Square(in a, out a);
        Assert.Equal(Value(in expected), Value(in a));
    }

    [Fact]
    public void LinearOperations_UnreducedOperands_MatchBigInteger()
    {
        var entropy = new SeededEntropy(3);
        for (var i = 0; i < Cases.Count(3000); i++)
        {
            var magnitude = 1 + (i % 15);
            var a = Unreduced(entropy, magnitude);
            var b = Unreduced(entropy, magnitude);
            FieldElement.Add(in a, in b, out var sum);
            Assert.Equal(Value(in a) + Value(in b), Value(in sum));
            FieldElement.Negate(in a, magnitude, out var negative);
            Assert.Equal(Mod(-Value(in a), P), Value(in negative) % P);
            Assert.True(negative.HasMagnitude(magnitude + 1));
            FieldElement.MultiplySmall(in a, 2, out var twice);
            Assert.Equal(2 * Value(in a), Value(in twice));
            FieldElement.Halve(in a, out var half);
            Assert.Equal(Value(in a) % P, 2 * Value(in half) % P);
            Assert.True(half.HasMagnitude((magnitude / 2) + 1));

            var normal = sum;
            normal.Normalize();
            Assert.True(normal.IsNormal);
            Assert.Equal(Value(in sum) % P, Value(in normal));
            Assert.Equal(0UL, sum.ZeroMask() & (Value(in sum) % P == 0 ? 0UL : ulong.MaxValue));
        }
    }

    [Fact]
    public void Normalize_MultiplesOfPAndNeighbours_AreReduced()
    {
        for (var multiple = 0; multiple <= 60; multiple++)
        {
            foreach (var offset in new[] { -1, 0, 1 })
            {
                if (multiple == 0 && offset < 0)
                {
                    continue;
                }

                // The value in limbs as they come out of sums: low limbs exact, the rest in the top limb; and with a border moved between limbs.
                var value = (multiple * P) + offset;
                var a = new FieldElement((ulong)(value & Limb), (ulong)((value >> 52) & Limb), (ulong)((value >> 104) & Limb), (ulong)((value >> 156) & Limb), (ulong)(value >> 208));
                var moved = a;
                if (moved.N1 > 0)
                {
                    moved.N1--;
                    moved.N0 += Limb + 1;
                }

                foreach (var element in new[] { a, moved })
                {
                    Assert.Equal(value, Value(in element));
                    Assert.Equal(offset == 0 ? ulong.MaxValue : 0, element.ZeroMask());
                    var normal = element;
                    normal.Normalize();
                    Assert.Equal(value % P, Value(in normal));
                    Assert.True(normal.IsNormal);
                }
            }
        }
    }

    [Fact]
    public void InvertAndSquareRoot_RandomAndEdgeValues_MatchBigInteger()
    {
        var entropy = new SeededEntropy(4);
        for (var i = 0; i < Cases.Count(60); i++)
        {
            var value = i == 0 ? BigInteger.Zero : entropy.Number(P);
            var a = Element(value);
            FieldElement.Invert(in a, out var inverse);
            Assert.Equal(Inverse(value, P), Value(in inverse));
            FieldElement.InvertVartime(in a, out inverse);
            Assert.Equal(Inverse(value, P), Value(in inverse));

            var isSquare = value.IsZero || BigInteger.ModPow(value, (P - 1) / 2, P).IsOne;
            Assert.Equal(isSquare, FieldElement.TrySquareRoot(in a, out var root));
            if (isSquare)
            {
                Assert.Equal(value, Value(in root) * Value(in root) % P);
            }
        }
    }

    [Fact]
    public void Invert_UnreducedAndEdgeValues_GiveOne()
    {
        var entropy = new SeededEntropy(6);
        var values = new List<FieldElement>();
        for (var bit = 0; bit < 256; bit++)
        {
            // Runs of equal bits are where division steps take longest.
            values.Add(Element((BigInteger.One << bit) % P));
            values.Add(Element(P - (BigInteger.One << bit) % P));
            values.Add(Unreduced(entropy, 1 + (bit % 8)));
        }

        var batch = values.ToArray();
        FieldElement.InvertBatchVartime(batch, new FieldElement[batch.Length]);
        for (var i = 0; i < batch.Length; i++)
        {
            var value = values[i];
            FieldElement.Invert(in value, out var inverse);
            Assert.True(inverse.IsNormal);
            Assert.Equal(1, Value(in value) * Value(in inverse) % P);
            FieldElement.InvertVartime(in value, out var other);
            Assert.Equal(Value(in inverse), Value(in other));
            Assert.Equal(Value(in inverse), Value(in batch[i]) % P);
        }
    }

    [Fact]
    public void FusedSums_UnreducedOperands_MatchBigInteger()
    {
        var entropy = new SeededEntropy(7);
        for (var i = 0; i < Cases.Count(1000); i++)
        {
            var magnitude = 1 + (i % 7);
            var a = Unreduced(entropy, magnitude);
            var b = Unreduced(entropy, magnitude);
            var c = Unreduced(entropy, magnitude);
            FieldElement.AddNegative(in a, in b, magnitude, out var difference);
            Assert.Equal(Mod(Value(in a) - Value(in b), P), Value(in difference) % P);
            Assert.True(difference.HasMagnitude((2 * magnitude) + 1));
            FieldElement.AddTwice(in a, in b, in c, out var sum);
            Assert.Equal(Value(in a) + Value(in b) + (2 * Value(in c)), Value(in sum));
        }
    }

    [Fact]
    public void TryRead_ValuesAroundP_AcceptsOnlyThoseBelow()
    {
        foreach (var offset in new[] { -2, -1, 0, 1, 977 })
        {
            Assert.Equal(offset < 0, FieldElement.TryRead(ToBytes(P + offset), out _));
        }

        Assert.False(FieldElement.TryRead(Enumerable.Repeat((byte)0xFF, 32).ToArray(), out _));
        var bytes = new SeededEntropy(1).Bytes(32);
        Assert.True(FieldElement.TryRead(bytes, out var element));
        Assert.Equal(FromBytes(bytes), Value(in element));
        var written = new byte[32];
        element.Write(written);
        Assert.Equal(bytes, written);
    }

    [Fact]
    public void MoveIf_BothMasks_MovesAllOrNothing()
    {
        var a = new FieldElement(1, 2, 3, 4, 5);
        var b = new FieldElement(6, 7, 8, 9, 10);
        var target = a;
        target.MoveIf(0, in b);
        Assert.Equal(Value(in a), Value(in target));
        target.MoveIf(ulong.MaxValue, in b);
        Assert.Equal(Value(in b), Value(in target));
    }
}
