// Constant time, statistically: do two kinds of secrets take measurably different time?
using System.Diagnostics;
using System.Security.Cryptography;
using Skywire.Testing;
using Xunit;
using static Skywire.Crypto.Tests.ReferenceCurve;

namespace Skywire.Crypto.Tests;

/// <summary>
/// After dudect (Reparaz, Balasch, Verbauwhede, 2017): one class of measurements uses one fixed secret, the other random ones, in random order; Welch's
/// t-test compares the means after the slowest measurements (interrupts) are dropped. Without a leak |t| stays
/// below 5; a variable-time operation gives hundreds. The gate is loose and has three tries because machines are shared; the exact test is <see cref="InstructionCountTests"/>.
/// </summary>
[Trait("Category", "Slow")]
public sealed class TimingTests(ITestOutputHelper output)
{
    private const double Gate = 10;
    private const int Attempts = 3;

    // A few bits set: the worst case for anything that skips zeros.
    private static readonly byte[] Fixed = ToBytes(3);

    [Fact]
    public void Ecdh_FixedAgainstRandomSecrets_TakesTheSameTime()
    {
        Assert.True(SecKey.TryParse(Random(1), out var other));
        using (other)
        {
            var peer = other!.PublicKey;
            var product = new byte[PubKey.Size];
            AssertNoLeak("ECDH", 4000, secret => Ecdh.Multiply(secret, peer, product));
        }
    }

    [Fact]
    public void PublicKey_FixedAgainstRandomSecrets_TakesTheSameTime() => AssertNoLeak("key generation", 8000, secret => SecKey.ComputePublicKey(secret));

    [Fact]
    public void Sign_FixedAgainstRandomKeys_TakesTheSameTime()
    {
        byte[] digest = Random(2), nonce = Random(3);
        AssertNoLeak("signing, key", 6000, secret => Ecdsa.TrySignWithNonce(secret, digest, nonce, out _));
        AssertNoLeak("signing, nonce", 6000, secret => Ecdsa.TrySignWithNonce(digest, digest, secret, out _));
    }

    [Fact]
    public void MultiplyAddVartime_FixedAgainstRandomScalars_IsNoticed()
    {
        // The method can see a difference: this operation is variable time by name.
        var t = Math.Abs(Measure(4000, secret =>
        {
            Scalar.Read(secret, out var scalar);
            StraussMultiplication.MultiplyAddVartime(AffinePoint.Generator, in scalar, in scalar, out _);
        }));
        output.WriteLine($"variable-time multiplication: |t| = {t:F1}");
        Assert.InRange(t, Gate, double.MaxValue);
    }

    private static byte[] Random(int seed)
    {
        var bytes = SHA256.HashData([(byte)seed]);
        bytes[0] &= 0x7F;
        return bytes;
    }

    private void AssertNoLeak(string name, int samples, Action<byte[]> operation)
    {
        var smallest = double.MaxValue;
        for (var attempt = 0; attempt < Attempts && smallest > Gate; attempt++)
        {
            var t = Math.Abs(Measure(samples, operation));
            output.WriteLine($"{name}: |t| = {t:F1}");
            smallest = Math.Min(smallest, t);
        }

        Assert.InRange(smallest, 0, Gate);
    }

    private static double Measure(int samples, Action<byte[]> operation)
    {
        var entropy = new SeededEntropy(61);
        var secrets = new byte[samples][];
        var isFixed = new bool[samples];
        for (var i = 0; i < samples; i++)
        {
            // Both classes come from memory that was written in the same way.
            isFixed[i] = (entropy.Bytes(1)[0] & 1) == 0;
            secrets[i] = entropy.Bytes(32);
            secrets[i][0] &= 0x7F;
            if (isFixed[i])
            {
                Fixed.CopyTo(secrets[i], 0);
            }
        }

        var times = new long[samples];
        for (var i = 0; i < samples / 4; i++)
        {
            operation(secrets[i]);
        }

        for (var i = 0; i < samples; i++)
        {
            var start = Stopwatch.GetTimestamp();
            operation(secrets[i]);
            times[i] = Stopwatch.GetTimestamp() - start;
        }

        var limit = times.Order().ElementAt(samples * 8 / 10);
        return Welch(Pick(true), Pick(false));

        double[] Pick(bool kind) => [.. times.Where((time, i) => isFixed[i] == kind && time <= limit).Select(time => (double)time)];
    }

    private static double Welch(double[] a, double[] b)
    {
        double meanA = a.Average(), meanB = b.Average();
        var varianceA = a.Sum(x => (x - meanA) * (x - meanA)) / (a.Length - 1);
        var varianceB = b.Sum(x => (x - meanB) * (x - meanB)) / (b.Length - 1);
        return (meanA - meanB) / Math.Sqrt((varianceA / a.Length) + (varianceB / b.Length));
    }
}
