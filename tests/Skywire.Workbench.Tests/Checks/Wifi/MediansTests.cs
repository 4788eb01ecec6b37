using Skywire.Workbench.Checks.Wifi;

namespace Skywire.Workbench.Tests.Checks.Wifi;

public sealed class MediansTests
{
    [Theory]
    [InlineData(new double[] { }, 0)]
    [InlineData(new[] { 3.0 }, 3)]
    [InlineData(new[] { 9.0, 1.0, 2.0 }, 2)]
    [InlineData(new[] { 4.0, 1.0, 2.0, 100.0 }, 3)]
    public void Of_Values_IsTheMiddle(double[] values, double expected) => Assert.Equal(expected, Medians.Of(values), 9);

    [Fact]
    public void Of_Runs_TakesEachFiguresOwnMedian()
    {
        var figures = Medians.Of([new FetchRun(2_000_000, "", 1, 4, 2, 4), new FetchRun(2_000_000, "", 2, 2, 1, 3), new FetchRun(2_000_000, "", 4, 6, 3, 1)]);
        Assert.Equal((3, 1_000_000, 2, 2, 1.5), (figures.Runs, figures.BytesPerS, figures.CpuSPerMb, figures.VisorCpuSPerMb, figures.KernelCpuSPerMb));
        Assert.Equal([2_000_000, 1_000_000, 500_000], figures.RunBytesPerS);
    }
}
