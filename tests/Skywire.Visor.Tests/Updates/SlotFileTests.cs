using Skywire.Visor.Updates;

namespace Skywire.Visor.Tests.Updates;

public sealed class SlotFileTests
{
    [Theory]
    [InlineData("1048576\n", 536870912UL)]
    [InlineData("", null)]
    [InlineData("-1", null)]
    public void PartitionBytes_SizeFile_IsInSectors(string text, ulong? bytes)
    {
        using var folder = new TempFolder();
        folder.Write("mmcblk0p2/size", text);
        Assert.Equal(bytes, SlotFile.PartitionBytes("mmcblk0p2", folder.Path));
    }

    [Fact]
    public void BytesOf_NothingHandedOver_IsUnknown() => Assert.Null(SlotFile.BytesOf("A"));
}
