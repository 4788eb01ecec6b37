// Signatures: known answers, hostile values, and agreement with two other implementations.
using System.Numerics;
using System.Security.Cryptography;
using System.Text;
using Org.BouncyCastle.Asn1.Sec;
using Org.BouncyCastle.Crypto.Digests;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Crypto.Signers;
using Skywire.Testing;
using Xunit;
using static Skywire.Crypto.Tests.ReferenceCurve;

namespace Skywire.Crypto.Tests;

public sealed class EcdsaTests
{
    private static readonly ECDomainParameters Domain = new(SecNamedCurves.GetByName("secp256k1"));

    private static SecKey Key(BigInteger d)
    {
        Assert.True(SecKey.TryParse(ToBytes(d), out var key));
        return key!;
    }

    private static Signature Make(BigInteger r, BigInteger s, int recid)
    {
        Assert.True(Signature.TryParse([.. ToBytes(r), .. ToBytes(s), (byte)recid], out var signature));
        return signature;
    }

    private static (BigInteger R, BigInteger S, int Recid) Parts(Signature signature)
    {
        var bytes = new byte[65];
        signature.CopyTo(bytes);
        return (FromBytes(bytes.AsSpan(0, 32)), FromBytes(bytes.AsSpan(32, 32)), bytes[64]);
    }

    private static PubKey Public((BigInteger X, BigInteger Y) point)
    {
        Assert.True(PubKey.TryParse(Compress(point), out var key));
        return key;
    }

    // The key for which (r, s, recid) signs z, by the textbook.
    private static (BigInteger X, BigInteger Y)? Recover((BigInteger X, BigInteger Y) point, BigInteger r, BigInteger s, BigInteger z)
    {
        var inverse = Inverse(r, N);
        return ReferenceCurve.Add(Multiply(s * inverse, point), Multiply(-z * inverse, G));
    }

    private static bool BouncyVerify(PubKey key, byte[] digest, BigInteger r, BigInteger s)
    {
        var verifier = new ECDsaSigner();
        verifier.Init(false, new ECPublicKeyParameters(Domain.Curve.DecodePoint(key.ToBytes()), Domain));
        return verifier.VerifySignature(digest, new(1, ToBytes(r)), new(1, ToBytes(s)));
    }

    [Theory]
    [InlineData(
        "0000000000000000000000000000000000000000000000000000000000000001",
        "Satoshi Nakamoto",
        "8f8a276c19f4149656b280621e358cce24f5f52542772691ee69063b74f15d15",
        "934b1ea10a4b3c1757e2b0c017d0b6143ce3c9a7e6a4a49860d7a6ab210ee3d82442ce9d2b916064108014783e923ec36b49743e2ffa1c4496f01a512aafd9e5")]
    [InlineData(
        "0000000000000000000000000000000000000000000000000000000000000001",
        "All those moments will be lost in time, like tears in rain. Time to die...",
        "38aa22d72376b4dbc472e06c3ba403ee0a394da63fc58d88686c611aba98d6b3",
        "8600dbd41e348fe5c9465ab92d23e3db8b98b873beecd930736488696438cb6b547fe64427496db33bf66019dacbf0039c04199abb0122918601db38a72cfc21")]
    [InlineData(
        "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364140",
        "Satoshi Nakamoto",
        "33a19b60e25fb6f4435af53a3d42d493644827367e6453928554f43e49aa6f90",
        "fd567d121db66e382991534ada77a6bd3106f0a1098c231e47993447cd6af2d06b39cd0eb1bc8603e159ef5c20a5c8ad685a45b06ce9bebed3f153d10d93bed5")]
    [InlineData(
        "f8b8af8ce3c7cca5e300d33939540c10d45ce001b8f252bfbc57ba0342904181",
        "Alan Turing",
        "525a82b70e67874398067543fd84c83d30c175fdc45fdeee082fe13b1d7cfdf1",
        "7063ae83e7f62bbb171798131b4a0564b956930092b33b07b395615d9ec7e15c58dfcc1e00a35e1572f366ffe34ba0fc47db1e7189759b9fb233c5b05ab388ea")]
    public void Sign_KnownAnswers_GiveNonceAndSignature(string secret, string message, string nonce, string signature)
    {
        using var key = Key(Hex(secret));
        var digest = SHA256.HashData(Encoding.ASCII.GetBytes(message));
        var k = new byte[32];
        using (var nonces = new Rfc6979Nonce(key.Bytes, digest, new byte[Rfc6979Nonce.WorkSize]))
        {
            nonces.Next(k);
        }

        Assert.Equal(nonce, Convert.ToHexStringLower(k));
        Assert.Equal(signature, key.Sign(digest).ToString()[..128]);
        Assert.Equal(signature, key.SignPayload(Encoding.ASCII.GetBytes(message)).ToString()[..128]);
    }

