// Keys as values: parsing, ordering, text, and what a secret key gives away (nothing).
using System.Globalization;
using System.Numerics;
using System.Text.Json;
using Skywire.Testing;
using Xunit;
using static Skywire.Crypto.Tests.ReferenceCurve;

namespace Skywire.Crypto.Tests;

public sealed class KeyTests
{
    private static readonly JsonElement Identity = Vectors.Load("identity.json");

    private static PubKey Public(int secret)
    {
        Assert.True(PubKey.TryParse(Compress(Multiply(secret, G)!.Value), out var key));
        return key;
    }

    [Fact]
    public void PubKeyText_Vectors_BothParsersMatchTheReference()
    {
        foreach (var v in Identity.GetProperty("public_key_text").EnumerateArray())
        {
            var text = v.Text("text");
            var ok = v.GetProperty("ok").GetBoolean();
            Assert.Equal(ok, PubKey.TryParseLenient(text, out var key));
            if (ok)
            {
                Assert.Equal(v.Text("result"), key.ToString());
                Assert.Equal(v.GetProperty("null").GetBoolean(), key.IsNull);
            }

            var strict = v.TryGetProperty("strict_parse_ok", out var flag) && flag.GetBoolean();
            Assert.Equal(strict, PubKey.TryParseHex(text, out _));
            if (!strict)
            {
                Assert.Throws<FormatException>(() => PubKey.Parse(text));
            }
        }
    }

    [Fact]
    public void PubKeyTryParse_EveryWrongLengthAndPrefix_IsRefused()
    {
        var good = Public(7).ToBytes();
        Assert.True(PubKey.TryParse(good, out _));
        for (var length = 0; length < good.Length; length++)
        {
            Assert.False(PubKey.TryParse(good.AsSpan(0, length), out _));
        }

        Assert.False(PubKey.TryParse([.. good, 0], out _));
        for (var prefix = 0; prefix < 256; prefix++)
        {
            good[0] = (byte)prefix;
            Assert.Equal(prefix is 2 or 3, PubKey.TryParse(good, out var key));
            Assert.Equal(prefix is 2 or 3, !key.IsNull);
        }
    }

    [Fact]
    public void PubKeyTryParse_RandomAndEdgeX_FollowsTheCurve()
    {
        var entropy = new SeededEntropy(31);
        var valid = 0;
        for (var i = 0; i < Cases.Count(400); i++)
        {
            // Around 0, around p, and anywhere.
            var x = i < 60 ? i : i < 120 ? P - 60 + (i - 60) : i < 140 ? P + i : entropy.Number(P);
            var expected = x < P && TryLift(x, false) is not null;
            valid += expected ? 1 : 0;
            foreach (var prefix in new byte[] { 2, 3 })
            {
                byte[] bytes = [prefix, .. ToBytes(x)];
                Assert.Equal(expected, PubKey.TryParse(bytes, out var key));
                Assert.Equal(expected ? Convert.ToHexStringLower(bytes) : new string('0', 66), key.ToString());
            }
        }

        Assert.InRange(valid, 100, int.MaxValue);
    }

    [Fact]
    public void PubKeyCompareTo_RandomKeys_IsBytewise()
    {
        var keys = Enumerable.Range(1, 40).Select(Public).ToArray();
        foreach (var a in keys)
        {
            foreach (var b in keys)
            {
                var expected = Math.Sign(a.ToBytes().AsSpan().SequenceCompareTo(b.ToBytes()));
                Assert.Equal(expected, Math.Sign(a.CompareTo(b)));
                Assert.Equal(expected == 0, a == b);
                Assert.Equal(expected != 0, a != b);
                Assert.Equal(expected < 0, a < b);
                Assert.Equal(expected > 0, a > b);
                Assert.Equal(expected <= 0, a <= b);
                Assert.Equal(expected >= 0, a >= b);
                Assert.Equal(expected == 0, a.Equals((object)b));
            }
        }

        Assert.Equal(keys.Length, keys.Select(k => k.GetHashCode()).Distinct().Count());
        Assert.Equal(keys[0].ToString()[..8], keys[0].ToShortString());
    }

    [Fact]
    public void SecKeyTryParse_WrongLengths_AreRefused()
    {
        var bytes = ToBytes(5);
        for (var length = 0; length < bytes.Length; length++)
        {
            Assert.False(SecKey.TryParse(bytes.AsSpan(0, length), out var key));
            Assert.Null(key);
        }

        Assert.False(SecKey.TryParse([.. bytes, 0], out _));
        Assert.False(SecKey.TryParseHex(new string('0', 64), out _));
        Assert.False(SecKey.TryParseHex(new string('1', 63), out _));
        Assert.False(SecKey.TryParseHex(new string('g', 64), out _));
        Assert.True(SecKey.TryParseHex(Convert.ToHexString(bytes), out var upper));
        Assert.Equal(Public(5), upper!.PublicKey);
        upper.Dispose();
    }

