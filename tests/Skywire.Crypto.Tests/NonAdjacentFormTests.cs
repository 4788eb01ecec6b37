// Sparse digits must add up to their scalar and keep their distance.
using System.Numerics;
using Skywire.Testing;
using Xunit;
using static Skywire.Crypto.Tests.ReferenceCurve;

namespace Skywire.Crypto.Tests;

public sealed class NonAdjacentFormTests
{
    private static IEnumerable<BigInteger> Halves()
    {
        var limit = BigInteger.One << 128;
        for (var i = 0; i < 128; i++)
        {
            yield return BigInteger.One << i;
            yield return (BigInteger.One << i) - 1;
            yield return limit - (BigInteger.One << i);
            yield return limit - 1 - (BigInteger.One << i);
        }

        // Alternating patterns make every digit odd, or every digit negative.
        yield return (limit - 1) / 3;
        yield return 2 * (limit - 1) / 3;
        var entropy = new SeededEntropy(31);
        for (var i = 0; i < Cases.Count(200); i++)
        {
            yield return entropy.Number(limit);
        }
    }

    [Theory]
    [InlineData(2)]
    [InlineData(5)]
    [InlineData(10)]
    [InlineData(15)]
    public void RecodeVartime_EdgeAndRandomHalves_AddUpWithDistance(int width)
    {
        var digits = new short[NonAdjacentForm.Digits];
        foreach (var half in Halves())
        {
            foreach (var sign in new[] { 1, -1 })
            {
                Scalar.Read(ToBytes(Mod(sign * half, N)), out var scalar);
                var used = NonAdjacentForm.RecodeVartime(scalar, width, digits);
                BigInteger sum = 0;
                var last = -width;
                for (var i = 0; i < digits.Length; i++)
                {
                    if (digits[i] == 0)
                    {
                        continue;
                    }

                    sum += (BigInteger)digits[i] << i;
                    Assert.True((digits[i] & 1) == 1 && Math.Abs((int)digits[i]) < 1 << (width - 1));
                    Assert.True(i - last >= width);
                    Assert.True(i < used);
                    last = i;
                }

                Assert.Equal(sign * half, sum);
                Assert.Equal(last < 0 ? 0 : last + 1, used);
            }
        }
    }
}
