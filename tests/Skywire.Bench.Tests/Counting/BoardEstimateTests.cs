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
            Assert.Equal(1551, BoardEstimate.Megabits(perByte, BoardEstimate.OpenSslRate(perByte)), 0);
        }
    }

    [Fact]
    public void CurveMilliseconds_HighMultiplications_CostMore()
    {
        Assert.Equal(1, BoardEstimate.CurveMilliseconds(new InstructionCounts(1_200_000, 0, 0, 0)), 6);
        Assert.Equal(1.4, BoardEstimate.CurveMilliseconds(new InstructionCounts(1_200_000, 0, 120_000, 0)), 6);
    }
}