    [Fact]
    public void Rfc6979Nonce_Candidates_MatchTheRfcAndBouncyCastle()
    {
        var entropy = new SeededEntropy(11);
        for (var i = 0; i < Cases.Count(50); i++)
        {
            var d = 1 + entropy.Number(N - 1);

            // Digests from n on are reduced by the RFC.
            var digest = i % 4 == 0 ? ToBytes(N + i) : entropy.Bytes(32);
            var other = new HMacDsaKCalculator(new Sha256Digest());
            other.Init(new(1, ToBytes(N)), new(1, ToBytes(d)), digest);
            using var nonces = new Rfc6979Nonce(ToBytes(d), digest, new byte[Rfc6979Nonce.WorkSize]);
            var nonce = new byte[32];

            // RFC 6979 section 3.2, steps b to h, letter by letter.
            byte[] x = ToBytes(d), h = ToBytes(FromBytes(digest) % N), v = [.. Enumerable.Repeat((byte)1, 32)], k = new byte[32];
            k = HMACSHA256.HashData(k, (byte[])[.. v, 0, .. x, .. h]);
            v = HMACSHA256.HashData(k, v);
            k = HMACSHA256.HashData(k, (byte[])[.. v, 1, .. x, .. h]);
            v = HMACSHA256.HashData(k, v);
            for (var candidate = 0; candidate < 4; candidate++)
            {
                v = HMACSHA256.HashData(k, v);
                nonces.Next(nonce);
                Assert.Equal(v, nonce);
                if (candidate == 0)
                {
                    // BouncyCastle stops at the first usable one and does not update K for the next.
                    Assert.Equal(FromBytes(other.NextK().ToByteArrayUnsigned()), FromBytes(nonce));
                }

                k = HMACSHA256.HashData(k, (byte[])[.. v, 0]);
                v = HMACSHA256.HashData(k, v);
            }
        }
    }

    [Fact]
    public void Sign_RandomKeys_MatchesBouncyCastleAndIsAcceptedByPlatform()
    {
        var entropy = new SeededEntropy(12);
        for (var i = 0; i < Cases.Count(20); i++)
        {
            var d = 1 + entropy.Number(N - 1);
            using var key = Key(d);
            var digest = entropy.Bytes(32);
            var (r, s, recid) = Parts(key.Sign(digest));
            Assert.True(s <= N / 2 && recid < 4);

            var signer = new ECDsaSigner(new HMacDsaKCalculator(new Sha256Digest()));
            signer.Init(true, new ECPrivateKeyParameters(new(1, ToBytes(d)), Domain));
            var other = signer.GenerateSignature(digest);
            var otherS = FromBytes(other[1].ToByteArrayUnsigned());
            Assert.Equal(FromBytes(other[0].ToByteArrayUnsigned()), r);
            Assert.Equal(BigInteger.Min(otherS, N - otherS), s);

            using var platform = PlatformCurve.Ecdsa(key);
            Assert.True(platform.VerifyHash(digest, (byte[])[.. ToBytes(r), .. ToBytes(s)]));
        }
    }

    [Fact]
    public void Verify_PlatformSignatures_NeedTheRightRecid()
    {
        var entropy = new SeededEntropy(13);
        for (var i = 0; i < Cases.Count(20); i++)
        {
            using var key = Key(1 + entropy.Number(N - 1));
            var digest = entropy.Bytes(32);
            using var platform = PlatformCurve.Ecdsa(key);
            var made = platform.SignHash(digest);
            var r = FromBytes(made.AsSpan(0, 32));
            var s = FromBytes(made.AsSpan(32));
            s = BigInteger.Min(s, N - s);
            Assert.Single(Enumerable.Range(0, 4), recid => Make(r, s, recid).Verify(key.PublicKey, digest));

            // Damage anywhere is noticed.
            var recid = Enumerable.Range(0, 4).First(recid => Make(r, s, recid).Verify(key.PublicKey, digest));
            byte[] bytes = [.. ToBytes(r), .. ToBytes(s), (byte)recid];
            bytes[i % 65] ^= (byte)(1 << (i % 7));
            Assert.True(Signature.TryParse(bytes, out var damaged));
            Assert.False(damaged.Verify(key.PublicKey, digest));
            digest[i % 32] ^= 1;
            Assert.False(Make(r, s, recid).Verify(key.PublicKey, digest));
        }
    }

