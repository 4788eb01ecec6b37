using System.Buffers.Binary;
using Skywire.ImageBuild.Disk;

namespace Skywire.ImageBuild.Tests;

public sealed class DiskImageTests
{
    [Fact]
    public void Layout_Parts_FollowEachOtherWithoutOverlap()
    {
        Assert.True(DiskLayout.SunxiOffset >= 512);
        Assert.True(DiskLayout.SlotStateOffset > DiskLayout.SunxiOffset + (1 << 20));
        Assert.True(DiskLayout.SlotStateCopyOffset + Boot.SlotState.Size <= DiskLayout.BootOffset);
        Assert.Equal(DiskLayout.SlotAOffset, DiskLayout.BootOffset + DiskLayout.BootSize);
        Assert.Equal(DiskLayout.SlotBOffset, DiskLayout.SlotAOffset + DiskLayout.SlotSize);
        Assert.Equal(DiskLayout.DataOffset, DiskLayout.SlotBOffset + DiskLayout.SlotSize);
    }

    [Fact]
    public async Task AssembleAsync_SmallParts_LieAtTheirOffsetsBehindAValidTable()
    {
        Assert.SkipWhen(HostTool.Find("sfdisk") is null, "sfdisk (package fdisk) is not installed");
        using var scratch = new ScratchFolder();
        foreach (var (name, fill) in new[] { ("loader", (byte)1), ("boot", (byte)2), ("slot", (byte)3) })
        {
            await File.WriteAllBytesAsync(scratch.At(name), [.. Enumerable.Repeat(fill, 5000)], TestContext.Current.CancellationToken);
        }

        var state = Boot.SlotState.Fresh.Encode();
        await DiskImage.AssembleAsync(new DiskParts(scratch.At("loader"), state, scratch.At("boot"), scratch.At("slot")), scratch.At("image"), TestContext.Current.CancellationToken);
        using var image = File.OpenRead(scratch.At("image"));
        Assert.Equal(DiskLayout.ImageSize, image.Length);
        byte[] Read(long offset, int count)
        {
            var buffer = new byte[count];
            image.Position = offset;
            image.ReadExactly(buffer);
            return buffer;
        }

        var table = Read(0, 512);
        Assert.Equal(0xAA55, BinaryPrimitives.ReadUInt16LittleEndian(table.AsSpan(510)));
        Assert.Equal(0x5ca1ab1eu, BinaryPrimitives.ReadUInt32LittleEndian(table.AsSpan(440)));
        long[] starts = [DiskLayout.BootOffset, DiskLayout.SlotAOffset, DiskLayout.SlotBOffset, DiskLayout.DataOffset];
        Assert.Equal(starts, Enumerable.Range(0, 4).Select(i => BinaryPrimitives.ReadUInt32LittleEndian(table.AsSpan(446 + (16 * i) + 8)) * 512L));
        Assert.All(Read(DiskLayout.SunxiOffset, 5000), b => Assert.Equal(1, b));
        Assert.All(Read(DiskLayout.BootOffset, 5000), b => Assert.Equal(2, b));
        Assert.All(Read(DiskLayout.SlotAOffset, 5000), b => Assert.Equal(3, b));
        Assert.Equal(state, Read(DiskLayout.SlotStateOffset, state.Length));
        Assert.Equal(state, Read(DiskLayout.SlotStateCopyOffset, state.Length));
        Assert.All(Read(DiskLayout.DataOffset, 1 << 20), b => Assert.Equal(0, b));
    }

    [Fact]
    public async Task AssembleAsync_LoaderThatReachesIntoTheSlotState_IsRefused()
    {
        Assert.SkipWhen(HostTool.Find("sfdisk") is null, "sfdisk (package fdisk) is not installed");
        using var scratch = new ScratchFolder();
        await using (var large = File.Create(scratch.At("loader")))
        {
            large.SetLength(DiskLayout.SlotStateOffset);
        }

        await File.WriteAllBytesAsync(scratch.At("part"), [1], TestContext.Current.CancellationToken);
        var error = await Assert.ThrowsAsync<ImageException>(() => DiskImage.AssembleAsync(new DiskParts(scratch.At("loader"), new byte[1], scratch.At("part"), scratch.At("part")), scratch.At("image"), TestContext.Current.CancellationToken));
        Assert.Contains("boot loader", error.Message, StringComparison.Ordinal);
    }
}
