// ChaCha20-Poly1305: published vectors, three implementations against each other, and no allocation.
using System.Buffers.Binary;
using Org.BouncyCastle.Crypto.Modes;
using Org.BouncyCastle.Crypto.Parameters;
using Skywire.Testing;
using Xunit;

namespace Skywire.Crypto.Tests;

public sealed class AeadKeyTests
{
    private const int Tag = AeadKey.TagSize;

    public static TheoryData<string> Kernels => AeadOracles.Kernels;

    private static byte[] Bouncy(byte[] key, byte[] nonce, byte[] plaintext, byte[] associatedData)
    {
        var cipher = new ChaCha20Poly1305();
        cipher.Init(true, new AeadParameters(new KeyParameter(key), 128, nonce, associatedData));
        var output = new byte[plaintext.Length + Tag];
        var n = cipher.ProcessBytes(plaintext, 0, plaintext.Length, output, 0);
        cipher.DoFinal(output, n);
        return output;
    }

    private static byte[] Nonce(ulong counter)
    {
        var nonce = new byte[12];
        BinaryPrimitives.WriteUInt64LittleEndian(nonce.AsSpan(4), counter);
        return nonce;
    }

    [Fact]
    public void Scalar_Rfc8439Section282_Matches()
    {
        var key = Enumerable.Range(0x80, 32).Select(i => (byte)i).ToArray();
        var nonce = Convert.FromHexString("070000004041424344454647");
        var associatedData = Convert.FromHexString("50515253c0c1c2c3c4c5c6c7");
        var plaintext = "Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, sunscreen would be it."u8.ToArray();
        using var aead = new AeadKey(key, AeadKernel.Scalar);
        var ciphertext = new byte[plaintext.Length];
        var tag = new byte[Tag];
        aead.SealDetached(nonce, plaintext, ciphertext, tag, associatedData);
        Assert.Equal(
            "d31a8d34648e60db7b86afbc53ef7ec2a4aded51296e08fea9e2b5a736ee62d63dbea45e8ca9671282fafb69da92728b1a71de0a9e060b2905d6a5b67ecd3b3692ddbd7f2d778b8c9803aee328091b58fab324e4fad675945585808b4831d7bc3ff4def08e4b7a9de576d26586cec64b6116",
            Convert.ToHexStringLower(ciphertext));
        Assert.Equal("1ae10b594f09e26a7e902ecbd0600691", Convert.ToHexStringLower(tag));
        var opened = new byte[plaintext.Length];
        Assert.True(aead.OpenDetached(nonce, ciphertext, tag, opened, associatedData));
        Assert.Equal(plaintext, opened);
    }

    [Fact]
    public void Scalar_Rfc8439AppendixA5_Opens()
    {
        var key = Convert.FromHexString("1c9240a5eb55d38af333888604f6b5f0473917c1402b80099dca5cbc207075c0");
        var ciphertext = Convert.FromHexString(
            "64a0861575861af460f062c79be643bd5e805cfd345cf389f108670ac76c8cb24c6cfc18755d43eea09ee94e382d26b0bdb7b73c321b0100d4f03b7f355894cf332f830e710b97ce98c8a84abd0b948114ad176e008d33bd60f982b1ff37c8559797a06ef4f0ef61c186324e2b350638"
            + "3606907b6a7c02b0f9f6157b53c867e4b9166c767b804d46a59b5216cde7a4e99040c5a40433225ee282a1b0a06c523eaf4534d7f83fa1155b0047718cbc546a0d072b04b3564eea1b422273f548271a0bb2316053fa76991955ebd63159434ecebb4e466dae5a1073a6727627097a1049"
            + "e617d91d361094fa68f0ff77987130305beaba2eda04df997b714d6c6f2c29a6ad5cb4022b02709b");
        var tag = Convert.FromHexString("eead9d67890cbb22392336fea1851f38");
        using var aead = new AeadKey(key, AeadKernel.Scalar);
        var plaintext = new byte[ciphertext.Length];
        Assert.True(aead.OpenDetached(Convert.FromHexString("000000000102030405060708"), ciphertext, tag, plaintext, Convert.FromHexString("f33388860000000000004e91")));
        Assert.StartsWith("Internet-Drafts are draft documents valid for a maximum of six months", System.Text.Encoding.UTF8.GetString(plaintext), StringComparison.Ordinal);
    }

    /// <summary>RFC 8439 appendix A.3, vectors 1 and 7 to 9: sums at and across the modulus.</summary>
    [Theory]
    [InlineData("0000000000000000000000000000000000000000000000000000000000000000", "00000000000000000000000000000000", "00000000000000000000000000000000")]
    [InlineData("0100000000000000000000000000000000000000000000000000000000000000", "ffffffffffffffffffffffffffffffff" + "f0ffffffffffffffffffffffffffffff" + "11000000000000000000000000000000", "05000000000000000000000000000000")]
    [InlineData("0100000000000000000000000000000000000000000000000000000000000000", "ffffffffffffffffffffffffffffffff" + "fbfefefefefefefefefefefefefefefe" + "01010101010101010101010101010101", "00000000000000000000000000000000")]
    [InlineData("0200000000000000000000000000000000000000000000000000000000000000", "fdffffffffffffffffffffffffffffff", "faffffffffffffffffffffffffffffff")]
    [InlineData("0200000000000000000000000000000000000000000000000000000000000000", "ffffffffffffffffffffffffffffffff", "03000000000000000000000000000000")]
    [InlineData("02000000000000000000000000000000ffffffffffffffffffffffffffffffff", "02000000000000000000000000000000", "03000000000000000000000000000000")]
    [InlineData("0100000000000000040000000000000000000000000000000000000000000000", "e33594d7505e43b900000000000000003394d7505e4379cd01000000000000000000000000000000000000000000000001000000000000000000000000000000", "14000000000000005500000000000000")]
    [InlineData("0100000000000000040000000000000000000000000000000000000000000000", "e33594d7505e43b900000000000000003394d7505e4379cd010000000000000000000000000000000000000000000000", "13000000000000000000000000000000")]
    public void Poly1305_CarryVectors_Match(string key, string message, string expected)
    {
        var mac = new Poly1305Scalar(Convert.FromHexString(key));
        mac.AppendPadded(Convert.FromHexString(message));
        var tag = new byte[Tag];
        mac.Finish(tag);
        Assert.Equal(expected, Convert.ToHexStringLower(tag));
    }

