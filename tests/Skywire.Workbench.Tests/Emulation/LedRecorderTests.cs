using System.Diagnostics;
using Skywire.Workbench.Emulation;

namespace Skywire.Workbench.Tests.Emulation;

public sealed class LedRecorderTests
{
    [Fact]
    public void Parse_Recording_SplitsLinesAndLeavesOutWhatIsCutOff()
    {
        var lines = LedRecorder.Parse("1.00 0 1\n2.50 1 1\n2.90 1 0\n7.10 end\n7.2", 2, out var end);
        Assert.Equal([new(1.0, false), new(2.5, true)], lines[0]);
        Assert.Equal([new(1.0, true), new(2.9, false)], lines[1]);
        Assert.Equal(7.1, end);
    }

    [Theory]
    [InlineData("x 0 1")]
    [InlineData("1.0 0 2")]
    [InlineData("1.0 0")]
    [InlineData("")]
    public void Parse_NoRecording_HasNoEdges(string text) => Assert.All(LedRecorder.Parse(text, 2, out _), Assert.Empty);

    [Fact]
    public async Task Script_IsValidBash()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        using var bash = Process.Start(new ProcessStartInfo("bash", ["-n", "-c", LedRecorder.Script(2, 5)]) { RedirectStandardError = true })!;
        var error = await bash.StandardError.ReadToEndAsync(limit.Token);
        await bash.WaitForExitAsync(limit.Token);
        Assert.True(bash.ExitCode == 0, error);
    }

    // It travels to the board in single quotes.
    [Fact]
    public void Script_HasNoSingleQuote() => Assert.DoesNotContain('\'', LedRecorder.Script(2, 5));
}
