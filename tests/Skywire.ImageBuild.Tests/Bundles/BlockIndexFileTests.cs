using System.Security.Cryptography;
using Skywire.ImageBuild.Bundles;

namespace Skywire.ImageBuild.Tests.Bundles;

public sealed class BlockIndexFileTests
{
    [Theory]
    [InlineData(0, 3 * 4096, 0)]
    [InlineData(329, 3 * 4096, 77)]
    [InlineData(1, 4096 + 17, 1)]
    [InlineData((1 << 20) - 1, 5 * 4096, 1000)]
    [InlineData((2 << 20) + 5, (3 << 20) + 4096, 3)]
    public async Task WriteAsync_PayloadAnywhere_IsFoundAndHashedBlockByBlock(int before, int payload, int after)
    {
        using var scratch = new ScratchFolder();
        var slot = RandomNumberGenerator.GetBytes(payload);
        byte[] bundle = [.. RandomNumberGenerator.GetBytes(before), .. slot, .. RandomNumberGenerator.GetBytes(after)];
        await File.WriteAllBytesAsync(scratch.At("slot"), slot, TestContext.Current.CancellationToken);
        await File.WriteAllBytesAsync(scratch.At("bundle"), bundle, TestContext.Current.CancellationToken);
        var index = await BlockIndexFile.WriteAsync(scratch.At("bundle"), scratch.At("slot"), scratch.At("index"), TestContext.Current.CancellationToken);
        Assert.Equal((bundle.Length, before, payload, (payload + 4095) / 4096), (index.BundleSize, index.PayloadOffset, index.PayloadSize, index.Hashes.Count));
        using var reader = new BinaryReader(File.OpenRead(scratch.At("index")));
        Assert.Equal("SKBLOCK1"u8.ToArray(), reader.ReadBytes(8));
        Assert.Equal((1u, (ulong)bundle.Length), (reader.ReadUInt32(), reader.ReadUInt64()));
        Assert.Equal(SHA256.HashData(bundle), reader.ReadBytes(32));
        Assert.Equal(((ulong)before, (ulong)payload, 4096u, (uint)index.Hashes.Count), (reader.ReadUInt64(), reader.ReadUInt64(), reader.ReadUInt32(), reader.ReadUInt32()));
        foreach (var block in slot.Chunk(4096))
        {
            Assert.Equal(SHA256.HashData(block)[..16], reader.ReadBytes(16));
        }

        Assert.Equal(reader.BaseStream.Length, reader.BaseStream.Position);
        Assert.Equal(index.Hashes, Skywire.Update.Blocks.BlockIndex.Read(await File.ReadAllBytesAsync(scratch.At("index"), TestContext.Current.CancellationToken))!.Hashes);
    }

    [Fact]
    public async Task WriteAsync_BeginningThatRepeats_TheWholePayloadCounts()
    {
        using var scratch = new ScratchFolder();
        var head = RandomNumberGenerator.GetBytes(4096);
        byte[] slot = [.. head, .. RandomNumberGenerator.GetBytes(4096)];
        await File.WriteAllBytesAsync(scratch.At("slot"), slot, TestContext.Current.CancellationToken);
        await File.WriteAllBytesAsync(scratch.At("bundle"), [.. head, .. head, .. slot, .. head], TestContext.Current.CancellationToken);
        Assert.Equal(2 * 4096, await BlockIndexFile.FindAsync(scratch.At("bundle"), scratch.At("slot"), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task WriteAsync_PayloadInPieces_IsRefused()
    {
        using var scratch = new ScratchFolder();
        var slot = RandomNumberGenerator.GetBytes(3 * 4096);
        await File.WriteAllBytesAsync(scratch.At("slot"), slot, TestContext.Current.CancellationToken);
        await File.WriteAllBytesAsync(scratch.At("bundle"), [.. slot[..5000], 1, .. slot[5000..]], TestContext.Current.CancellationToken);
        await Assert.ThrowsAsync<ImageException>(() => BlockIndexFile.WriteAsync(scratch.At("bundle"), scratch.At("slot"), scratch.At("index"), TestContext.Current.CancellationToken));
    }
}
