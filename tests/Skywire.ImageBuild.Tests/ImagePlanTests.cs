using Skywire.ImageBuild.Boards;

namespace Skywire.ImageBuild.Tests;

public sealed class ImagePlanTests
{
    private static readonly IReadOnlyList<BoardData> All = BoardData.ReadAll(Checkout.Tree);

    [Fact]
    public void ReadAll_CommittedBoards_AreThere() =>
        Assert.Equal(["orangepi-pc2", "orangepi-prime", "orangepi-zero-plus2", "qemu-raspi3b", "qemu-virt", "raspberrypi"], All.Select(b => b.Name));

    [Theory]
    [InlineData("universal")]
    [InlineData("orangepi-prime")]
    [InlineData("raspberrypi")]
    [InlineData("qemu-virt")]
    public void Create_BoardsThatShareOneImage_GetIt(string name)
    {
        var plan = ImagePlan.Create(name, All);
        Assert.Equal("universal", plan.Name);
        Assert.Equal("orangepi-prime", plan.Sunxi?.Name);
        Assert.Equal("raspberrypi", plan.RaspberryPi?.Name);
    }

    [Fact]
    public void Create_BoardWithItsOwnLoader_GetsItsOwnImageWithEveryBoardsData()
    {
        var plan = ImagePlan.Create("orangepi-pc2", All);
        Assert.Equal("orangepi-pc2", plan.Name);
        Assert.Equal("orangepi-pc2", plan.Sunxi?.Name);
        Assert.Null(plan.RaspberryPi);
        Assert.Equal(All.Count, plan.AllBoards.Count);
    }

    [Fact]
    public void Create_UnknownBoard_NamesThoseThereAre()
    {
        var error = Assert.Throws<ImageException>(() => ImagePlan.Create("orangepi", All));
        Assert.Contains("orangepi-prime", error.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public void Create_TwoBoardsForTheSameSectors_IsRefused()
    {
        var greedy = All.Select(b => b with { Boot = b.Boot with { Universal = true } }).ToList();
        Assert.Throws<ImageException>(() => ImagePlan.Create("universal", greedy));
    }

    [Fact]
    public void Read_NameUnlikeItsFolder_IsRefused()
    {
        using var scratch = new ScratchFolder();
        Directory.CreateDirectory(scratch.At("other"));
        File.Copy(Path.Combine(Checkout.Tree.Boards, "qemu-virt", "board.json"), scratch.At("other/board.json"));
        Assert.Contains("'other'", Assert.Throws<ImageException>(() => BoardData.Read(scratch.At("other/board.json"))).Message, StringComparison.Ordinal);
    }
}