    [Fact]
    public void Generate_UnusableDraws_AreDrawnAgain()
    {
        using var key = SecKey.Generate(new ListedEntropy([new byte[32], ToBytes(N), ToBytes((BigInteger.One << 256) - 1), ToBytes(6)]));
        Assert.Equal(Public(6), key.PublicKey);
    }

    [Fact]
    public void SecKey_TextAndDisposal_GiveNothingAway()
    {
        Assert.True(SecKey.TryParse(ToBytes(Hex("abcdefabcdef1234")), out var key));
        Assert.DoesNotContain("abcdef", key!.ToString(), StringComparison.OrdinalIgnoreCase);
        var bytes = key.Bytes;
        key.Dispose();
        Assert.False(bytes.ContainsAnyExcept((byte)0));
        Assert.Throws<ObjectDisposedException>(() => key.Export(new byte[32]));
        Assert.Throws<ObjectDisposedException>(() => key.Sign(ToBytes(1)));
        Assert.Throws<ObjectDisposedException>(() => key.Ecdh(Public(1), new byte[32]));
        key.Dispose();
    }

    [Fact]
    public void SignatureText_AnyContentOfTheRightLength_IsTaken()
    {
        var text = new string('A', 130);
        Assert.True(Signature.TryParseHex(text, out var signature));
        Assert.Equal(text.ToLowerInvariant(), signature.ToString());
        for (var length = 0; length < 130; length++)
        {
            Assert.False(Signature.TryParseHex(text.AsSpan(0, length), out _));
        }

        Assert.False(Signature.TryParseHex(text + "a", out _));
        Assert.False(Signature.TryParseHex(new string('x', 130), out _));
        Assert.False(Signature.TryParse(new byte[64], out _));
        Assert.False(Signature.TryParse(new byte[66], out _));
        Assert.True(Signature.TryParse(Convert.FromHexString(text), out var same));
        Assert.True(signature == same && signature.Equals((object)same) && signature.GetHashCode() == same.GetHashCode());
        Assert.True(signature != default);
    }

    [Fact]
    public void Json_Vector_ReadsAndWritesTheSameText()
    {
        var text = Identity.GetProperty("json_forms").Text("json_text");
        var forms = JsonSerializer.Deserialize<Forms>(text)!;
        Assert.True(SecKey.TryParseHex(forms.S, out var secret));
        Assert.Equal(secret!.PublicKey, forms.P);
        Assert.True(forms.N.IsNull);
        Assert.True(forms.G.VerifyPayload(forms.P, "hello"u8));
        Assert.Equal(text, JsonSerializer.Serialize(forms));
        secret.Dispose();
    }

    [Theory]
    [InlineData("null")]
    [InlineData("\"\"")]
    [InlineData("\"0\"")]
    [InlineData("\"000000\"")]
    public void Json_NullKeyForms_ReadAsTheNullKey(string json) => Assert.True(JsonSerializer.Deserialize<PubKey>(json).IsNull);

    [Theory]
    [InlineData("5")]
    [InlineData("true")]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("\"zz\"")]
    [InlineData("\"02ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff\"")]
    public void Json_OtherValues_AreRefused(string json)
    {
        Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<PubKey>(json));
        Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<Signature>(json));
    }

    [Fact]
    public void Json_KeysOfMapsAndNullSignatures_AreSupported()
    {
        var map = new Dictionary<PubKey, int> { [Public(3)] = 4 };
        var json = JsonSerializer.Serialize(map);
        Assert.Equal(string.Create(CultureInfo.InvariantCulture, $"{{\"{Public(3)}\":4}}"), json);
        Assert.Equal(4, JsonSerializer.Deserialize<Dictionary<PubKey, int>>(json)![Public(3)]);
        Assert.Equal(default, JsonSerializer.Deserialize<Signature>("null"));
        Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<Signature>("\"\""));
    }

    private sealed record Forms(
        [property: System.Text.Json.Serialization.JsonPropertyName("p")] PubKey P,
        [property: System.Text.Json.Serialization.JsonPropertyName("s")] string S,
        [property: System.Text.Json.Serialization.JsonPropertyName("g")] Signature G,
        [property: System.Text.Json.Serialization.JsonPropertyName("n")] PubKey N);

    private sealed class ListedEntropy(byte[][] draws) : IEntropy
    {
        private int _next;

        public void Fill(Span<byte> destination) => draws[_next++].CopyTo(destination);
    }
}
