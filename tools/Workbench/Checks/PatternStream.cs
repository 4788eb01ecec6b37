// Bytes that look random, can be made at any offset, and cost little: the file of the traffic check.
using System.Security.Cryptography;

namespace Skywire.Workbench.Checks;

/// <summary>A reproducible file of any size that never lies on a disk: one random megabyte, each repeat marked with its number.</summary>
internal static class PatternStream
{
    private const int BlockSize = 1 << 20;
    private static readonly byte[] Block = Make();

    /// <summary>Fills <paramref name="buffer"/> with the file's next block and returns the bytes used.</summary>
    public static int Fill(Span<byte> buffer, long index, long size)
    {
        var n = (int)Math.Min(BlockSize, size - (index * BlockSize));
        Block.AsSpan(0, n).CopyTo(buffer);
        if (n >= 8)
        {
            System.Buffers.Binary.BinaryPrimitives.WriteInt64LittleEndian(buffer, index);
        }

        return n;
    }

    /// <summary>Bytes one call of <see cref="Fill"/> may need.</summary>
    public static int BufferSize => BlockSize;

    /// <summary>SHA-256 of the file of this size.</summary>
    public static string Sha256(long size)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[BlockSize];
        for (long index = 0; index * BlockSize < size; index++)
        {
            hash.AppendData(buffer, 0, Fill(buffer, index, size));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static byte[] Make()
    {
        // A chain of hashes: nothing on the way can compress it.
        var block = new byte[BlockSize];
        var state = SHA256.HashData("block"u8);
        for (var offset = 0; offset < block.Length; offset += state.Length)
        {
            state.CopyTo(block, offset);
            state = SHA256.HashData(state);
        }

        return block;
    }
}
