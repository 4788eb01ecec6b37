// Every kernel against two other implementations over random packets: lengths, places, alignments, associated data, damage.
using System.Buffers.Binary;
using Skywire.Testing;
using Xunit;

namespace Skywire.Crypto.Tests;

[Trait("Category", "Slow")]
public sealed class AeadDifferentialTests
{
    private const int Tag = AeadKey.TagSize;
    private const int MaxLength = 3000;
    private const int MaxShift = 64;

    /// <summary>10^6 cases in long mode, over all kernels; the oracle is BouncyCastle for every 64th.</summary>
    [Fact]
    public void SealAndOpen_RandomPackets_AgreeOnEveryKernel()
    {
        var entropy = new SeededEntropy(61);
        var kernels = AeadOracles.Supported.ToArray();
        var packets = Cases.Count(20_000) / kernels.Length;
        var key = entropy.Bytes(32);
        using var oracle = new AeadOracles(key);
        var keys = kernels.Select(kernel => new AeadKey(key, kernel)).ToArray();
        var pool = entropy.Bytes(1 << 16);
        var source = new byte[MaxShift + MaxLength + Tag];
        var target = new byte[MaxShift + MaxLength + Tag + MaxShift];
        Span<byte> tag = stackalloc byte[Tag];
        for (var packet = 0; packet < packets; packet++)
        {
            var choice = entropy.Bytes(32);
            var nonce = choice[..12];

            // Half of the packets are short, where the cases of partial passes are dense.
            var length = BinaryPrimitives.ReadUInt16LittleEndian(choice.AsSpan(12)) % ((choice[14] & 1) == 0 ? 600 : MaxLength + 1);
            var dataLength = (choice[15] & 3) == 0 ? choice[16] : 0;
            var plaintext = pool.AsSpan(BinaryPrimitives.ReadUInt16LittleEndian(choice.AsSpan(17)) % (pool.Length - MaxLength), length);
            var associatedData = pool.AsSpan(choice[19], dataLength);
            var expected = packet % 64 == 0
                ? oracle.SealByBouncyCastle(nonce, plaintext.ToArray(), associatedData.ToArray())
                : oracle.Seal(nonce, plaintext, associatedData);
            var from = choice[20] % MaxShift;
            var to = choice[21] % MaxShift;
            var damagedBit = BinaryPrimitives.ReadUInt16LittleEndian(choice.AsSpan(22)) % (expected.Length * 8);
            foreach (var aead in keys)
            {
                // In place or not, wherever the two buffers happen to start.
                var isInPlace = (choice[24] & 1) == 0;
                plaintext.CopyTo(source.AsSpan(from));
                var input = source.AsSpan(from, length);
                var output = isInPlace ? input : target.AsSpan(to, length);
                target.AsSpan(to + length, MaxShift).Fill(0xA5);
                aead.SealDetached(nonce, input, output, tag, associatedData);
                if (!output.SequenceEqual(expected.AsSpan(0, length)) || !tag.SequenceEqual(expected.AsSpan(length)))
                {
                    Assert.Fail($"seal differs: packet {packet}, kernel {kernels[Array.IndexOf(keys, aead)]}, length {length}");
                }

                if (target.AsSpan(to + length, MaxShift).IndexOfAnyExcept((byte)0xA5) >= 0)
                {
                    Assert.Fail($"seal wrote behind its output: packet {packet}, length {length}");
                }

                // One flipped bit in ciphertext or tag: refused, and the destination stays as it was.
                var opened = isInPlace ? output : source.AsSpan(from, length);
                Flip(output, tag, damagedBit);
                var before = opened.ToArray();
                if (aead.OpenDetached(nonce, output, tag, opened, associatedData) || !opened.SequenceEqual(before))
                {
                    Assert.Fail($"a damaged packet was released: packet {packet}, length {length}, bit {damagedBit}");
                }

                Flip(output, tag, damagedBit);
                if (!aead.OpenDetached(nonce, output, tag, opened, associatedData) || !opened.SequenceEqual(plaintext))
                {
                    Assert.Fail($"open differs: packet {packet}, kernel {kernels[Array.IndexOf(keys, aead)]}, length {length}");
                }
            }
        }

        foreach (var aead in keys)
        {
            aead.Dispose();
        }
    }

    /// <summary>Extreme bytes make extreme limbs: all ones and all zeros, as data and as one-time key material.</summary>
    [Fact]
    public void Authenticate_ExtremeKeysAndBlocks_EqualsScalar()
    {
        var entropy = new SeededEntropy(62);
        var key = new byte[32];
        var data = new byte[2200];
        Span<byte> expected = stackalloc byte[Tag];
        Span<byte> actual = stackalloc byte[Tag];
        for (var round = 0; round < Cases.Count(2000); round++)
        {
            var choice = entropy.Bytes(40);
            Extreme(choice.AsSpan(0, 32), choice[32], key);
            data.AsSpan().Fill((byte)(choice[33] < 128 ? 0xFF : 0));
            for (var i = 0; i < choice[34] % 8; i++)
            {
                data[BinaryPrimitives.ReadUInt16LittleEndian(choice.AsSpan(2 * i)) % data.Length] = choice[35];
            }

            var ciphertext = data.AsSpan(0, BinaryPrimitives.ReadUInt16LittleEndian(choice.AsSpan(36)) % data.Length);
            var associatedData = data.AsSpan(0, choice[38] % 40);
            Poly1305.Authenticate(AeadKernel.Scalar, key, associatedData, ciphertext, expected);
            foreach (var kernel in AeadOracles.Supported)
            {
                Poly1305.Authenticate(kernel, key, associatedData, ciphertext, actual);
                Assert.True(expected.SequenceEqual(actual), $"{kernel}, round {round}, {ciphertext.Length} bytes");
            }
        }
    }

    private static void Flip(Span<byte> ciphertext, Span<byte> tag, int bit)
    {
        var at = bit >> 3;
        ref var target = ref at < ciphertext.Length ? ref ciphertext[at] : ref tag[at - ciphertext.Length];
        target ^= (byte)(1 << (bit & 7));
    }

    private static void Extreme(ReadOnlySpan<byte> random, byte choice, Span<byte> key)
    {
        for (var i = 0; i < key.Length; i++)
        {
            key[i] = (choice & 3) switch
            {
                0 => 0xFF,
                1 => (byte)(random[i] < 128 ? 0xFF : 0),
                2 => (byte)(random[i] < 200 ? 0 : random[i]),
                _ => random[i],
            };
        }
    }
}
