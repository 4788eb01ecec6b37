// RIPEMD-160, base58, addresses and deterministic keys.
using System.Text;
using System.Text.Json;
using Org.BouncyCastle.Crypto.Digests;
using Skywire.Testing;
using Xunit;

namespace Skywire.Crypto.Tests;

public sealed class AddressTests
{
    private static readonly JsonElement Identity = Vectors.Load("identity.json");

    private static string Hash(ReadOnlySpan<byte> data)
    {
        var hash = new byte[Ripemd160.HashSize];
        Ripemd160.HashData(data, hash);
        return Convert.ToHexStringLower(hash);
    }

    [Theory]
    [InlineData("", "9c1185a5c5e9fc54612808977ee8f548b2258d31")]
    [InlineData("a", "0bdc9d2d256b3ee9daae347be6f4dc835a467ffe")]
    [InlineData("abc", "8eb208f7e05d987a9b044a8e98c6b087f15a0bfc")]
    [InlineData("message digest", "5d0689ef49d2fae572b881b123a85ffa21595f36")]
    [InlineData("abcdefghijklmnopqrstuvwxyz", "f71c27109c692c1b56bbdceb5b9d2865b3708dbc")]
    [InlineData("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", "12a053384a9c0c88e405a06c27dcf49ada62eb2b")]
    [InlineData("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789", "b0e20b6e3116640286ed3a87a5713079b21f5189")]
    public void Ripemd160_PublishedVectors_Match(string text, string expected) => Assert.Equal(expected, Hash(Encoding.ASCII.GetBytes(text)));

    [Fact]
    public void Ripemd160_EveryLengthTo300_MatchesBouncyCastle()
    {
        var data = new SeededEntropy(41).Bytes(300);
        for (var length = 0; length <= data.Length; length++)
        {
            var other = new RipeMD160Digest();
            other.BlockUpdate(data, 0, length);
            var expected = new byte[20];
            other.DoFinal(expected, 0);
            Assert.Equal(Convert.ToHexStringLower(expected), Hash(data.AsSpan(0, length)));
        }
    }

    [Fact]
    public void SkycoinAddress_Vectors_MatchBothWays()
    {
        foreach (var v in Identity.GetProperty("addresses").EnumerateArray())
        {
            var bytes = v.Hex("bytes25");
            Assert.Equal(v.GetProperty("valid").GetBoolean(), SkycoinAddress.TryRead(bytes, out var address));
            if (!v.GetProperty("valid").GetBoolean())
            {
                Assert.False(SkycoinAddress.TryParse(Base58.Encode(bytes), out _));
                continue;
            }

            Assert.Equal(SkycoinAddress.Of(PubKey.Parse(v.Text("public_key"))), address);
            Assert.Equal(v.Text("base58"), address.ToString());
            Assert.True(SkycoinAddress.TryParse(v.Text("base58"), out var parsed));
            Assert.True(parsed == address && parsed.GetHashCode() == address.GetHashCode() && parsed != default);
            var written = new byte[SkycoinAddress.Size];
            parsed.CopyTo(written);
            Assert.Equal(bytes, written);
            Assert.Equal(v.Text("ripemd160_sha256_sha256"), Convert.ToHexStringLower(written.AsSpan(0, 20)));
        }
    }

