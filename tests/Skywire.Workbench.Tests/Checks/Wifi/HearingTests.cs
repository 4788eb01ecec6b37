using Skywire.Workbench.Checks.Wifi;

namespace Skywire.Workbench.Tests.Checks.Wifi;

public sealed class HearingTests
{
    [Fact]
    public void Line_OfFour_HasTheMasksOfItsLinks() => Assert.Equal([1, 3, 6, 4], Enumerable.Range(1, 4).Select(p => Hearing.Line(p, 4)));

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(8)]
    public void Line_EachPair_HearsExactlyItsNeighbours(int count)
    {
        for (var a = 1; a <= count; a++)
        {
            for (var b = 1; b <= count; b++)
            {
                Assert.Equal(a == b || Math.Abs(a - b) == 1, (Hearing.Line(a, count) & Hearing.Line(b, count)) != 0);
            }
        }
    }
}
