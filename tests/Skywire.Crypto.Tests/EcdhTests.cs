// Key agreement and public keys against two other implementations.
using System.Numerics;
using System.Security.Cryptography;
using Skywire.Testing;
using Xunit;
using static Skywire.Crypto.Tests.ReferenceCurve;

namespace Skywire.Crypto.Tests;

public sealed class EcdhTests
{
    private static SecKey Key(BigInteger d)
    {
        Assert.True(SecKey.TryParse(ToBytes(d), out var key));
        return key!;
    }

    [Fact]
    public void Ecdh_RandomKeys_MatchesPlatformAndBouncyCastle()
    {
        var entropy = new SeededEntropy(21);
        for (var i = 0; i < Cases.Count(12); i++)
        {
            BigInteger a = 1 + entropy.Number(N - 1), b = 1 + entropy.Number(N - 1);
            using var first = Key(a);
            using var second = Key(b);
            Assert.Equal(Compress(Multiply(a, G)!.Value), first.PublicKey.ToBytes());

            var product = new byte[33];
            Ecdh.Multiply(first.Bytes, second.PublicKey, product);
            Assert.Equal(PlatformCurve.Agree(first, second.PublicKey), product[1..]);
            Assert.Equal(Compress(Multiply(a * b, G)!.Value), product);

            byte[] shared = new byte[32], other = new byte[32];
            first.Ecdh(second.PublicKey, shared);
            second.Ecdh(first.PublicKey, other);
            Assert.Equal(SHA256.HashData(product), shared);
            Assert.Equal(shared, other);
        }
    }

    [Fact]
    public void Ecdh_EdgeScalars_MatchBouncyCastle()
    {
        BigInteger[] scalars = [1, 2, 3, 31, 32, N - 1, N - 2, N / 2, (N / 2) + 1, Lambda, N - Lambda, Lambda + 1, BigInteger.One << 128, (BigInteger.One << 128) - 1, BigInteger.One << 255];
        foreach (var a in scalars)
        {
            foreach (var b in scalars)
            {
                using var key = Key(a);
                using var peer = Key(b);
                var product = new byte[33];
                Ecdh.Multiply(key.Bytes, peer.PublicKey, product);
                Assert.Equal(Compress(Multiply(a * b, G)!.Value), product);
            }
        }
    }

    [Fact]
    public void Ecdh_NullPeer_IsRefusedWithoutNamingTheSecret()
    {
        using var key = Key(Hex("1122334455667788112233445566778811223344556677881122334455667788"));
        var error = Assert.Throws<ArgumentException>(() => key.Ecdh(default, new byte[32]));
        Assert.DoesNotContain("11223344", error.ToString(), StringComparison.Ordinal);
    }
}
