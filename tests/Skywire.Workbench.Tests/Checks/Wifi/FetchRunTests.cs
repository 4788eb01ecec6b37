using Skywire.Workbench.Checks.Wifi;

namespace Skywire.Workbench.Tests.Checks.Wifi;

public sealed class FetchRunTests
{
    // Two visors; the second one's name holds a blank and a bracket.
    private const string Output = """
        -- before
        1800000000.500000
        cpu  1000 10 500 9000 5 20 30 0 0 0
        812 (skywire) S 1 812 812 0 -1 4194560 100 0 0 0 200 50 0 0 20 0 20 0 100 1 2
        813 (sky wire)) S 1 813 813 0 -1 4194560 100 0 0 0 300 60 0 0 20 0 20 0 100 1 2
        -- after
        1800000004.500000
        cpu  1400 10 650 9100 5 40 80 0 0 0
        812 (skywire) S 1 812 812 0 -1 4194560 100 0 0 0 260 70 0 0 20 0 20 0 100 1 2
        813 (sky wire)) S 1 813 813 0 -1 4194560 100 0 0 0 340 70 0 0 20 0 20 0 100 1 2
        -- file
        2000000
        abcd
        """;

    [Fact]
    public void Parse_Whole_HasTimeAndCosts()
    {
        var run = FetchRun.Parse(Output)!;
        Assert.Equal((2_000_000, "abcd"), (run.Bytes, run.Sha256));
        Assert.Equal(4, run.Seconds, 6);
        Assert.Equal(500_000, run.BytesPerS, 3);
        Assert.Equal(1.3, run.VisorCpuS, 6);
        Assert.Equal(1.0, run.VisorUserCpuS, 6);
        Assert.Equal(2.2, run.KernelCpuS, 6);
    }

    [Fact]
    public void CpuSPerMb_IsTheVisorsOwnTimeAndAllOfTheKernels() => Assert.Equal((1.0 + 2.2) / 2, FetchRun.Parse(Output)!.CpuSPerMb, 6);

    [Fact]
    public void Parse_WithoutAnEnd_IsNone()
    {
        Assert.Null(FetchRun.Parse(Output[..Output.IndexOf("-- file", StringComparison.Ordinal)]));
        Assert.Null(FetchRun.Parse(Output[..Output.IndexOf("-- after", StringComparison.Ordinal)] + "fetch failed with 11"));
        Assert.Null(FetchRun.Parse(""));
    }

    [Fact]
    public void Parse_VisorThatEnded_IsNone() => Assert.Null(FetchRun.Parse(Output.Replace("813 (sky wire)) S 1 813 813 0 -1 4194560 100 0 0 0 340 70 0 0 20 0 20 0 100 1 2", "cat: /proc/813/stat: No such file or directory", StringComparison.Ordinal)));
}
