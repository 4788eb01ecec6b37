using Skywire.Bench.Counting;

namespace Skywire.Bench.Tests.Counting;

public sealed class BoardEstimateTests
{
    [Fact]
    public void Megabits_OpenSslsOwnCode_GivesBackItsPublishedRate()
    {
        // 1.2 GHz over 6.19 cycles per byte is 193.9 MB/s, whatever the instructions are.
        foreach (var perByte in (double[])[3, 10])
        {
            Assert.Equal(1551, BoardEstimate.Megabits(new InstructionCounts(perByte * 100, 0, 0, 0), 100, BoardEstimate.OpenSslRate(perByte)), 0);
        }
    }

    [Fact]
    public void Megabits_MostlyVectors_AreHeldToOnePerCycle()
    {
        Assert.Equal(1.2e9 * 8 / 5 / 1e6, BoardEstimate.Megabits(new InstructionCounts(1000, 100, 0, 0), 100, 2), 6);
        Assert.Equal(1.2e9 * 8 / 9 / 1e6, BoardEstimate.Megabits(new InstructionCounts(1000, 900, 0, 0), 100, 2), 6);
    }

    [Fact]
    public void CurveMilliseconds_HighMultiplications_CostMore()
    {
        Assert.Equal(1, BoardEstimate.CurveMilliseconds(new InstructionCounts(1_200_000, 0, 0, 0)), 6);
        Assert.Equal(1.4, BoardEstimate.CurveMilliseconds(new InstructionCounts(1_200_000, 0, 120_000, 0)), 6);
    }
}
