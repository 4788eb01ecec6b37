// Where the running slot has blocks of a new bundle.
namespace Skywire.Update.Blocks;

/// <summary>Finds equal blocks.</summary>
internal static class SlotBlocks
{
    /// <summary>Reads a slot once and gives, for each wanted hash that it has, the first place. Memory is bounded by what is wanted, not by the slot.</summary>
    public static Dictionary<BlockHash, long> Find(Stream slot, IReadOnlySet<BlockHash> wanted, CancellationToken cancellationToken)
    {
        var found = new Dictionary<BlockHash, long>();
        var block = new byte[BlockIndex.BlockSize];
        for (long at = 0; found.Count < wanted.Count; at += block.Length)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var read = slot.ReadAtLeast(block, block.Length, throwOnEndOfStream: false);
            if (read == 0)
            {
                break;
            }

            var hash = BlockHash.Of(block.AsSpan(0, read));
            if (wanted.Contains(hash))
            {
                found.TryAdd(hash, at);
            }
        }

        return found;
    }
}
