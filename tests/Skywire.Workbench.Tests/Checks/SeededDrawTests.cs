using Skywire.Workbench.Checks;

namespace Skywire.Workbench.Tests.Checks;

public sealed class SeededDrawTests
{
    // First output of SplitMix64 for seed 0: 0xe220a8397b1dcdaf.
    [Fact]
    public void Fraction_SeedZero_IsThePublishedVector() => Assert.Equal((0xe220a8397b1dcdaf >> 11) / (double)(1UL << 53), new SeededDraw(0).Fraction());

    [Fact]
    public void Whole_Many_HitBothEndsAndNothingBeyond()
    {
        var random = new SeededDraw(1);
        var drawn = Enumerable.Range(0, 500).Select(_ => random.Whole(2, 5)).Distinct().Order();
        Assert.Equal([2, 3, 4, 5], drawn);
    }
}