    [Fact]
    public void Seal_EveryLengthTo600_AgreesAcrossImplementations()
    {
        var entropy = new SeededEntropy(51);
        for (var length = 0; length <= 600; length++)
        {
            var key = entropy.Bytes(32);
            var counter = BitConverter.ToUInt64(entropy.Bytes(8));
            var plaintext = entropy.Bytes(length);
            var associatedData = entropy.Bytes(length % 3 == 0 ? 0 : length % 67);
            var expected = Bouncy(key, Nonce(counter), plaintext, associatedData);
            foreach (var kernel in AeadOracles.Supported)
            {
                using var aead = new AeadKey(key, kernel);
                var output = new byte[length + Tag];
                aead.Seal(counter, plaintext, output, associatedData);
                Assert.Equal(expected, output);
                var opened = new byte[length];
                Assert.True(aead.Open(counter, output, opened, associatedData));
                Assert.Equal(plaintext, opened);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Kernels))]
    public void SealAndOpen_InPlaceAndUnaligned_AreTheSame(string kernel)
    {
        var entropy = new SeededEntropy(52);
        var key = entropy.Bytes(32);
        using var aead = new AeadKey(key, Enum.Parse<AeadKernel>(kernel));
        for (var offset = 0; offset < 17; offset++)
        {
            var length = 100 + (offset * 13);
            var plaintext = entropy.Bytes(length);
            var expected = Bouncy(key, Nonce((ulong)offset), plaintext, []);
            var buffer = new byte[offset + length + Tag + 3];
            plaintext.CopyTo(buffer, offset);
            aead.Seal((ulong)offset, buffer.AsSpan(offset, length), buffer.AsSpan(offset));
            Assert.Equal(expected, buffer[offset..(offset + length + Tag)]);
            Assert.Equal(new byte[3], buffer[^3..]);
            Assert.True(aead.Open((ulong)offset, buffer.AsSpan(offset, length + Tag), buffer.AsSpan(offset)));
            Assert.Equal(plaintext, buffer[offset..(offset + length)]);
        }
    }

    [Theory]
    [MemberData(nameof(Kernels))]
    public void Open_AnyDamage_IsRefusedAndReleasesNothing(string kernel)
    {
        var entropy = new SeededEntropy(53);
        using var aead = new AeadKey(entropy.Bytes(32), Enum.Parse<AeadKernel>(kernel));
        var plaintext = entropy.Bytes(70);
        var associatedData = entropy.Bytes(20);
        var good = new byte[70 + Tag];
        aead.Seal(5, plaintext, good, associatedData);
        for (var i = 0; i < good.Length; i++)
        {
            var damaged = (byte[])good.Clone();
            damaged[i] ^= (byte)(1 << (i & 7));
            var output = new byte[70];
            Assert.False(aead.Open(5, damaged, output, associatedData));
            Assert.Equal(new byte[70], output);
            Assert.False(aead.Open(5, good.AsSpan(0, i), output, associatedData));
        }

        Assert.False(aead.Open(5, [.. good, 0], new byte[71], associatedData));
        Assert.False(aead.Open(6, good, new byte[70], associatedData));
        Assert.False(aead.Open(5, good, new byte[70], associatedData.AsSpan(1)));
        Assert.False(aead.Open(5, good, new byte[70]));
        Assert.True(aead.Open(5, good, new byte[70], associatedData));
    }

    [Theory]
    [MemberData(nameof(Kernels))]
    public void SealAndOpen_AfterWarmUp_AllocateNothing(string kernel)
    {
        using var aead = new AeadKey(new byte[32], Enum.Parse<AeadKernel>(kernel));
        var buffer = new byte[1500];
        var associatedData = new byte[13];
        var allocated = long.MaxValue;
        for (var round = 0; round < 3; round++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (ulong i = 0; i < 200; i++)
            {
                aead.Seal(i, buffer.AsSpan(0, 1400), buffer, associatedData);
                if (!aead.Open(i, buffer.AsSpan(0, 1400 + Tag), buffer, associatedData))
                {
                    throw new InvalidOperationException("the packet just sealed did not open");
                }
            }

            allocated = Math.Min(allocated, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        Assert.Equal(0, allocated);
    }

    [Theory]
    [MemberData(nameof(Kernels))]
    public void AeadKey_WrongKeyLengthOrDisposed_Throws(string kernel)
    {
        Assert.Throws<ArgumentException>(() => new AeadKey(new byte[31], Enum.Parse<AeadKernel>(kernel)));
        Assert.Throws<ArgumentException>(() => new AeadKey(new byte[33], Enum.Parse<AeadKernel>(kernel)));
        var aead = new AeadKey(new byte[32], Enum.Parse<AeadKernel>(kernel));
        aead.Dispose();
        aead.Dispose();
        Assert.Throws<ObjectDisposedException>(() => aead.Seal(0, [], new byte[Tag]));
        Assert.Throws<ObjectDisposedException>(() => aead.Open(0, new byte[Tag], []));
    }
}