    [Fact]
    public void Verify_RAndSOutsideTheirRange_IsRefused()
    {
        using var key = Key(77);
        var digest = SHA256.HashData([1]);
        var (r, s, recid) = Parts(key.Sign(digest));
        BigInteger[] outside = [0, N, N + 1, P, (BigInteger.One << 256) - 1];
        BigInteger[] inside = [1, 2, N - 1, N - 2, N / 2, P - N];
        for (var id = 0; id < 256; id++)
        {
            foreach (var value in outside)
            {
                Assert.False(Make(value, s, id).Verify(key.PublicKey, digest));
                Assert.False(Make(r, value, id).Verify(key.PublicKey, digest));
                Assert.False(Make(value, value, id).Verify(key.PublicKey, digest));
                Assert.False(Ecdsa.TryRecoverVartime([.. ToBytes(value), .. ToBytes(s), (byte)id], digest, out _));
                Assert.False(Ecdsa.TryRecoverVartime([.. ToBytes(r), .. ToBytes(value), (byte)id], digest, out _));
            }

            Assert.Equal(id == recid, Make(r, s, id).Verify(key.PublicKey, digest));
        }

        // In range, but for somebody else's key or for nobody's.
        foreach (var value in inside)
        {
            for (var id = 0; id < 4; id++)
            {
                Assert.False(Make(value, s, id).Verify(key.PublicKey, digest));
                Assert.False(Make(r, value, id).Verify(key.PublicKey, digest));
                Assert.False(Make(value, value, id).Verify(key.PublicKey, digest));
            }
        }
    }

    [Fact]
    public void Verify_SAboveHalfTheOrderBelow2To255_IsAccepted()
    {
        var z = FromBytes(SHA256.HashData([2]));
        var limit = BigInteger.One << 255;
        foreach (var s in new[] { 1, N / 2, (N / 2) + 1, limit - 1, limit, limit + 1, N - 1 })
        {
            var point = Multiply(12345, G)!.Value;
            var r = point.X % N;
            var key = Public(Recover(point, r, s, z)!.Value);
            Assert.True(BouncyVerify(key, ToBytes(z), r, s));
            Assert.Equal(s < limit, Make(r, s, point.Y.IsEven ? 0 : 1).Verify(key, ToBytes(z)));
            Assert.False(Make(r, s, point.Y.IsEven ? 1 : 0).Verify(key, ToBytes(z)));
        }
    }

    [Fact]
    public void Verify_XFromTheOrderUp_NeedsRecid2Or3()
    {
        // Such signatures never occur by chance; made here by choosing the point first and the key after it.
        var found = 0;
        var z = FromBytes(SHA256.HashData([3]));
        for (var r = new BigInteger(1); found < 8; r++)
        {
            foreach (var odd in new[] { false, true })
            {
                if (TryLift(N + r, odd) is not { } point)
                {
                    continue;
                }

                found++;
                var s = 1000 + r;
                var key = Public(Recover(point, r, s, z)!.Value);
                Assert.True(BouncyVerify(key, ToBytes(z), r, s));
                for (var recid = 0; recid < 4; recid++)
                {
                    Assert.Equal(recid == (odd ? 3 : 2), Make(r, s, recid).Verify(key, ToBytes(z)));
                }
            }
        }

        // r + n from p on is no coordinate.
        Assert.False(Ecdsa.TryRecoverVartime([.. ToBytes(P - N), .. ToBytes(1), 2], ToBytes(z), out _));
        Assert.False(Ecdsa.TryRecoverVartime([.. ToBytes(P - N + 1), .. ToBytes(1), 3], ToBytes(z), out _));
    }

    [Fact]
    public void TryRecoverVartime_LargestLiftableR_MatchesTheTextbook()
    {
        for (var r = P - N - 1; ; r--)
        {
            if (TryLift(N + r, false) is { } point)
            {
                Assert.True(Ecdsa.TryRecoverVartime([.. ToBytes(r), .. ToBytes(5), 2], ToBytes(9), out var key));
                Assert.Equal(Public(Recover(point, r, 5, 9)!.Value), key);
                return;
            }
        }
    }

    [Fact]
    public void TryRecoverVartime_SumAtInfinity_IsRefused()
    {
        // s R = z G leaves no key.
        var k = new BigInteger(424242);
        var point = Multiply(k, G)!.Value;
        var s = new BigInteger(99);
        Assert.False(Ecdsa.TryRecoverVartime([.. ToBytes(point.X % N), .. ToBytes(s), (byte)(point.Y.IsEven ? 0 : 1)], ToBytes(s * k % N), out _));
    }

    [Fact]
    public void TryRecoverVartime_RandomBytes_MatchesTheTextbook()
    {
        var entropy = new SeededEntropy(14);
        var recovered = 0;
        for (var i = 0; i < Cases.Count(20); i++)
        {
            BigInteger r = 1 + entropy.Number(N - 1), s = 1 + entropy.Number(N - 1), z = entropy.Number(BigInteger.One << 256);
            var expected = TryLift(r, (i & 1) == 1) is { } point ? Recover(point, r, s, z) : null;
            Assert.Equal(expected is not null, Ecdsa.TryRecoverVartime([.. ToBytes(r), .. ToBytes(s), (byte)(i & 1)], ToBytes(z), out var key));
            if (expected is { } q)
            {
                recovered++;
                Assert.Equal(Public(q), key);
            }
        }

        Assert.InRange(recovered, 20, int.MaxValue);
    }

