// The arithmetic that turns slices into figures.
using Skywire.Bench.Measuring;

namespace Skywire.Bench.Tests.Measuring;

public sealed class StatisticsTests
{
    [Theory]
    [InlineData(new[] { 3.0 }, 3.0)]
    [InlineData(new[] { 9.0, 1.0, 5.0 }, 5.0)]
    [InlineData(new[] { 4.0, 1.0, 3.0, 2.0 }, 2.5)]
    [InlineData(new[] { 2.0, 2.0, 1e9 }, 2.0)]
    public void Median_Values_IsTheMiddle(double[] values, double expected) => Assert.Equal(expected, Statistics.Median(values));

    [Fact]
    public void Median_Values_LeavesTheirOrder()
    {
        double[] values = [3, 1, 2];
        Statistics.Median(values);
        Assert.Equal([3, 1, 2], values);
    }

    [Fact]
    public void Median_NoValues_Throws() => Assert.Throws<ArgumentException>(() => Statistics.Median([]));

    [Fact]
    public void MedianRatio_SlowRounds_ComparesWithinEachRound()
    {
        // The machine was ten times slower in the last two rounds, for both: the ratio of the medians would be 5.
        double[] ours = [10, 100, 100];
        double[] peer = [20, 20, 200];
        Assert.Equal(0.5, Statistics.MedianRatio(ours, peer));
        Assert.Equal(5, Statistics.Median(ours) / Statistics.Median(peer));
    }

    [Fact]
    public void MedianRatio_DifferentLengths_Throws() => Assert.Throws<ArgumentException>(() => Statistics.MedianRatio([1, 2], [1]));
}
