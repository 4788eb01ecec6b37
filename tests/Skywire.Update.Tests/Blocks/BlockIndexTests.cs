using System.Buffers.Binary;
using System.Security.Cryptography;
using Skywire.Update.Blocks;

namespace Skywire.Update.Tests.Blocks;

public sealed class BlockIndexTests
{
    private static readonly byte[] Bundle = Enumerable.Range(0, 10_000).Select(i => (byte)(i * 7)).ToArray();
    private static readonly BlockIndex Index = BlockIndex.Of(new MemoryStream(Bundle), 100, 9000);

    [Fact]
    public void ToArray_Layout_IsTheDocumentedOne()
    {
        var bytes = Index.ToArray();
        Assert.Equal("SKBLOCK1"u8.ToArray(), bytes[..8]);
        Assert.Equal(1u, BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(8)));
        Assert.Equal(10_000, BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(12)));
        Assert.Equal(SHA256.HashData(Bundle), bytes[20..52]);
        Assert.Equal(100, BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(52)));
        Assert.Equal(9000, BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(60)));
        Assert.Equal(4096u, BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(68)));
        Assert.Equal(3u, BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(72)));
        Assert.Equal(SHA256.HashData(Bundle.AsSpan(100 + 8192, 808))[..16], bytes[(76 + 32)..]);
        Assert.Equal(76 + 48, bytes.Length);
    }

    [Fact]
    public void Read_Written_IsTheSame()
    {
        var read = BlockIndex.Read(Index.ToArray())!;
        Assert.Equal(Index.Hashes, read.Hashes);
        Assert.Equal((Index.BundleSize, Index.BundleSha256, Index.PayloadOffset, Index.PayloadSize), (read.BundleSize, read.BundleSha256, read.PayloadOffset, read.PayloadSize));
        Assert.Equal(808, read.LengthOf(2));
        Assert.Equal(100 + 8192, read.OffsetOf(2));
    }

    [Fact]
    public void Read_CutOrLonger_IsNull()
    {
        var bytes = Index.ToArray();
        for (var cut = 0; cut < bytes.Length; cut++)
        {
            Assert.Null(BlockIndex.Read(bytes.AsSpan(0, cut)));
        }

        Assert.Null(BlockIndex.Read([.. bytes, 0]));
    }

    [Theory]
    [InlineData(0)] // magic
    [InlineData(8)] // version
    [InlineData(19)] // a negative bundle size
    [InlineData(54)] // offset outside of the bundle
    [InlineData(59)] // a negative offset
    [InlineData(62)] // payload larger than the bundle
    [InlineData(68)] // block size
    [InlineData(72)] // count
    public void Read_FieldsThatDisagree_IsNull(int at)
    {
        var bytes = Index.ToArray();
        bytes[at] ^= 0x81;
        Assert.Null(BlockIndex.Read(bytes));
    }

    [Fact]
    public void Of_PayloadOutside_Throws() => Assert.Throws<ArgumentException>(() => BlockIndex.Of(new MemoryStream(Bundle), 2000, 9000));

    [Fact]
    public void Find_Slot_GivesFirstPlacesOfWantedBlocks()
    {
        byte[] slot = [.. new byte[4096], .. Bundle.AsSpan(100, 4096), .. new byte[4096], .. Bundle.AsSpan(100 + 8192, 808)];
        var found = SlotBlocks.Find(new MemoryStream(slot), Index.Hashes.ToHashSet(), TestContext.Current.CancellationToken);
        Assert.Equal(new Dictionary<BlockHash, long> { [Index.Hashes[0]] = 4096, [Index.Hashes[2]] = 12288 }, found);
    }
}
