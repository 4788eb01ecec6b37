using Skywire.Workbench.Checks.Ota;

namespace Skywire.Workbench.Tests.Checks.Ota;

public sealed class OtaExpectationTests
{
    private static readonly OtaExpectation TakenBack = new("A", "1", "rolled_back", Starts: "BBBA", IsRemembered: true);

    [Fact]
    public void Judge_AllAsExpected_HasNoFault() => Assert.Empty(TakenBack.Judge(BoardAtRest.Facts(), End(), "BBBA"));

    [Fact]
    public void Judge_EachThingThatIsOther_IsNamed()
    {
        void Names(string word, OtaFacts after, string starts = "BBBA")
        {
            var faults = TakenBack.Judge(BoardAtRest.Facts(), after, starts);
            Assert.Contains(word, Assert.Single(faults), StringComparison.Ordinal);
        }

        Names("slot B", End() with { Slot = "B" });
        Names("version 2", End() with { Version = "2" });
        Names("failed", End() with { VisorState = "failed" });
        Names("trial", End() with { Trial = "on_trial" });
        Names("visor.key", End() with { Identity = BoardAtRest.Identity("other") });
        Names("no reason", End() with { History = [BoardAtRest.Event("rolled_back", "2") with { Reason = "" }] });
        Names("starts", End(), "BBA");
        Names("remembered", End() with { Failed = [] });
    }

    [Fact]
    public void Judge_EntryOfBefore_DoesNotCount()
    {
        var before = BoardAtRest.Facts() with { History = [BoardAtRest.Event("rolled_back", "2")] };
        Assert.Contains(TakenBack.Judge(before, End() with { History = before.History }, "BBBA"), f => f.Contains("history", StringComparison.Ordinal));
    }

    [Fact]
    public void Judge_Refusal_AsksForItsCode()
    {
        var refused = new OtaExpectation("A", "1", "refused", "unsigned");
        var after = BoardAtRest.Facts() with { History = [BoardAtRest.Event("refused", "2") with { Code = "truncated" }] };
        Assert.Contains("truncated, not unsigned", Assert.Single(refused.Judge(BoardAtRest.Facts(), after, "")), StringComparison.Ordinal);
    }

    [Fact]
    public void Lost_NewFile_IsNoFault()
        => Assert.Empty(OtaExpectation.Lost(BoardAtRest.Facts(), BoardAtRest.Facts() with { Identity = new Dictionary<string, string>(BoardAtRest.Identity("same")) { ["/data/new"] = "1" } }));

    [Fact]
    public void Lost_FileOfANewerForm_IsKeptInItsCopyOfTheOlderForm()
    {
        const string Config = "/data/skywire/skywire.json";
        var before = BoardAtRest.Facts() with { Identity = new Dictionary<string, string> { [Config] = "old" } };
        OtaFacts After(string copy) => before with { Identity = new Dictionary<string, string> { [Config] = "new", [Config + ".schema-1"] = copy } };
        Assert.Empty(OtaExpectation.Lost(before, After("old")));
        Assert.Single(OtaExpectation.Lost(before, After("another")));
    }

    private static OtaFacts End() => BoardAtRest.Facts() with { History = [BoardAtRest.Event("rolled_back", "2")], Failed = ["2"] };
}
