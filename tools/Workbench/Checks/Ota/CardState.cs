// The slot state as it lies on a board's card, read from outside while the board runs: a moment to cut the power at, and a way to tear what was being written.
using Skywire.ImageBuild.Boot;
using Skywire.ImageBuild.Disk;

namespace Skywire.Workbench.Checks.Ota;

/// <summary>Both copies; null for one whose CRC is wrong.</summary>
internal sealed record CardState(byte[] FirstBlock, byte[] SecondBlock)
{
    /// <summary>The copy that is read first.</summary>
    public SlotState? First => SlotState.TryDecode(FirstBlock);

    /// <summary>The copy that is read when the first one is torn.</summary>
    public SlotState? Second => SlotState.TryDecode(SecondBlock);

    /// <summary>Reads them.</summary>
    public static CardState Read(string card)
    {
        using var file = File.OpenHandle(card, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        return new CardState(Block(file, DiskLayout.SlotStateOffset), Block(file, DiskLayout.SlotStateCopyOffset));
    }

    /// <summary>True when both copies hold the same bytes as those of <paramref name="other"/>.</summary>
    public bool IsSame(CardState other) => FirstBlock.AsSpan().SequenceEqual(other.FirstBlock) && SecondBlock.AsSpan().SequenceEqual(other.SecondBlock);

    /// <summary>
    /// What a card holds that lost power while it wrote: the first sectors are new, the rest is as it was before. Values differ in the first sector only, so the tear
    /// goes through it; a card that writes whole sectors would leave the block good.
    /// </summary>
    public static byte[] Torn(ReadOnlySpan<byte> before, ReadOnlySpan<byte> after, int at)
    {
        var torn = before.ToArray();
        after[..at].CopyTo(torn);
        return torn;
    }

    /// <summary>Writes a block over one of the copies of a card that is not in use.</summary>
    public static void Write(string card, bool second, ReadOnlySpan<byte> block)
    {
        using var file = File.OpenHandle(card, FileMode.Open, FileAccess.Write);
        RandomAccess.Write(file, block, second ? DiskLayout.SlotStateCopyOffset : DiskLayout.SlotStateOffset);
    }

    private static byte[] Block(Microsoft.Win32.SafeHandles.SafeFileHandle file, long offset)
    {
        var block = new byte[SlotState.Size];
        for (var read = 0; read < block.Length;)
        {
            var length = RandomAccess.Read(file, block.AsSpan(read), offset + read);
            if (length == 0)
            {
                throw new EndOfStreamException("the card ends before its slot state");
            }

            read += length;
        }

        return block;
    }
}
