// NAME.raucb.blocks: what a bundle consists of, so that a board downloads only what its running slot does not have. Little-endian:
// "SKBLOCK1", u32 version, u64 bundle size, u8[32] bundle SHA-256, u64 payload offset, u64 payload size, u32 block size, u32 count, then count hashes of 16 bytes.
using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Skywire.Update.Blocks;

/// <summary>A block index. The payload is the slot's image, as it lies in the bundle.</summary>
public sealed class BlockIndex
{
    /// <summary>Bytes of a block: what flash and file systems write at a time.</summary>
    public const int BlockSize = 4096;

    /// <summary>Bytes before the hashes.</summary>
    public const int HeaderSize = 8 + 4 + 8 + 32 + 8 + 8 + 4 + 4;

    /// <summary>Most blocks: 2 GiB, four times a slot.</summary>
    public const int MaxBlocks = 512 * 1024;

    /// <summary>Longest index.</summary>
    public const int MaxSize = HeaderSize + (MaxBlocks * BlockHash.Size);

    private const uint Version = 1;

    private readonly BlockHash[] _hashes;

    private BlockIndex(long bundleSize, string bundleSha256, long payloadOffset, long payloadSize, BlockHash[] hashes)
    {
        BundleSize = bundleSize;
        BundleSha256 = bundleSha256;
        PayloadOffset = payloadOffset;
        PayloadSize = payloadSize;
        _hashes = hashes;
    }

    /// <summary>Bytes of the bundle.</summary>
    public long BundleSize { get; }

    /// <summary>Its SHA-256 in lower-case hex.</summary>
    public string BundleSha256 { get; }

    /// <summary>Where the payload begins in the bundle.</summary>
    public long PayloadOffset { get; }

    /// <summary>Bytes of the payload.</summary>
    public long PayloadSize { get; }

    /// <summary>Hashes of its blocks, in order.</summary>
    public IReadOnlyList<BlockHash> Hashes => _hashes;

    private static ReadOnlySpan<byte> Magic => "SKBLOCK1"u8;

    /// <summary>Reads an index; null when it is none. Sizes must agree with each other to the byte.</summary>
    public static BlockIndex? Read(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length is < HeaderSize or > MaxSize || !bytes.StartsWith(Magic) || BinaryPrimitives.ReadUInt32LittleEndian(bytes[8..]) != Version)
        {
            return null;
        }

        var bundleSize = BinaryPrimitives.ReadInt64LittleEndian(bytes[12..]);
        var offset = BinaryPrimitives.ReadInt64LittleEndian(bytes[52..]);
        var size = BinaryPrimitives.ReadInt64LittleEndian(bytes[60..]);
        var blockSize = BinaryPrimitives.ReadUInt32LittleEndian(bytes[68..]);
        var count = BinaryPrimitives.ReadUInt32LittleEndian(bytes[72..]);
        if (blockSize != BlockSize || offset < 0 || size <= 0 || size > (long)MaxBlocks * BlockSize || bundleSize < size || offset > bundleSize - size
            || count != Count(size) || bytes.Length != HeaderSize + (count * BlockHash.Size))
        {
            return null;
        }

        var hashes = new BlockHash[count];
        for (var i = 0; i < hashes.Length; i++)
        {
            hashes[i] = BlockHash.Read(bytes[(HeaderSize + (i * BlockHash.Size))..]);
        }

        return new BlockIndex(bundleSize, Convert.ToHexStringLower(bytes.Slice(20, 32)), offset, size, hashes);
    }

    /// <summary>Makes the index of a bundle whose payload lies where it is said. Throws <see cref="ArgumentException"/> when it cannot lie there.</summary>
    public static BlockIndex Of(Stream bundle, long payloadOffset, long payloadSize)
    {
        if (payloadOffset < 0 || payloadSize <= 0 || payloadSize > (long)MaxBlocks * BlockSize || payloadOffset > bundle.Length - payloadSize)
        {
            throw new ArgumentException($"no payload of {payloadSize} bytes at {payloadOffset}", nameof(payloadOffset));
        }

        bundle.Position = 0;
        var sha256 = Convert.ToHexStringLower(SHA256.HashData(bundle));
        bundle.Position = payloadOffset;
        var hashes = new BlockHash[Count(payloadSize)];
        var block = new byte[BlockSize];
        for (var i = 0; i < hashes.Length; i++)
        {
            var part = block.AsSpan(0, LengthOf(i, payloadSize));
            bundle.ReadExactly(part);
            hashes[i] = BlockHash.Of(part);
        }

        return new BlockIndex(bundle.Length, sha256, payloadOffset, payloadSize, hashes);
    }

    /// <summary>Bytes of a block: the last one may be short.</summary>
    public int LengthOf(int block) => LengthOf(block, PayloadSize);

    /// <summary>Where a block lies in the bundle.</summary>
    public long OffsetOf(int block) => PayloadOffset + ((long)block * BlockSize);

    /// <summary>The bytes of the index.</summary>
    public byte[] ToArray()
    {
        var bytes = new byte[HeaderSize + (_hashes.Length * BlockHash.Size)];
        Magic.CopyTo(bytes);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(8), Version);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(12), BundleSize);
        Convert.FromHexString(BundleSha256).CopyTo(bytes, 20);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(52), PayloadOffset);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(60), PayloadSize);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(68), BlockSize);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(72), (uint)_hashes.Length);
        for (var i = 0; i < _hashes.Length; i++)
        {
            _hashes[i].Write(bytes.AsSpan(HeaderSize + (i * BlockHash.Size)));
        }

        return bytes;
    }

    private static long Count(long size) => (size + BlockSize - 1) / BlockSize;

    private static int LengthOf(int block, long size) => (int)Math.Min(BlockSize, size - ((long)block * BlockSize));
}
