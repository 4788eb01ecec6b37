using System.Diagnostics;
using System.Text;
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
    public void BootExtra_IsOneShortLine()
    {
        var line = LedRecorder.BootExtra();
        Assert.Equal(1, line.Count(c => c == '\n'));
        Assert.StartsWith("extra_args=", line, StringComparison.Ordinal);
        // The boot loader was seen to hang on a line of 771 characters.
        Assert.InRange(line.Length, 1, 350);
        Assert.DoesNotContain('"', line);
    }

    [Fact]
    public void BootExtra_Unit_StartsTheScriptOfTheCard()
    {
        var encoded = LedRecorder.BootExtra().Split(':')[1].Split(' ')[0];
        var unit = Encoding.ASCII.GetString(Convert.FromBase64String(encoded));
        Assert.Contains($"ExecStart=/bin/bash /boot/firmware/{LedRecorder.ScriptName}\n", unit, StringComparison.Ordinal);
        Assert.Contains($"StandardOutput=truncate:{LedRecorder.Output}\n", unit, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Script_IsValidBash()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        foreach (var seconds in new[] { 0, 5 })
        {
            using var bash = Process.Start(new ProcessStartInfo("bash", ["-n", "-c", LedRecorder.Script(2, seconds)]) { RedirectStandardError = true })!;
            var error = await bash.StandardError.ReadToEndAsync(limit.Token);
            await bash.WaitForExitAsync(limit.Token);
            Assert.True(bash.ExitCode == 0, error);
        }
    }

    // It travels to the board in single quotes.
    [Fact]
    public void Script_HasNoSingleQuote() => Assert.DoesNotContain('\'', LedRecorder.Script(2, 5));
}
