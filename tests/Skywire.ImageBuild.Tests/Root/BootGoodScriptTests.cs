namespace Skywire.ImageBuild.Tests.Root;

/// <summary>Who gets tries back, and who has to earn them.</summary>
public sealed class BootGoodScriptTests
{
    [Theory]
    [InlineData("A")]
    [InlineData("B")]
    public async Task BootGood_TriesSpent_AreGivenBackToTheRunningSlot(string slot)
    {
        using var board = new BoardScript(slot).WithTool("fw_printenv", "echo 2").WithTool("fw_setenv", "");
        Assert.Equal(0, (await board.RunAsync("boot-good")).ExitCode);
        Assert.Equal([$"fw_printenv -n BOOT_{slot}_LEFT", $"fw_setenv BOOT_{slot}_LEFT 3"], board.Calls);
    }

    [Fact]
    public async Task BootGood_TriesComplete_CardIsNotWritten()
    {
        using var board = new BoardScript("A").WithTool("fw_printenv", "echo 3").WithTool("fw_setenv", "");
        Assert.Equal(0, (await board.RunAsync("boot-good")).ExitCode);
        Assert.DoesNotContain(board.Calls, c => c.StartsWith("fw_setenv", StringComparison.Ordinal));
    }

    [Fact]
    public async Task BootGood_SlotOnTrial_KeepsWhatItHas()
    {
        using var board = new BoardScript("B").WithTrial("B").WithTool("fw_printenv", "echo 2").WithTool("fw_setenv", "");
        Assert.Equal(0, (await board.RunAsync("boot-good")).ExitCode);
        Assert.Empty(board.Calls);
    }

    [Fact]
    public async Task BootGood_OldSlotAfterTheOthersTrial_GetsItsTriesBack()
    {
        using var board = new BoardScript("A").WithTrial("B").WithTool("fw_printenv", "echo 1").WithTool("fw_setenv", "");
        Assert.Equal(0, (await board.RunAsync("boot-good")).ExitCode);
        Assert.Contains("fw_setenv BOOT_A_LEFT 3", board.Calls);
    }

    [Fact]
    public async Task BootGood_CardCannotBeWritten_Fails()
    {
        using var board = new BoardScript("A").WithTool("fw_printenv", "echo 1").WithTool("fw_setenv", "exit 5");
        Assert.NotEqual(0, (await board.RunAsync("boot-good")).ExitCode);
    }
}
