namespace Skywire.Workbench.Tests.Flashing;

public sealed class PartitionTableTests
{
    [Fact]
    public void Parse_OwnLayout_FindsPartitionsAndBoot()
    {
        var table = PartitionTable.Parse(TestImage.Create())!;
        Assert.Equal([1, 2], table.Partitions.Select(p => p.Number));
        Assert.Equal((1 << 20, 4 << 20), (table.Boot!.Offset, table.Boot.Size));
        Assert.Equal(TestImage.Size, table.End);
    }

    [Fact]
    public void Parse_EveryShorterInput_IsNull()
    {
        var sector = TestImage.Create().AsSpan(0, 512).ToArray();
        for (var length = 0; length < 512; length++)
        {
            Assert.Null(PartitionTable.Parse(sector.AsSpan(0, length)));
        }
    }

    [Fact]
    public void Parse_BootCodeWithoutTable_IsNull()
    {
        var sector = new byte[512];
        sector[510] = 0x55;
        sector[511] = 0xaa;
        Assert.Null(PartitionTable.Parse(sector));
        sector[446] = 0x17;
        sector[450] = 0x83;
        sector[458] = 1;
        Assert.Null(PartitionTable.Parse(sector));
    }

    [Fact]
    public void End_GptGuard_SaysNothing()
    {
        var sector = TestImage.Create().AsSpan(0, 512).ToArray();
        sector[450] = PartitionTable.GptGuard;
        sector.AsSpan(462, 16).Clear();
        Assert.Equal(0, PartitionTable.Parse(sector)!.End);
    }
}
