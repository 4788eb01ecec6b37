// What a block is known by.
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Skywire.Update.Blocks;

/// <summary>The first 16 bytes of a block's SHA-256. Enough to find equal blocks; what was put together is checked as a whole, and signed.</summary>
public readonly record struct BlockHash(UInt128 Value)
{
    /// <summary>Bytes of it.</summary>
    public const int Size = 16;

    /// <summary>Hash of a block.</summary>
    public static BlockHash Of(ReadOnlySpan<byte> block)
    {
        Span<byte> whole = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(block, whole);
        return Read(whole);
    }

    /// <summary>From its bytes.</summary>
    public static BlockHash Read(ReadOnlySpan<byte> bytes) => new(MemoryMarshal.Read<UInt128>(bytes));

    /// <summary>Its bytes.</summary>
    public void Write(Span<byte> bytes) => MemoryMarshal.Write(bytes, Value);
}
