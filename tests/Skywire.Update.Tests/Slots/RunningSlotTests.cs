using Skywire.Testing;
using Skywire.Update.Slots;

namespace Skywire.Update.Tests.Slots;

public sealed class RunningSlotTests
{
    [Theory]
    [InlineData("root=PARTUUID=1 ro panic=5 rauc.slot=B loglevel=4\n", "B")]
    [InlineData("rauc.slot=A rauc.slot=B", "B")]
    [InlineData("xrauc.slot=A", null)]
    [InlineData("rauc.slot=", null)]
    [InlineData("", null)]
    public void Parse_CommandLine_NamesTheSlot(string line, string? slot) => Assert.Equal(slot, RunningSlot.Parse(line));

    [Fact]
    public void Load_Proc_GivesSlotAndStart()
    {
        using var folder = new TempFolder();
        Assert.Null(RunningSlot.Load(folder.Path));
        folder.Write("cmdline", "rauc.slot=A\n");
        Assert.Equal(new RunningSlot("A", ""), RunningSlot.Load(folder.Path));
        folder.Write("sys/kernel/random/boot_id", "5ca1ab1e\n");
        Assert.Equal(new RunningSlot("A", "5ca1ab1e"), RunningSlot.Load(folder.Path));
    }
}
