// The published attack cases of Project Wycheproof for secp256k1: broken encodings, hostile points, special scalars and signatures.
using System.Formats.Asn1;
using System.Numerics;
using System.Security.Cryptography;
using System.Text.Json;
using Skywire.Testing;
using Xunit;
using static Skywire.Crypto.Tests.ReferenceCurve;

namespace Skywire.Crypto.Tests;

/// <summary>
/// Reads the project's own files (tests/vectors/wycheproof). Encodings our protocol does not have (X.509 keys, DER signatures) are taken apart here, the
/// rest is the product's work.
/// </summary>
public sealed class WycheproofCurveTests
{
    private const string CurveOid = "1.3.132.0.10";
    private const string KeyOid = "1.2.840.10045.2.1";

    private static IEnumerable<(JsonElement Group, JsonElement Case)> Load(string name)
    {
        var path = Path.Combine(Vectors.Folder, "wycheproof", name);
        var root = JsonDocument.Parse(File.ReadAllBytes(path)).RootElement;
        Assert.NotEqual(0, root.GetProperty("numberOfTests").GetInt32());
        return root.GetProperty("testGroups").EnumerateArray().SelectMany(group => group.GetProperty("tests").EnumerateArray().Select(one => (group, one)));
    }

    // A subject public key with the named curve, its point compressed or not; null for anything else.
    private static PubKey? ParseX509(byte[] bytes)
    {
        try
        {
            var outer = new AsnReader(bytes, AsnEncodingRules.DER);
            var sequence = outer.ReadSequence();
            outer.ThrowIfNotEmpty();
            var algorithm = sequence.ReadSequence();
            if (algorithm.ReadObjectIdentifier() != KeyOid || algorithm.ReadObjectIdentifier() != CurveOid)
            {
                return null;
            }

            algorithm.ThrowIfNotEmpty();
            var point = sequence.ReadBitString(out var unused);
            sequence.ThrowIfNotEmpty();
            return unused == 0 ? ParsePoint(point) : null;
        }
        catch (AsnContentException)
        {
            return null;
        }
    }

    private static PubKey? ParsePoint(byte[] point)
    {
        if (point.Length == 65 && point[0] == 4)
        {
            // Our parser takes the compressed form only; whether y belongs to x is checked by what it makes of it.
            byte[] compressed = [(byte)(2 + (point[64] & 1)), .. point.AsSpan(1, 32)];
            return AffinePoint.TryRead(compressed, out var affine) && Y(affine).AsSpan().SequenceEqual(point.AsSpan(33)) ? Parse(compressed) : null;
        }

        return Parse(point);

        static PubKey? Parse(byte[] bytes) => PubKey.TryParse(bytes, out var key) ? key : null;

        static byte[] Y(AffinePoint affine)
        {
            var y = new byte[32];
            affine.Y.Write(y);
            return y;
        }
    }

    private static (BigInteger R, BigInteger S)? ParseDer(byte[] signature)
    {
        try
        {
            var outer = new AsnReader(signature, AsnEncodingRules.DER);
            var sequence = outer.ReadSequence();
            outer.ThrowIfNotEmpty();
            var result = (sequence.ReadInteger(), sequence.ReadInteger());
            sequence.ThrowIfNotEmpty();
            return result;
        }
        catch (AsnContentException)
        {
            return null;
        }
    }

    private static (BigInteger R, BigInteger S)? ParseFixed(byte[] signature)
        => signature.Length == 64 ? (FromBytes(signature.AsSpan(0, 32)), FromBytes(signature.AsSpan(32))) : null;

    // Is there a recid with which the signature leads to the key?
    private static bool Recovers(PubKey key, BigInteger r, BigInteger s, byte[] digest)
    {
        var limit = BigInteger.One << 256;
        if (r.Sign < 0 || s.Sign < 0 || r >= limit || s >= limit)
        {
            return false;
        }

        for (byte recid = 0; recid < 4; recid++)
        {
            if (Ecdsa.TryRecoverVartime([.. ToBytes(r), .. ToBytes(s), recid], digest, out var found) && found == key)
            {
                return true;
            }
        }

        return false;
    }

    [Fact]
    public void Ecdh_PublishedCases_AreAnsweredAsTheySay()
    {
        var agreed = 0;
        foreach (var (_, one) in Load("ecdh_secp256k1_test.json"))
        {
            var secret = FromBytes(one.Hex("private"));
            var peer = ParseX509(one.Hex("public"));
            var result = one.Text("result");
            if (peer is not { } key)
            {
                // "acceptable" cases have encodings that may be refused.
                Assert.True(result != "valid", one.ToString());
                continue;
            }

            Assert.True(result != "invalid", one.ToString());
            Assert.True(SecKey.TryParse(ToBytes(secret), out var own), one.ToString());
            using (own)
            {
                var product = new byte[PubKey.Size];
                Ecdh.Multiply(own!.Bytes, key, product);
                Assert.Equal(one.Text("shared"), Convert.ToHexStringLower(product.AsSpan(1)));
                agreed++;
            }
        }

        Assert.InRange(agreed, 400, int.MaxValue);
    }

    [Theory]
    [InlineData("ecdsa_secp256k1_sha256_test.json")]
    [InlineData("ecdsa_secp256k1_sha256_p1363_test.json")]
    public void Recover_PublishedCases_AreAnsweredAsTheySay(string name)
    {
        var valid = 0;
        foreach (var (group, one) in Load(name))
        {
            var key = ParseX509(group.Hex("publicKeyDer"))!.Value;
            var digest = SHA256.HashData(one.Hex("msg"));
            var bytes = one.Hex("sig");
            var parts = name.Contains("p1363", StringComparison.Ordinal) ? ParseFixed(bytes) : ParseDer(bytes);
            var accepted = parts is { } p && Recovers(key, p.R, p.S, digest);
            Assert.True(accepted == (one.Text("result") == "valid"), one.ToString());
            valid += accepted ? 1 : 0;
        }

        Assert.InRange(valid, 50, int.MaxValue);
    }

    [Fact]
    public void Verify_PublishedBitcoinCases_FollowOurRuleForHighS()
    {
        foreach (var (group, one) in Load("ecdsa_secp256k1_sha256_bitcoin_test.json"))
        {
            var key = ParseX509(group.Hex("publicKeyDer"))!.Value;
            var digest = SHA256.HashData(one.Hex("msg"));
            var accepted = false;
            if (ParseDer(one.Hex("sig")) is { } p && Recovers(key, p.R, p.S, digest))
            {
                for (byte recid = 0; recid < 4; recid++)
                {
                    Assert.True(Signature.TryParse([.. ToBytes(p.R), .. ToBytes(p.S), recid], out var signature));
                    accepted |= signature.Verify(key, digest);
                }

                // These cases want s <= n / 2; the reference's rule, ours, is s < 2^255.
                Assert.Equal(p.S < BigInteger.One << 255, accepted);
                accepted &= p.S <= N / 2;
            }

            Assert.True(accepted == (one.Text("result") == "valid"), one.ToString());
        }
    }
}
