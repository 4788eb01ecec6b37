using System.Buffers.Binary;
using Skywire.Update.Blocks;

namespace Skywire.Update.Tests.Blocks;

public sealed class SlotBlocksTests
{
    private const int Blocks = 4;

    [Fact]
    public void Find_WantedBlocks_GivesTheFirstPlaceOfEach()
    {
        var slot = Slot(out var hashes);
        slot.AsSpan(0, BlockIndex.BlockSize).CopyTo(slot.AsSpan(3 * BlockIndex.BlockSize));
        var found = Find(slot, [hashes[0], hashes[2], BlockHash.Of([9])]);
        Assert.Equal([(hashes[0], 0L), (hashes[2], 2L * BlockIndex.BlockSize)], found.OrderBy(f => f.Value).Select(f => (f.Key, f.Value)));
    }

    [Theory]
    [InlineData((2 * BlockIndex.BlockSize) + 1, 3)]
    [InlineData(2 * BlockIndex.BlockSize, 2)]
    [InlineData(0, Blocks)]
    [InlineData(-1, Blocks)]
    public void Find_Squashfs_IsReadToItsEndOnly(long used, int blocks)
    {
        var slot = Slot(out _);
        "hsqs"u8.CopyTo(slot);
        BinaryPrimitives.WriteInt64LittleEndian(slot.AsSpan(40), used);
        Assert.Equal(blocks, Find(slot, Hashes(slot)).Count);
    }

    private static Dictionary<BlockHash, long> Find(byte[] slot, IEnumerable<BlockHash> wanted) => SlotBlocks.Find(new MemoryStream(slot), wanted.ToHashSet(), TestContext.Current.CancellationToken);

    private static byte[] Slot(out BlockHash[] hashes)
    {
        var slot = new byte[Blocks * BlockIndex.BlockSize];
        new Random(1).NextBytes(slot);
        hashes = Hashes(slot);
        return slot;
    }

    private static BlockHash[] Hashes(byte[] slot) => [.. Enumerable.Range(0, Blocks).Select(i => BlockHash.Of(slot.AsSpan(i * BlockIndex.BlockSize, BlockIndex.BlockSize)))];
}
