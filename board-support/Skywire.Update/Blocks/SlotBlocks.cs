// Where the running slot has blocks of a new bundle.
using System.Buffers.Binary;

namespace Skywire.Update.Blocks;

/// <summary>Finds equal blocks.</summary>
internal static class SlotBlocks
{
    // Superblock of squashfs: "hsqs", and at 40 the bytes used, 64 bits, little endian (Linux, Documentation/filesystems/squashfs.rst).
    private const int BytesUsedAt = 40;

    /// <summary>
    /// Reads a slot once and gives, for each wanted hash that it has, the first place. Memory is bounded by what is wanted, not by the slot; of a partition that holds a squashfs only that is read.
    /// </summary>
    public static Dictionary<BlockHash, long> Find(Stream slot, IReadOnlySet<BlockHash> wanted, CancellationToken cancellationToken)
    {
        var found = new Dictionary<BlockHash, long>();
        var block = new byte[BlockIndex.BlockSize];
        var end = long.MaxValue;
        for (long at = 0; at < end && found.Count < wanted.Count; at += block.Length)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var read = slot.ReadAtLeast(block, block.Length, throwOnEndOfStream: false);
            if (read == 0)
            {
                break;
            }

            end = at == 0 ? End(block.AsSpan(0, read)) : end;
            var hash = BlockHash.Of(block.AsSpan(0, read));
            if (wanted.Contains(hash))
            {
                found.TryAdd(hash, at);
            }
        }

        return found;
    }

    private static long End(ReadOnlySpan<byte> first)
        => first.Length >= BytesUsedAt + sizeof(long) && first.StartsWith("hsqs"u8) && BinaryPrimitives.ReadInt64LittleEndian(first[BytesUsedAt..]) is > 0 and var used ? used : long.MaxValue;
}