    [Fact]
    public void Verify_DigestOfAnyValueAndWrongShapes_FollowsTheRules()
    {
        using var key = Key(5);
        Assert.True(Ecdsa.TrySignWithNonce(key.Bytes, new byte[32], ToBytes(7), out var zero));
        Assert.True(zero.Verify(key.PublicKey, new byte[32]));
        Assert.False(zero.Verify(key.PublicKey, new byte[31]));
        Assert.False(zero.Verify(key.PublicKey, new byte[33]));
        Assert.False(zero.Verify(default, new byte[32]));
        Assert.False(default(Signature).Verify(key.PublicKey, new byte[32]));
        var high = ToBytes((BigInteger.One << 256) - 1);
        Assert.True(key.Sign(high).Verify(key.PublicKey, high));
        Assert.True(key.Sign(ToBytes(N)).Verify(key.PublicKey, ToBytes(N)));
    }

    [Fact]
    public void Sign_ZeroOrMisshapenDigest_IsRefused()
    {
        using var key = Key(5);
        Assert.Throws<ArgumentException>(() => key.Sign(new byte[32]));
        Assert.Throws<ArgumentException>(() => key.Sign(new byte[31]));
        Assert.Throws<ArgumentException>(() => key.Sign(Enumerable.Repeat((byte)1, 33).ToArray()));
    }

    private sealed class FixedEntropy(params byte[][] draws) : IEntropy
    {
        private int _next;

        public void Fill(Span<byte> destination) => draws[_next++].CopyTo(destination);
    }

    [Fact]
    public void SignRandomized_GivenNonces_TakesTheFirstUsableOne()
    {
        using var key = Key(0x1234567);
        var digest = SHA256.HashData([5]);
        var nonce = SHA256.HashData([6]);
        Assert.True(Ecdsa.TrySignWithNonce(key.Bytes, digest, nonce, out var expected));
        Assert.Equal(expected, key.SignRandomized(digest, new FixedEntropy(new byte[32], ToBytes(N), nonce)));
        var random = key.SignRandomized(digest, SystemEntropy.Instance);
        Assert.NotEqual(random, key.SignRandomized(digest, SystemEntropy.Instance));
        Assert.True(random.Verify(key.PublicKey, digest));
        Assert.Throws<ArgumentException>(() => key.SignRandomized(new byte[32], SystemEntropy.Instance));
    }

    [Fact]
    public void SignUnchecked_RandomDigests_EqualsTheCheckedForm()
    {
        var entropy = new SeededEntropy(15);
        using var key = Key(0x7654321);
        for (var i = 0; i < Cases.Count(20); i++)
        {
            var digest = entropy.Bytes(32);
            Assert.Equal(key.Sign(digest), Ecdsa.SignUnchecked(key.Bytes, digest));
        }
    }

    [Fact]
    public void Sign_ResultDoesNotFitThePublicKey_IsHeldBack()
    {
        // Stands for a fault during signing: the check must not let the result out.
        using var key = Key(5);
        using var other = Key(6);
        Assert.Throws<CryptographicException>(() => Ecdsa.Sign(key.Bytes, other.PublicKey, ToBytes(1)));
        Assert.Throws<CryptographicException>(() => Ecdsa.SignRandomized(key.Bytes, other.PublicKey, ToBytes(1), SystemEntropy.Instance));
    }

    [Fact]
    public void TrySignWithNonce_ImpossibleInputs_AreRefused()
    {
        var digest = SHA256.HashData([4]);
        foreach (var bad in new[] { 0, N, N + 1, (BigInteger.One << 256) - 1 })
        {
            Assert.False(Ecdsa.TrySignWithNonce(ToBytes(1), digest, ToBytes(bad), out _));
            Assert.False(Ecdsa.TrySignWithNonce(ToBytes(bad), digest, ToBytes(1), out _));
        }

        // z = -r d makes s zero.
        var r = Multiply(8, G)!.Value.X % N;
        Assert.False(Ecdsa.TrySignWithNonce(ToBytes(3), ToBytes(Mod(-r * 3, N)), ToBytes(8), out _));
        foreach (var nonce in new[] { 1, 2, N - 1, N - 2, N / 2 })
        {
            using var key = Key(9);
            Assert.True(Ecdsa.TrySignWithNonce(key.Bytes, digest, ToBytes(nonce), out var signature));
            Assert.True(signature.Verify(key.PublicKey, digest));
        }
    }
}
