// NAME.raucb.blocks for a bundle that was just made: finds the slot image inside it; the format is the boards' own (Skywire.Update).
using Skywire.Update.Blocks;

namespace Skywire.ImageBuild.Bundles;

/// <summary>Writes block indexes.</summary>
internal static class BlockIndexFile
{
    private const int Window = 1 << 20;

    /// <summary>Indexes <paramref name="slot"/>, which lies in one piece inside <paramref name="bundle"/>, and writes <paramref name="target"/>.</summary>
    public static async Task<BlockIndex> WriteAsync(string bundle, string slot, string target, CancellationToken cancellationToken)
    {
        var offset = await FindAsync(bundle, slot, cancellationToken)
            ?? throw new ImageException($"the slot image does not lie in one piece in {Path.GetFileName(bundle)}", "the bundle's squashfs must be made without compression and fragments");
        await using var whole = File.OpenRead(bundle);
        var index = BlockIndex.Of(whole, offset, new FileInfo(slot).Length);
        await File.WriteAllBytesAsync(target, index.ToArray(), cancellationToken);
        return index;
    }

    /// <summary>Where the whole of <paramref name="slot"/> lies in <paramref name="bundle"/>; null when it does not.</summary>
    public static async Task<long?> FindAsync(string bundle, string slot, CancellationToken cancellationToken)
    {
        await using var whole = File.OpenRead(bundle);
        await using var payload = File.OpenRead(slot);
        var head = new byte[Math.Min(BlockIndex.BlockSize, payload.Length)];
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
}
