// Batches, detached tags and the choice of kernel.
using Skywire.Testing;
using Xunit;

namespace Skywire.Crypto.Tests;

public sealed class AeadKeyBatchTests
{
    private const int Tag = AeadKey.TagSize;

    public static TheoryData<string> Kernels => AeadOracles.Kernels;

    [Theory]
    [MemberData(nameof(Kernels))]
    public void SealBatch_MixedLengths_EqualsSingleSeals(string kernel)
    {
        var entropy = new SeededEntropy(81);
        using var aead = new AeadKey(entropy.Bytes(32), Enum.Parse<AeadKernel>(kernel));
        for (var round = 0; round < 40; round++)
        {
            var lengths = entropy.Bytes(round).Select((b, i) => i % 5 == 0 ? b * 9 : b).ToArray();
            var plaintexts = entropy.Bytes(lengths.Sum());
            var expected = new List<byte>();
            var at = 0;
            for (var i = 0; i < lengths.Length; i++)
            {
                var packet = new byte[lengths[i] + Tag];
                aead.Seal(1000UL + (ulong)i, plaintexts.AsSpan(at, lengths[i]), packet);
                expected.AddRange(packet);
                at += lengths[i];
            }

            var output = new byte[expected.Count + 1];
            Assert.Equal(expected.Count, aead.SealBatch(1000, lengths, plaintexts, output));
            Assert.Equal(expected, output[..^1]);
            Assert.Equal(0, output[^1]);
        }
    }

    [Fact]
    public void SealBatch_BadArguments_ThrowAndWriteNothing()
    {
        using var aead = new AeadKey(new byte[32]);
        var output = new byte[100];
        Assert.Throws<ArgumentException>(() => aead.SealBatch(0, [3, 3], new byte[7], output));
        Assert.Throws<ArgumentException>(() => aead.SealBatch(0, [3, 3], new byte[6], output.AsSpan(0, 37)));
        Assert.Throws<ArgumentOutOfRangeException>(() => aead.SealBatch(0, [-1, 7], new byte[6], output));
        Assert.Throws<OverflowException>(() => aead.SealBatch(ulong.MaxValue - 1, [3, 3], new byte[6], output));
        Assert.Equal(new byte[100], output);
        aead.Dispose();
        Assert.Throws<ObjectDisposedException>(() => aead.SealBatch(0, [], [], output));
    }

    [Theory]
    [MemberData(nameof(Kernels))]
    public void SealDetached_AnyLength_EqualsAttached(string kernel)
    {
        var entropy = new SeededEntropy(82);
        using var aead = new AeadKey(entropy.Bytes(32), Enum.Parse<AeadKernel>(kernel));
        foreach (var length in new[] { 0, 1, 63, 64, 191, 192, 193, 448, 449, 512, 513, 1023, 1024, 1025, 2048, 5000 })
        {
            var plaintext = entropy.Bytes(length);
            var attached = new byte[length + Tag];
            aead.Seal(9, plaintext, attached, "data"u8);
            var ciphertext = new byte[length];
            var tag = new byte[Tag];
            aead.SealDetached(9, plaintext, ciphertext, tag, "data"u8);
            Assert.Equal(attached, (byte[])[.. ciphertext, .. tag]);
            Assert.True(aead.OpenDetached(9, ciphertext, tag, ciphertext, "data"u8));
            Assert.Equal(plaintext, ciphertext);
            Assert.False(aead.OpenDetached(9, attached.AsSpan(0, length), tag.AsSpan(1), ciphertext, "data"u8));
        }
    }

    [Theory]
    [MemberData(nameof(Kernels))]
    public void EveryOperation_AfterWarmUp_AllocatesNothing(string kernel)
    {
        using var aead = new AeadKey(new byte[32], Enum.Parse<AeadKernel>(kernel));
        var plaintext = new byte[3000];
        var ciphertext = new byte[4000];
        var tag = new byte[Tag];
        var nonce = new byte[12];
        int[] lengths = [64, 600, 1500];
        var allocated = long.MaxValue;
        var refused = 0;
        for (var round = 0; round < 3; round++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var length = 0; length < plaintext.Length; length += 37)
            {
                aead.SealDetached(nonce, plaintext.AsSpan(0, length), ciphertext, tag, nonce);
                refused += aead.OpenDetached(nonce, ciphertext.AsSpan(0, length), tag, ciphertext, nonce) ? 0 : 1;
                refused += aead.OpenDetached(1, ciphertext.AsSpan(0, length), tag, ciphertext) ? 0 : 1;
                aead.SealBatch(7, lengths, plaintext.AsSpan(0, 2164), ciphertext);
                ChaCha20.Xor(plaintext.AsSpan(0, 32), nonce, 0, plaintext.AsSpan(0, length), ciphertext);
            }

            allocated = Math.Min(allocated, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        Assert.Equal(0, allocated);
        Assert.Equal(3 * 82, refused);
    }

    [Fact]
    public void AeadKernels_Best_IsSupportedAndEveryOtherIsRefusedWhereAbsent()
    {
        Assert.True(AeadKernels.IsSupported(AeadKernels.Best));
        Assert.True(AeadKernels.IsSupported(AeadKernel.Scalar));
        foreach (var kernel in Enum.GetValues<AeadKernel>().Where(kernel => !AeadKernels.IsSupported(kernel)))
        {
            Assert.Throws<PlatformNotSupportedException>(() => new AeadKey(new byte[32], kernel));
        }
    }
}
