using Skywire.Workbench.Checks.Wifi;

namespace Skywire.Workbench.Tests.Checks.Wifi;

public sealed class FaultScheduleTests
{
    [Fact]
    public void Draw_SameSeed_IsTheSame() => Assert.Equal(Words(7, 40), Words(7, 40));

    [Fact]
    public void Draw_OtherSeed_IsAnother() => Assert.NotEqual(Words(7, 40), Words(1007, 40));

    [Fact]
    public void Draw_LongerRun_BeginsWithTheShorterOne() => Assert.Equal(Words(7, 10), Words(7, 40).Take(10));

    [Fact]
    public void Draw_Short_SeesEveryFault()
        => Assert.Equal(Enum.GetValues<RadioFault>(), FaultSchedule.Draw(3, 6, hasRfkill: true).Select(s => s[0].Fault).Order());

    [Fact]
    public void Draw_WithoutRfkill_HasNone()
        => Assert.DoesNotContain(FaultSchedule.Draw(3, 200, hasRfkill: false).SelectMany(s => s), f => f.Fault == RadioFault.Rfkill);

    [Fact]
    public void Draw_Many_KeepToTheirBounds()
    {
        var sequences = FaultSchedule.Draw(5, 400, hasRfkill: true);
        Assert.Equal([1, 2, 3], sequences.Select(s => s.Count).Distinct().Order());
        Assert.All(sequences.SelectMany(s => s), f =>
        {
            Assert.InRange(f.Seconds, 1, 8);
            Assert.InRange(f.Pause, 0, 6);
        });
    }

    [Fact]
    public void Rounds_TenOnFourNodes_AreThree() => Assert.Equal([4, 4, 2], FaultSchedule.Rounds(FaultSchedule.Draw(1, 10, hasRfkill: true), 4).Select(r => r.Count));

    [Fact]
    public void ToString_Fault_IsWhatTheGuestTakes() => Assert.Equal("service-killed:3:0", new TimedFault(RadioFault.ServiceKilled, 3, 0).ToString());

    private static IEnumerable<string> Words(ulong seed, int count) => FaultSchedule.Draw(seed, count, hasRfkill: true).Select(s => string.Join(' ', s));
}
