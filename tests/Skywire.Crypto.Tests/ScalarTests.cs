// Arithmetic modulo the group order against big integers.
using System.Numerics;
using Skywire.Testing;
using Xunit;
using static Skywire.Crypto.Tests.ReferenceCurve;

namespace Skywire.Crypto.Tests;

public sealed class ScalarTests
{
    private static readonly BigInteger[] Edges =
    [
        0, 1, 2, 3, N - 1, N - 2, N / 2, (N / 2) + 1, (N / 2) - 1, BigInteger.One << 64, (BigInteger.One << 64) - 1, BigInteger.One << 128, (BigInteger.One << 128) - 1,
        BigInteger.One << 192, BigInteger.One << 255, (BigInteger.One << 255) - 1, (BigInteger.One << 256) - N, Lambda, N - Lambda, BigInteger.One << 62, BigInteger.One << 124,
    ];

    private static Scalar Make(BigInteger value)
    {
        Assert.Equal(0UL, Scalar.Read(ToBytes(value), out var scalar));
        return scalar;
    }

    private static BigInteger Value(in Scalar scalar)
    {
        var bytes = new byte[32];
        scalar.Write(bytes);
        return FromBytes(bytes);
    }

    private static IEnumerable<BigInteger> Values(int seed, int count)
    {
        var entropy = new SeededEntropy(seed);
        return Edges.Concat(Enumerable.Range(0, Cases.Count(count)).Select(_ => entropy.Number(N)));
    }

    [Fact]
    public void AddAndMultiply_EdgesAndRandomValues_MatchBigInteger()
    {
        var values = Values(1, 60).ToArray();
        for (var i = 0; i < values.Length; i++)
        {
            // Every edge meets every edge; random values meet the next few.
            var partners = i < Edges.Length ? values.Length : Math.Min(values.Length, i + 40);
            for (var j = i; j < partners; j++)
            {
                Scalar a = Make(values[i]), b = Make(values[j]);
                Scalar.Add(in a, in b, out var sum);
                Assert.Equal((values[i] + values[j]) % N, Value(in sum));
                Scalar.Multiply(in a, in b, out var product);
                Assert.Equal(values[i] * values[j] % N, Value(in product));
            }
        }
    }

    [Fact]
    public void UnaryOperations_EdgesAndRandomValues_MatchBigInteger()
    {
        foreach (var value in Values(2, 100))
        {
            var a = Make(value);
            Scalar.Negate(in a, out var negative);
            Assert.Equal(Mod(-value, N), Value(in negative));
            Scalar.Halve(in a, out var half);
            Assert.Equal(value, 2 * Value(in half) % N);
            Scalar.Invert(in a, out var inverse);
            Assert.Equal(Inverse(value, N), Value(in inverse));
            Scalar.InvertVartime(in a, out inverse);
            Assert.Equal(Inverse(value, N), Value(in inverse));
            Assert.Equal(value > N / 2 ? ulong.MaxValue : 0, a.HighMask);
            Assert.Equal(value.IsZero ? ulong.MaxValue : 0, a.ZeroMask);
            var chosen = a;
            chosen.NegateIf(0);
            Assert.Equal(value, Value(in chosen));
            chosen.NegateIf(ulong.MaxValue);
            Assert.Equal(Mod(-value, N), Value(in chosen));
            for (var position = 0; position < 260; position += 5)
            {
                Assert.Equal((ulong)((value >> position) & 31), a.Bits(position, 5));
            }
        }
    }

    [Fact]
    public void Split_EdgesAndRandomValues_GivesTwoShortHalves()
    {
        foreach (var value in Values(3, 2000))
        {
            var a = Make(value);
            Scalar.Split(in a, out var first, out var second);
            Assert.Equal(value, (Value(in first) + (Lambda * Value(in second))) % N);
            foreach (var half in new[] { Value(in first), Value(in second) })
            {
                Assert.True(BigInteger.Min(half, N - half) < BigInteger.One << 128);
            }
        }
    }

    [Fact]
    public void Read_ValuesFromN_AreReducedAndFlagged()
    {
        foreach (var value in new[] { N, N + 1, P, (BigInteger.One << 256) - 1 })
        {
            Assert.Equal(ulong.MaxValue, Scalar.Read(ToBytes(value), out var scalar));
            Assert.Equal(value - N, Value(in scalar));
        }
    }
}
