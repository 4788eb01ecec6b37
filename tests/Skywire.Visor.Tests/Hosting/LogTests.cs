using Microsoft.Extensions.Logging;
using Skywire.Testing;
using Skywire.Visor.Hosting;

namespace Skywire.Visor.Tests.Hosting;

public sealed class LogTests
{
    [Fact]
    public void LogRing_MoreThanCapacity_KeepsTheNewestAndCountsOn()
    {
        var ring = new LogRing(3, new VirtualTime());
        var logger = ring.CreateLogger("Skywire.X");
        for (var i = 0; i < 5; i++)
        {
            logger.Log(LogLevel.Information, new EventId(i), i, null, static (s, _) => $"line {s}");
        }

        var (lines, next) = ring.Read(0, LogLevel.Trace, "", 100);
        Assert.Equal(["line 2", "line 3", "line 4"], lines.Select(l => l.Message));
        Assert.Equal([2L, 3L, 4L], lines.Select(l => l.Sequence));
        Assert.Equal(5, next);
        Assert.Empty(ring.Read(next, LogLevel.Trace, "", 100).Lines);
        Assert.Empty(ring.Read(long.MaxValue, LogLevel.Trace, "", 100).Lines);
    }

    [Fact]
    public void LogRing_LongLine_IsCut()
    {
        var ring = new LogRing(3, new VirtualTime());
        ring.CreateLogger("X").Log(LogLevel.Error, 0, new string('x', 10_000), null, static (s, _) => s);
        Assert.InRange(ring.Read(0, LogLevel.Trace, "", 1).Lines[0].Message.Length, 1, 2100);
    }

    [Theory]
    [InlineData(LogLevel.Critical, "<2>")]
    [InlineData(LogLevel.Error, "<3>")]
    [InlineData(LogLevel.Warning, "<4>")]
    [InlineData(LogLevel.Information, "<6>")]
    [InlineData(LogLevel.Debug, "<7>")]
    public void ConsoleLog_Journal_HasTheLevelPrefixAndOneLine(LogLevel level, string prefix)
    {
        using var output = new StringWriter();
        using var console = new ConsoleLog(output, forJournal: true, new VirtualTime());
        console.CreateLogger("Skywire.Dmsg.DmsgClient").Log(level, 0, "a\nb", new IOException("why"), static (s, _) => s);
        Assert.Equal($"{prefix}Dmsg.DmsgClient: a b: IOException: why{Environment.NewLine}", output.ToString());
    }
}
