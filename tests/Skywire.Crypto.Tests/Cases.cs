// How many random cases a test runs.
using System.Numerics;
using Skywire.Testing;

namespace Skywire.Crypto.Tests;

/// <summary>Seeded random inputs: a few by default, many with SKYWIRE_TEST_LONG=1.</summary>
internal static class Cases
{
    private const int LongFactor = 50;

    internal static int Count(int quick) => Environment.GetEnvironmentVariable("SKYWIRE_TEST_LONG") == "1" ? quick * LongFactor : quick;

    internal static byte[] Bytes(this SeededEntropy entropy, int length)
    {
        var bytes = new byte[length];
        entropy.Fill(bytes);
        return bytes;
    }

    /// <summary>A number below the modulus: mostly uniform, often near an end or with long runs of equal bits.</summary>
    internal static BigInteger Number(this SeededEntropy entropy, BigInteger modulus)
    {
        var bytes = entropy.Bytes(35);
        var value = new BigInteger(bytes.AsSpan(0, 32), true);
        var small = new BigInteger(bytes[33]);
        switch (bytes[32] & 7)
        {
            case 0:
                value = modulus - 1 - small;
                break;
            case 1:
                value = (BigInteger.One << bytes[33]) - small;
                break;
            case 2:
                value = (BigInteger.One << bytes[33]) - (BigInteger.One << (bytes[34] & bytes[33]));
                break;
            default:
                break;
        }

        return ReferenceCurve.Mod(value, modulus);
    }
}
