using Skywire.Workbench.Checks.Ota;

namespace Skywire.Workbench.Tests.Checks.Ota;

public sealed class CutScheduleTests
{
    [Fact]
    public void Draw_SameSeed_IsTheSame() => Assert.Equal(CutSchedule.Draw(7, 50), CutSchedule.Draw(7, 50));

    [Fact]
    public void Draw_OtherSeed_HasOtherMoments() => Assert.Empty(CutSchedule.Draw(7, 50).Select(c => c.Fraction).Intersect(CutSchedule.Draw(1007, 50).Select(c => c.Fraction)));

    [Fact]
    public void Draw_LongerRun_BeginsWithTheShorterOne() => Assert.Equal(CutSchedule.Draw(7, 10), CutSchedule.Draw(7, 50).Take(10));

    [Fact]
    public void Draw_Fifty_AreSpreadOverAllPhasesAndBothCopies()
    {
        var cuts = CutSchedule.Draw(7, 50);
        Assert.Equal([8, 16, 16, 10], Enum.GetValues<CutPhase>().Select(p => cuts.Count(c => c.Phase == p)));
        Assert.Equal(Enum.GetValues<CutTear>(), cuts.Select(c => c.Tear).Distinct().Order());
        Assert.All(cuts.Where(c => c.Phase != CutPhase.SlotState), c => Assert.Equal(CutTear.None, c.Tear));
        Assert.All(cuts, c => Assert.InRange(c.Fraction, 0, 1));
    }

    [Fact]
    public void Draw_Short_SeesEveryPhase() => Assert.Equal(4, CutSchedule.Draw(1, 6).Select(c => c.Phase).Distinct().Count());

    [Fact]
    public void Draw_Moments_FillTheirPhase()
    {
        var fractions = CutSchedule.Draw(3, 400).Where(c => c.Phase == CutPhase.Install).Select(c => c.Fraction).ToList();
        for (var tenth = 0; tenth < 10; tenth++)
        {
            Assert.Contains(fractions, f => (int)(f * 10) == tenth);
        }
    }
}