    [Fact]
    public void SkycoinAddress_EveryDamage_IsRefused()
    {
        var text = Identity.GetProperty("addresses")[0].Text("base58");
        var bytes = Identity.GetProperty("addresses")[0].Hex("bytes25");
        for (var i = 0; i < text.Length; i++)
        {
            Assert.False(SkycoinAddress.TryParse(text.AsSpan(0, i), out _));
            Assert.False(SkycoinAddress.TryParse(text.Remove(i, 1).Insert(i, text[i] == 'x' ? "y" : "x"), out _));
            Assert.False(SkycoinAddress.TryParse(text.Remove(i, 1).Insert(i, "0"), out _));
        }

        for (var i = 0; i < bytes.Length; i++)
        {
            var damaged = (byte[])bytes.Clone();
            damaged[i] ^= 0x10;
            Assert.False(SkycoinAddress.TryRead(damaged, out _));
            Assert.False(SkycoinAddress.TryRead(bytes.AsSpan(0, i), out _));
        }

        Assert.False(SkycoinAddress.TryParse("1" + text, out _));
        Assert.False(SkycoinAddress.TryParse(text + "1", out _));
        Assert.False(SkycoinAddress.TryParse(new string('z', 5000), out _));
        Assert.False(SkycoinAddress.TryRead([.. bytes, 0], out _));

        // A right checksum over another version is still not an address.
        var otherVersion = (byte[])bytes.Clone();
        otherVersion[20] = 1;
        System.Security.Cryptography.SHA256.HashData(otherVersion.AsSpan(0, 21)).AsSpan(0, 4).CopyTo(otherVersion.AsSpan(21));
        Assert.False(SkycoinAddress.TryRead(otherVersion, out _));
        Assert.Throws<ArgumentException>(() => SkycoinAddress.Of(default));
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("00", "1")]
    [InlineData("000000", "111")]
    [InlineData("61", "2g")]
    [InlineData("626262", "a3gV")]
    [InlineData("73696d706c792061206c6f6e6720737472696e67", "2cFupjhnEsSn59qHXstmK2ffpLv2")]
    [InlineData("00eb15231dfceb60925886b67d065299925915aeb172c06647", "1NS17iag9jJgTHD1VXjvLCEnZuQ3rJDE9L")]
    [InlineData("10c8511e", "Rt5zm")]
    [InlineData("ffffffff", "7YXq9G")]
    public void Base58_PublishedVectors_MatchBothWays(string hex, string text)
    {
        var bytes = Convert.FromHexString(hex);
        Assert.Equal(text, Base58.Encode(bytes));
        var decoded = new byte[bytes.Length];
        Assert.True(Base58.TryDecode(text, decoded));
        Assert.Equal(bytes, decoded);
        Assert.False(Base58.TryDecode(text, new byte[bytes.Length + 1]));
        Assert.False(Base58.TryDecode(text + "1", decoded));
    }

    [Fact]
    public void DeterministicKeys_Vectors_Match()
    {
        foreach (var v in Identity.GetProperty("deterministic_keypairs").EnumerateArray())
        {
            var next = new byte[DeterministicKeys.NextSeedSize];
            DeterministicKeys.Next(v.Hex("seed"), out var key, next);
            Assert.Equal(v.Text("secret_key"), Convert.ToHexStringLower(key.Bytes));
            Assert.Equal(v.Text("public_key"), key.PublicKey.ToString());
            Assert.Equal(v.Text("secp256k1hash_next_seed"), Convert.ToHexStringLower(next));
            Assert.Equal(v.Text("address"), SkycoinAddress.Of(key.PublicKey).ToString());
            key.Dispose();
        }
    }

    [Fact]
    public void DeterministicKeys_SequenceInPlace_Matches()
    {
        var sequence = Identity.GetProperty("deterministic_sequence");
        var seed = new byte[DeterministicKeys.NextSeedSize];
        DeterministicKeys.Next(Encoding.ASCII.GetBytes(sequence.Text("seed_ascii")), out var key, seed);
        foreach (var expected in sequence.GetProperty("secret_keys").EnumerateArray())
        {
            Assert.Equal(expected.GetString(), Convert.ToHexStringLower(key.Bytes));
            key.Dispose();
            if (expected.GetString() != sequence.GetProperty("secret_keys")[2].GetString())
            {
                DeterministicKeys.Next(seed, out key, seed);
            }
        }

        Assert.Equal(sequence.Text("next_seed"), Convert.ToHexStringLower(seed));
        Assert.Throws<ArgumentException>(() => DeterministicKeys.Next([], out _, seed));
    }
}
