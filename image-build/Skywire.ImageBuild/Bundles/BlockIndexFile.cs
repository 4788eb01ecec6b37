// NAME.raucb.blocks: hashes of the slot image's blocks inside a bundle, so that a board fetches only what its running slot does not hold.
// Little-endian: "SKBLOCK1", u32 version, u64 bundle size, u8[32] bundle SHA-256, u64 payload offset, u64 payload size, u32 block size, u32 count,
// count x u8[16]: the first half of each block's SHA-256; the last block may be short. Not trusted by boards: the bundle's signature is.
using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Skywire.ImageBuild.Bundles;

/// <summary>Where the payload lies and what the whole hashes to.</summary>
internal sealed record BlockIndex(long BundleSize, byte[] BundleSha256, long PayloadOffset, long PayloadSize, int Blocks);

/// <summary>Writes block indexes.</summary>
internal static class BlockIndexFile
{
    /// <summary>Bytes of a block: the squashfs is padded to it, and flash is written in it.</summary>
    public const int BlockSize = 4096;

    /// <summary>Bytes kept of a block's hash. A collision costs a second download, found by the whole's SHA-256; it cannot get in.</summary>
    public const int HashSize = 16;

    private const int Version = 1, HeaderSize = 8 + 4 + 8 + 32 + 8 + 8 + 4 + 4, Window = 1 << 20;

    private static ReadOnlySpan<byte> Magic => "SKBLOCK1"u8;

    /// <summary>Indexes <paramref name="slot"/>, which lies in one piece inside <paramref name="bundle"/>, and writes <paramref name="target"/>.</summary>
    public static async Task<BlockIndex> WriteAsync(string bundle, string slot, string target, CancellationToken cancellationToken)
    {
        var offset = await FindAsync(bundle, slot, cancellationToken)
            ?? throw new ImageException($"the slot image does not lie in one piece in {Path.GetFileName(bundle)}", "the bundle's squashfs must be made without compression and fragments");
        await using var payload = File.OpenRead(slot);
        await using var whole = File.OpenRead(bundle);
        var sha = await SHA256.HashDataAsync(whole, cancellationToken);
        var count = checked((int)((payload.Length + BlockSize - 1) / BlockSize));
        var index = new BlockIndex(whole.Length, sha, offset, payload.Length, count);
        await using var output = File.Create(target);
        await output.WriteAsync(Header(index), cancellationToken);
        var block = new byte[BlockSize];
        for (var i = 0; i < count; i++)
        {
            var length = await payload.ReadAtLeastAsync(block, BlockSize, throwOnEndOfStream: false, cancellationToken);
            await output.WriteAsync(SHA256.HashData(block.AsSpan(0, length)).AsMemory(0, HashSize), cancellationToken);
        }

        return index;
    }

    /// <summary>Where the whole of <paramref name="slot"/> lies in <paramref name="bundle"/>; null when it does not.</summary>
    public static async Task<long?> FindAsync(string bundle, string slot, CancellationToken cancellationToken)
    {
        await using var whole = File.OpenRead(bundle);
        await using var payload = File.OpenRead(slot);
        var head = new byte[Math.Min(BlockSize, payload.Length)];
        await payload.ReadExactlyAsync(head, cancellationToken);
        var window = new byte[Window + head.Length];
        for (long at = 0; at + head.Length <= whole.Length; at += Window)
        {
            var length = RandomAccess.Read(whole.SafeFileHandle, window, at);
            for (var from = 0; ;)
            {
                var found = window.AsSpan(from, length - from).IndexOf(head);
                if (found < 0 || from + found >= Window)
                {
                    break;
                }

                if (Holds(whole, at + from + found, payload))
                {
                    return at + from + found;
                }

                from += found + 1;
            }
        }

        return null;
    }

    private static bool Holds(FileStream whole, long offset, FileStream payload)
    {
        var left = new byte[Window];
        var right = new byte[Window];
        for (long at = 0; at < payload.Length;)
        {
            var length = RandomAccess.Read(payload.SafeFileHandle, left, at);
            var other = RandomAccess.Read(whole.SafeFileHandle, right.AsSpan(0, length), offset + at);
            if (other != length || !left.AsSpan(0, length).SequenceEqual(right.AsSpan(0, length)))
            {
                return false;
            }

            at += length;
        }

        return true;
    }

    private static byte[] Header(BlockIndex index)
    {
        var header = new byte[HeaderSize];
        var at = header.AsSpan();
        Magic.CopyTo(at);
        BinaryPrimitives.WriteUInt32LittleEndian(at[8..], Version);
        BinaryPrimitives.WriteInt64LittleEndian(at[12..], index.BundleSize);
        index.BundleSha256.CopyTo(at[20..]);
        BinaryPrimitives.WriteInt64LittleEndian(at[52..], index.PayloadOffset);
        BinaryPrimitives.WriteInt64LittleEndian(at[60..], index.PayloadSize);
        BinaryPrimitives.WriteInt32LittleEndian(at[68..], BlockSize);
        BinaryPrimitives.WriteInt32LittleEndian(at[72..], index.Blocks);
        return header;
    }
}
