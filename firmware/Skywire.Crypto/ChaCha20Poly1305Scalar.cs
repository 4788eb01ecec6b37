// ChaCha20-Poly1305 in portable code: runs where the platform has none, and is the yardstick every faster kernel is compared with.
using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Skywire.Crypto;

/// <summary>RFC 8439 over plain words. Constant time: additions, rotations and exclusive-ors only. Not thread-safe to dispose while in use. Wiped on dispose.</summary>
internal sealed class ChaCha20Poly1305Scalar : IDisposable
{
    /// <summary>Bytes of a nonce.</summary>
    internal const int NonceSize = 12;

    private const int BlockSize = 64;
    private const int KeyWords = 8;

    private readonly uint[] _key = GC.AllocateUninitializedArray<uint>(KeyWords, pinned: true);

    /// <summary>Takes a copy of 32 key bytes.</summary>
    internal ChaCha20Poly1305Scalar(ReadOnlySpan<byte> key)
    {
        for (var i = 0; i < KeyWords; i++)
        {
            _key[i] = BinaryPrimitives.ReadUInt32LittleEndian(key[(4 * i)..]);
        }
    }

    /// <summary>Encrypts and authenticates. The ciphertext may lie exactly on the plaintext; it must not overlap it otherwise.</summary>
    internal void Seal(ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> plaintext, Span<byte> ciphertext, Span<byte> tag, ReadOnlySpan<byte> associatedData)
    {
        ciphertext = ciphertext[..plaintext.Length];
        Apply(nonce, plaintext, ciphertext);
        ComputeTag(nonce, ciphertext, associatedData, tag);
    }

    /// <summary>Checks the tag, and only then decrypts; false leaves the plaintext untouched. In place as in <see cref="Seal"/>.</summary>
    internal bool TryOpen(ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> ciphertext, ReadOnlySpan<byte> tag, Span<byte> plaintext, ReadOnlySpan<byte> associatedData)
    {
        plaintext = plaintext[..ciphertext.Length];
        if (!IsTagValid(nonce, ciphertext, tag, associatedData))
        {
            return false;
        }

        Apply(nonce, ciphertext, plaintext);
        return true;
    }

    /// <summary>Checks a tag without decrypting.</summary>
    internal bool IsTagValid(ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> ciphertext, ReadOnlySpan<byte> tag, ReadOnlySpan<byte> associatedData)
    {
        Span<byte> expected = stackalloc byte[Poly1305Scalar.TagSize];
        ComputeTag(nonce, ciphertext, associatedData, expected);
        return CryptographicOperations.FixedTimeEquals(expected, tag);
    }

    /// <inheritdoc/>
    public void Dispose() => CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(_key.AsSpan()));

    private void ComputeTag(ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> ciphertext, ReadOnlySpan<byte> associatedData, Span<byte> tag)
    {
        Span<byte> block = stackalloc byte[BlockSize];
        Block(0, nonce, block);
        var mac = new Poly1305Scalar(block[..Poly1305Scalar.KeySize]);
        mac.AppendPadded(associatedData);
        mac.AppendPadded(ciphertext);
        mac.AppendLengths((ulong)associatedData.Length, (ulong)ciphertext.Length);
        mac.Finish(tag);
        ConstantTime.Wipe(ref mac);
        CryptographicOperations.ZeroMemory(block);
    }

    // Exclusive-or with the key stream from block 1 on.
    private void Apply(ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> source, Span<byte> destination)
    {
        Span<byte> block = stackalloc byte[BlockSize];
        for (uint counter = 1; source.Length > 0; counter++)
        {
            Block(counter, nonce, block);
            var n = Math.Min(BlockSize, source.Length);
            var i = 0;
            for (; i + sizeof(ulong) <= n; i += sizeof(ulong))
            {
                var word = MemoryMarshal.Read<ulong>(source[i..]) ^ MemoryMarshal.Read<ulong>(block[i..]);
                MemoryMarshal.Write(destination[i..], in word);
            }

            for (; i < n; i++)
            {
                destination[i] = (byte)(source[i] ^ block[i]);
            }

            source = source[n..];
            destination = destination[n..];
        }

        CryptographicOperations.ZeroMemory(block);
    }

    private void Block(uint counter, ReadOnlySpan<byte> nonce, Span<byte> block)
    {
        var key = _key;
        var n0 = BinaryPrimitives.ReadUInt32LittleEndian(nonce);
        var n1 = BinaryPrimitives.ReadUInt32LittleEndian(nonce[4..]);
        var n2 = BinaryPrimitives.ReadUInt32LittleEndian(nonce[8..]);
        uint x0 = 0x61707865, x1 = 0x3320646E, x2 = 0x79622D32, x3 = 0x6B206574;
        uint x4 = key[0], x5 = key[1], x6 = key[2], x7 = key[3], x8 = key[4], x9 = key[5], x10 = key[6], x11 = key[7];
        uint x12 = counter, x13 = n0, x14 = n1, x15 = n2;
        for (var i = 0; i < 10; i++)
        {
            QuarterRound(ref x0, ref x4, ref x8, ref x12);
            QuarterRound(ref x1, ref x5, ref x9, ref x13);
            QuarterRound(ref x2, ref x6, ref x10, ref x14);
            QuarterRound(ref x3, ref x7, ref x11, ref x15);
            QuarterRound(ref x0, ref x5, ref x10, ref x15);
            QuarterRound(ref x1, ref x6, ref x11, ref x12);
            QuarterRound(ref x2, ref x7, ref x8, ref x13);
            QuarterRound(ref x3, ref x4, ref x9, ref x14);
        }

        Write(block, 0, x0 + 0x61707865);
        Write(block, 1, x1 + 0x3320646E);
        Write(block, 2, x2 + 0x79622D32);
        Write(block, 3, x3 + 0x6B206574);
        Write(block, 4, x4 + key[0]);
        Write(block, 5, x5 + key[1]);
        Write(block, 6, x6 + key[2]);
        Write(block, 7, x7 + key[3]);
        Write(block, 8, x8 + key[4]);
        Write(block, 9, x9 + key[5]);
        Write(block, 10, x10 + key[6]);
        Write(block, 11, x11 + key[7]);
        Write(block, 12, x12 + counter);
        Write(block, 13, x13 + n0);
        Write(block, 14, x14 + n1);
        Write(block, 15, x15 + n2);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Write(Span<byte> block, int word, uint value) => BinaryPrimitives.WriteUInt32LittleEndian(block[(4 * word)..], value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void QuarterRound(ref uint a, ref uint b, ref uint c, ref uint d)
    {
        a += b;
        d = uint.RotateLeft(d ^ a, 16);
        c += d;
        b = uint.RotateLeft(b ^ c, 12);
        a += b;
        d = uint.RotateLeft(d ^ a, 8);
        c += d;
        b = uint.RotateLeft(b ^ c, 7);
    }
}
