using Skywire.Workbench.Checks.Ota;

namespace Skywire.Workbench.Tests.Checks.Ota;

public sealed class CutJudgeTests
{
    [Fact]
    public void Judge_OldSlotUntouched_IsGoodUnlessTheNewOneWasWritten()
    {
        var after = BoardAtRest.Facts();
        Assert.Equal("untouched", Judge(after, wasWritten: false).Meaning);
        Assert.Empty(Judge(after, wasWritten: false).Faults);
        Assert.Single(Judge(after, wasWritten: true).Faults);
    }

    [Theory]
    [InlineData("interrupted")]
    [InlineData("rolled_back")]
    public void Judge_OldSlotWithItsReason_IsGood(string meaning) => Assert.Empty(Judge(BoardAtRest.Facts() with { History = [BoardAtRest.Event(meaning, "2")] }, wasWritten: true).Faults);

    [Fact]
    public void Judge_OldSlotAfterInstalledWithoutMore_IsUnexplained()
        => Assert.Contains("installed", Assert.Single(Judge(BoardAtRest.Facts() with { History = [BoardAtRest.Event("installed", "2")] }, wasWritten: true).Faults), StringComparison.Ordinal);

    [Fact]
    public void Judge_NewSlot_HasToBeJudgedGoodAndFirst()
    {
        Assert.Empty(Judge(New(), wasWritten: true).Faults);
        Assert.Single(Judge(New() with { History = [BoardAtRest.Event("installed", "2")] }, wasWritten: true).Faults);
        Assert.Single(Judge(New() with { Tries = new Dictionary<string, string> { ["BOOT_ORDER"] = "A B", ["BOOT_B_LEFT"] = "3" } }, wasWritten: true).Faults);
        Assert.Single(Judge(New() with { Tries = new Dictionary<string, string> { ["BOOT_ORDER"] = "B A", ["BOOT_B_LEFT"] = "2" } }, wasWritten: true).Faults);
        Assert.Single(Judge(New() with { Version = "1" }, wasWritten: true).Faults);
    }

    [Fact]
    public void Judge_LostKey_IsAFault() => Assert.Single(Judge(BoardAtRest.Facts() with { Identity = BoardAtRest.Identity("other") }, wasWritten: false).Faults);

    [Fact]
    public void Table_CountsByPhase()
    {
        CutResult Result(string phase, bool ok, string slot, string tear) => new(1, phase, 0, "", tear, ok, slot, "", "", "", 0, []);
        var table = CutJudge.Table([Result("install", true, "A", ""), Result("install", false, "B", "first"), Result("download", true, "A", "")]);
        Assert.Equal([new CutTableRow("download", 1, 1, 1, 0, 0), new CutTableRow("install", 2, 1, 1, 1, 1)], table);
    }

    private static CutVerdict Judge(OtaFacts after, bool wasWritten) => CutJudge.Judge(BoardAtRest.Facts(), after, "1", "2", wasWritten);

    private static OtaFacts New() => BoardAtRest.Facts() with
    {
        Slot = "B",
        Version = "2",
        History = [BoardAtRest.Event("installed", "2"), BoardAtRest.Event("good", "2")],
        Tries = new Dictionary<string, string> { ["BOOT_ORDER"] = "B A", ["BOOT_B_LEFT"] = "3" },
    };
}
