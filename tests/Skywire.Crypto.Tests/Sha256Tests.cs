// SHA-256, HMAC and Noise's HKDF against published vectors and the platform.
using System.Security.Cryptography;
using System.Text;
using Skywire.Testing;
using Xunit;

namespace Skywire.Crypto.Tests;

public sealed class Sha256Tests
{
    /// <summary>FIPS 180-4 examples.</summary>
    [Theory]
    [InlineData("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")]
    [InlineData("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")]
    [InlineData("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1")]
    public void HashData_PublishedExamples_Match(string message, string expected)
    {
        var hash = new byte[32];
        Sha256.HashData(Encoding.ASCII.GetBytes(message), hash);
        Assert.Equal(expected, Convert.ToHexStringLower(hash));
    }

    [Fact]
    public void HashData_EveryLengthAndCutTo300_EqualsPlatform()
    {
        var data = new SeededEntropy(91).Bytes(300);
        var hash = new byte[32];
        for (var length = 0; length <= data.Length; length++)
        {
            var expected = SHA256.HashData(data.AsSpan(0, length));
            Sha256.HashData(data.AsSpan(0, length), hash);
            Assert.Equal(expected, hash);
            for (var cut = 0; cut <= length; cut += 7)
            {
                Sha256.HashData(data.AsSpan(0, cut), data.AsSpan(cut, length - cut), hash);
                Assert.Equal(expected, hash);
            }
        }
    }

    [Fact]
    public void State_RandomPieces_EqualsPlatform()
    {
        var entropy = new SeededEntropy(92);
        for (var round = 0; round < Cases.Count(400); round++)
        {
            var data = entropy.Bytes(entropy.Bytes(1)[0] * 9);
            var state = Sha256State.Initial;
            for (var at = 0; at < data.Length;)
            {
                var piece = Math.Min(entropy.Bytes(1)[0], data.Length - at);
                state.Append(data.AsSpan(at, piece));
                at += piece;
            }

            var hash = new byte[32];
            state.Finish(hash);
            Assert.Equal(SHA256.HashData(data), hash);
        }
    }

    [Fact]
    public void HashData_OntoItsInput_IsTheSame()
    {
        var data = new SeededEntropy(93).Bytes(100);
        var expected = SHA256.HashData(data);
        Sha256.HashData(data, data);
        Assert.Equal(expected, data[..32]);
        Assert.Throws<ArgumentException>(() => Sha256.HashData(data, new byte[31]));
    }

    [Fact]
    public void Hmac_KeysAndMessagesOfManyLengths_EqualsPlatform()
    {
        var entropy = new SeededEntropy(94);
        var tag = new byte[32];
        foreach (var keyLength in new[] { 0, 1, 32, 63, 64, 65, 100, 300 })
        {
            var key = entropy.Bytes(keyLength);
            using var hmac = new HmacSha256(key);
            for (var length = 0; length < 200; length++)
            {
                var message = entropy.Bytes(length);
                hmac.HashData(message, tag);
                Assert.Equal(HMACSHA256.HashData(key, message), tag);
                hmac.HashData(message.AsSpan(0, length / 3), message.AsSpan(length / 3), tag);
                Assert.Equal(HMACSHA256.HashData(key, message), tag);
            }
        }
    }

    /// <summary>Noise's HKDF is RFC 5869's with the chaining key as salt and no info.</summary>
    [Fact]
    public void Expand_OutputOnItsChainingKey_EqualsRfc5869()
    {
        var entropy = new SeededEntropy(95);
        foreach (var inputLength in new[] { 0, 32, 33, 100 })
        {
            var chainingKey = entropy.Bytes(32);
            var input = entropy.Bytes(inputLength);
            var expected = HKDF.DeriveKey(HashAlgorithmName.SHA256, input, 64, chainingKey, []);
            var second = new byte[32];
            HmacSha256.Expand(chainingKey, input, chainingKey, second);
            Assert.Equal(expected, (byte[])[.. chainingKey, .. second]);
        }
    }

    [Fact]
    public void EveryOperation_AfterWarmUp_AllocatesNothing()
    {
        var data = new byte[200];
        var allocated = long.MaxValue;
        for (var round = 0; round < 3; round++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var length = 0; length < 128; length++)
            {
                Sha256.HashData(data.AsSpan(0, length), data);
                HmacSha256.Expand(data.AsSpan(0, 32), data.AsSpan(0, length), data, data.AsSpan(64));
            }

            allocated = Math.Min(allocated, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        Assert.Equal(0, allocated);
    }
}
