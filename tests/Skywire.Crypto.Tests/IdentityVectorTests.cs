// The identity rules against values the reference made.
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Skywire.Testing;
using Xunit;

namespace Skywire.Crypto.Tests;

public sealed class IdentityVectorTests
{
    private static readonly JsonElement Identity = Vectors.Load("identity.json");

    private static SecKey Secret(JsonElement v, string member = "secret_key")
    {
        Assert.True(SecKey.TryParse(v.Hex(member), out var key));
        return key!;
    }

    [Fact]
    public void Ecdh_Vectors_GiveTheSharedSecret()
    {
        foreach (var v in Identity.GetProperty("ecdh").EnumerateArray())
        {
            using var key = Secret(v);
            var peer = PubKey.Parse(v.Text("public_key"));
            var shared = new byte[32];
            key.Ecdh(peer, shared);
            Assert.Equal(v.Text("shared_sha256"), Convert.ToHexStringLower(shared));
            Assert.Equal(v.Text("noise_dh_33"), Convert.ToHexStringLower(shared) + "00");

            var product = new byte[33];
            Ecdh.Multiply(key.Bytes, peer, product);
            Assert.Equal(v.Text("compressed_point"), Convert.ToHexStringLower(product));
        }
    }

    [Fact]
    public void TrySignWithNonce_ReferenceNonce_MakesTheReferenceSignature()
    {
        foreach (var v in Identity.GetProperty("signatures").EnumerateArray())
        {
            using var key = Secret(v);
            Assert.Equal(v.Text("public_key"), key.PublicKey.ToString());
            var digest = v.Hex("digest");
            Assert.Equal(digest, SHA256.HashData(Encoding.ASCII.GetBytes(v.Text("payload_ascii"))));
            Assert.True(Ecdsa.TrySignWithNonce(key.Bytes, digest, v.Hex("ecdsa_k"), out var signature));
            Assert.Equal(v.Text("signature"), signature.ToString());
        }
    }

    [Fact]
    public void Verify_ReferenceSignatures_AreValid()
    {
        foreach (var v in Identity.GetProperty("signatures").EnumerateArray())
        {
            Assert.True(Signature.TryParseHex(v.Text("signature"), out var signature));
            var key = PubKey.Parse(v.Text("public_key"));
            Assert.True(signature.Verify(key, v.Hex("digest")));
            Assert.True(signature.VerifyPayload(key, Encoding.ASCII.GetBytes(v.Text("payload_ascii"))));
            Assert.True(Ecdsa.TryRecoverVartime(v.Hex("signature"), v.Hex("digest"), out var recovered));
            Assert.Equal(v.Text("recovered_public_key"), recovered.ToString());
        }
    }

    [Fact]
    public void Verify_InvalidSignatures_AreRefused()
    {
        foreach (var v in Identity.GetProperty("signatures_invalid").EnumerateArray())
        {
            Assert.True(Signature.TryParseHex(v.Text("signature"), out var signature));
            var payload = Encoding.ASCII.GetBytes(v.Text("payload_ascii"));
            Assert.False(signature.VerifyPayload(PubKey.Parse(v.Text("public_key")), payload), v.Text("case"));
        }
    }

    [Fact]
    public void TryParse_SecretKeyRange_MatchesTheReference()
    {
        foreach (var v in Identity.GetProperty("secret_key_range").EnumerateArray())
        {
            var valid = v.GetProperty("valid").GetBoolean();
            Assert.Equal(valid, SecKey.TryParse(v.Hex("secret_key"), out var key));
            if (valid && v.TryGetProperty("public_key", out _))
            {
                Assert.Equal(v.Text("public_key"), key!.PublicKey.ToString());
            }

            key?.Dispose();
        }
    }
}
