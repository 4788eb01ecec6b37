using Skywire.Workbench.Emulation;

namespace Skywire.Workbench.Tests.Emulation;

public sealed class LedLinesTests
{
    [Theory]
    [InlineData("blink_fast", 0.125, 0.125)]
    [InlineData("blink_slow", 1.0, 1.0)]
    [InlineData("heartbeat", 0.07, 0.245, 0.07, 0.875)]
    [InlineData("heartbeat", 0.07, 0.081, 0.07, 0.383)]
    [InlineData("pulse", 0.15, 0.25, 0.15, 0.8)]
    [InlineData("flash", 0.15, 1.85)]
    [InlineData("wink", 1.85, 0.15)]
    public void Name_Rhythm_IsTheWordOfBoardJson(string name, params double[] spans) => Assert.Equal(name, LedLines.Name(Rhythm(spans, 8), 0, 8));

    [Fact]
    public void Name_BlinkSeenLateNowAndThen_IsStillABlink()
    {
        var edges = Rhythm([0.125, 0.125], 6).Where((_, i) => i % 9 is not (3 or 4)).ToList();
        Assert.Equal("blink_fast", LedLines.Name(edges, 0, 6));
    }

    [Theory]
    [InlineData(true, "on")]
    [InlineData(false, "off")]
    public void Name_NoChange_IsOnOrOff(bool lit, string name) => Assert.Equal(name, LedLines.Name([new(0, lit)], 2, 8));

    [Fact]
    public void Name_NothingKnown_IsUnknown() => Assert.Equal("unknown", LedLines.Name([], 0, 5));

    [Fact]
    public void Name_ChangesOutsideTheInterval_DoNotCount() => Assert.Equal("on", LedLines.Name([new(0, false), new(1, true), new(9, false)], 2, 8));

    [Fact]
    public void Spans_EdgesOfTheSameLevel_AreOneSpan() => Assert.Equal([new LedSpan(true, 3)], LedLines.Spans([new(0, true), new(1, true)], 0, 3));

    private static List<LedEdge> Rhythm(double[] spans, double until)
    {
        var edges = new List<LedEdge>();
        var at = 0.0;
        for (var i = 0; at < until; i++)
        {
            edges.Add(new LedEdge(at, i % 2 == 0));
            at += spans[i % spans.Length];
        }

        return edges;
    }
}
