namespace Skywire.ImageBuild.Tests.Root;

/// <summary>The shell's part of a trial: it has to hold when the program on trial is broken.</summary>
public sealed class TrialScriptTests
{
    [Theory]
    [InlineData("A", "A", 0)]
    [InlineData("B", "B", 0)]
    [InlineData("A", "B", 1)]
    [InlineData("B", "A", 1)]
    public async Task Mine_RecordOfASlot_IsTheRunningOnesAlone(string running, string onTrial, int expected)
    {
        using var board = new BoardScript(running).WithTrial(onTrial);
        Assert.Equal(expected, (await board.RunAsync("trial", "mine")).ExitCode);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("{\"from_slot\":\"A\"}")]
    [InlineData("{\"slot\":\"C\"}")]
    public async Task Mine_NoRecordThatCanBeRead_IsNotMine(string text)
    {
        using var board = new BoardScript("A");
        Assert.Equal(1, (await board.RunAsync("trial", "mine")).ExitCode);
        await File.WriteAllTextAsync(board.At("trial.json"), text, TestContext.Current.CancellationToken);
        Assert.Equal(1, (await board.RunAsync("trial", "mine")).ExitCode);
    }

    [Theory]
    [InlineData(300, 419, false)]
    [InlineData(300, 420, true)]
    [InlineData(null, 420, true)]
    [InlineData(0, 149, false)]
    [InlineData(0, 150, true)]
    [InlineData(999999, 3719, false)]
    [InlineData(999999, 3720, true)]
    public async Task Limit_BeforeAndAfterTheDeadline_EndsBadlyOnlyAfter(int? deadline, int uptime, bool over)
    {
        using var board = new BoardScript("B", uptime).WithTrial("B", deadline).WithTool("systemctl", "echo 7");
        // In place of waiting: the trial ends.
        board.WithTool("sleep", $"rm '{board.At("trial.json")}'");
        var result = await board.RunAsync("trial", "limit");
        Assert.Equal(over ? 1 : 0, result.ExitCode);
        Assert.Equal(over, !board.Calls.Any(c => c.StartsWith("sleep", StringComparison.Ordinal)));
        Assert.Equal(over, board.Reason?.Contains("started 7 times", StringComparison.Ordinal) ?? false);
    }

    [Theory]
    [InlineData(10, 0, 0)]
    [InlineData(10, 1, 1)]
    [InlineData(90, 1, 0)]
    public async Task Wait_Visor_IsWaitedForUntilItIsUpOrLongEnough(int uptime, int isActive, int sleeps)
    {
        using var board = new BoardScript("B", uptime);
        // In place of waiting: the visor gets up.
        board.WithTool("systemctl", $"[ -e '{board.At("up")}' ] || exit {isActive}").WithTool("sleep", $"touch '{board.At("up")}'");
        Assert.Equal(0, (await board.RunAsync("trial", "wait")).ExitCode);
        Assert.Equal(sleeps, board.Calls.Count(c => c.StartsWith("sleep", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Limit_OtherSlotsRecord_EndsAtOnce()
    {
        using var board = new BoardScript("A", 100_000).WithTrial("B").WithTool("sleep", "exit 1").WithTool("systemctl", "");
        Assert.Equal(0, (await board.RunAsync("trial", "limit")).ExitCode);
        Assert.Null(board.Reason);
    }

    [Fact]
    public async Task Limit_NearItsEnd_WaitsNoLongerThanThat()
    {
        using var board = new BoardScript("B", 418).WithTrial("B");
        board.WithTool("sleep", $"rm '{board.At("trial.json")}'");
        await board.RunAsync("trial", "limit");
        Assert.Equal(["sleep 2"], board.Calls);
    }

    [Fact]
    public async Task Reason_ProgramSaidWhy_IsKept()
    {
        using var board = new BoardScript("B").WithTrial("B").WithTool("journalctl", "echo 'visor: up'; echo 'links: 1 of 2 came back'");
        Assert.Equal(0, (await board.RunAsync("trial", "reason")).ExitCode);
        Assert.Equal("visor: up;links: 1 of 2 came back\n", board.Reason);
    }

    [Fact]
    public async Task Reason_ProgramSaidNothing_IsWhatSystemdSaw()
    {
        using var board = new BoardScript("B").WithTrial("B").WithTool("journalctl", "exit 1");
        Assert.Equal(0, (await board.RunAsync("trial", "reason")).ExitCode);
        Assert.Equal("the check of the new system ended with exit-code (exited 127)\n", board.Reason);
    }

    [Fact]
    public async Task Trial_UnknownWord_IsAUsageError()
    {
        using var board = new BoardScript("B");
        Assert.Equal(2, (await board.RunAsync("trial", "good")).ExitCode);
        Assert.Equal(2, (await board.RunAsync("trial")).ExitCode);
    }
}
