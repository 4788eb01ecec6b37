using System.Text;
using Skywire.Testing;
using Skywire.Update.History;
using Skywire.Update.Slots;
using Skywire.Update.Tests.Simulated;
using Skywire.Update.Trial;

namespace Skywire.Update.Tests.Trial;

public sealed class TrialTests
{
    private static readonly TrialRecord Record = new() { Slot = "B", Version = "1.0.1", FromSlot = "A", FromVersion = "1.0.0", LinksBefore = 2, InstalledAt = DateTimeOffset.UnixEpoch, Deadline = 300, BootId = "boot-1" };
    private static readonly TrialFacts Well = new(true, true, 2, true, "");
    private readonly MemoryStorage _storage = new();

    [Fact]
    public void Judge_AllWellForAWhile_IsGood()
    {
        var judge = new TrialJudge(Record);
        Assert.Equal(TrialVerdict.Wait, judge.Judge(Well, TimeSpan.FromSeconds(40)));
        Assert.Equal(TrialVerdict.Wait, judge.Judge(Well, TimeSpan.FromSeconds(54)));
        Assert.Equal(TrialVerdict.Good, judge.Judge(Well, TimeSpan.FromSeconds(55)));
    }

    [Fact]
    public void Judge_Flapping_StartsTheHoldAgain()
    {
        var judge = new TrialJudge(Record);
        judge.Judge(Well, TimeSpan.FromSeconds(40));
        Assert.Equal(TrialVerdict.Wait, judge.Judge(Well with { ApiAnswers = false }, TimeSpan.FromSeconds(50)));
        Assert.Equal(TrialVerdict.Wait, judge.Judge(Well, TimeSpan.FromSeconds(56)));
        Assert.Equal(TrialVerdict.Good, judge.Judge(Well, TimeSpan.FromSeconds(71)));
    }

    public static TheoryData<TrialFacts, string> Faults => new()
    {
        { Well with { VisorUp = false, Detail = "exit code 1" }, "the visor is not up: exit code 1" },
        { Well with { ApiAnswers = false }, "the visor's interface does not answer" },
        { Well with { Links = 1 }, "1 of 2 links are up" },
        { Well with { Links = null }, "the links are not known" },
        { Well with { DataReadable = false }, "the data cannot be read" },
    };

    [Theory]
    [MemberData(nameof(Faults))]
    public void Judge_SomethingMissing_FailsAtTheDeadlineAndSaysWhat(TrialFacts facts, string reason)
    {
        var judge = new TrialJudge(Record);
        Assert.Equal(TrialVerdict.Wait, judge.Judge(facts, TimeSpan.FromSeconds(299)));
        Assert.Equal(TrialVerdict.Failed, judge.Judge(facts, TimeSpan.FromSeconds(300)));
        Assert.Equal(reason, judge.Reason);
    }

    [Fact]
    public void Judge_WellJustBeforeTheDeadline_GetsItsHold()
    {
        var judge = new TrialJudge(Record);
        Assert.Equal(TrialVerdict.Wait, judge.Judge(Well, TimeSpan.FromSeconds(295)));
        Assert.Equal(TrialVerdict.Wait, judge.Judge(Well, TimeSpan.FromSeconds(305)));
        Assert.Equal(TrialVerdict.Good, judge.Judge(Well, TimeSpan.FromSeconds(310)));
    }

    [Fact]
    public void Judge_NoLinksBefore_NeedsNone() => Assert.Equal(TrialVerdict.Wait, Judge(Record with { LinksBefore = 0 }, Well with { Links = 0 }));

    [Theory]
    [InlineData("B", "boot-2", TrialStage.Installed, false, false, TrialMeaning.OnTrial)]
    [InlineData("B", "boot-2", TrialStage.Installing, false, false, TrialMeaning.OnTrial)]
    [InlineData("A", "boot-1", TrialStage.Installed, false, false, TrialMeaning.AwaitsReboot)]
    [InlineData("A", "boot-1", TrialStage.Installing, false, true, TrialMeaning.AwaitsReboot)]
    [InlineData("A", "boot-1", TrialStage.Installing, false, false, TrialMeaning.Interrupted)]
    [InlineData("A", "boot-2", TrialStage.Installing, false, false, TrialMeaning.Interrupted)]
    [InlineData("A", "boot-2", TrialStage.Installing, false, true, TrialMeaning.AwaitsReboot)]
    [InlineData("A", "boot-2", TrialStage.Installing, true, false, TrialMeaning.RolledBack)]
    [InlineData("A", "boot-2", TrialStage.Installed, false, false, TrialMeaning.RolledBack)]
    [InlineData("A", "boot-2", TrialStage.OnTrial, false, false, TrialMeaning.RolledBack)]
    public void Settlement_Record_MeansWhatItMust(string slot, string boot, TrialStage stage, bool hasReason, bool isFirst, TrialMeaning meaning)
        => Assert.Equal(meaning, TrialSettlement.Of(Record with { Stage = stage }, new RunningSlot(slot, boot), hasReason, isFirst));

    [Fact]
    public void Settlement_NoRecord_IsNone() => Assert.Equal(TrialMeaning.None, TrialSettlement.Of(null, new RunningSlot("A", ""), false, false));

    // The shell units read these two members with sed.
    [Fact]
    public void Record_Json_IsOneLineWithItsMembers()
    {
        (Record with { Stage = TrialStage.OnTrial }).Save(_storage);
        var json = Encoding.UTF8.GetString(_storage.Read(TrialRecord.File, 4096)!);
        Assert.Equal("""{"slot":"B","version":"1.0.1","from_slot":"A","from_version":"1.0.0","links_before":2,"installed_at":"1970-01-01T00:00:00+00:00","deadline":300,"stage":"on_trial","boot_id":"boot-1"}""", json);
        Assert.Equal(Record with { Stage = TrialStage.OnTrial }, TrialRecord.Load(_storage));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("{\"slot\":null,\"version\":\"1\",\"from_slot\":\"A\",\"from_version\":\"1\",\"links_before\":1,\"installed_at\":\"1970-01-01T00:00:00+00:00\",\"deadline\":1}")]
    public void Record_Damaged_IsNone(string json)
    {
        _storage.Write(TrialRecord.File, Encoding.UTF8.GetBytes(json));
        Assert.Null(TrialRecord.Load(_storage));
    }

    [Fact]
    public void Runner_VisorComesUp_PassesAndCleansUp() => SimulationRun.Execute(1, async run =>
    {
        Record.Save(_storage);
        var runner = new TrialRunner(_storage, _ => Task.FromResult(run.Time.Elapsed < TimeSpan.FromSeconds(60) ? Well with { Links = 0 } : Well), run.Time);
        var end = await runner.RunAsync(new RunningSlot("B", "boot-2"), TimeSpan.FromSeconds(30), CancellationToken.None);
        Assert.Equal(TrialVerdict.Good, end.Verdict);
        Assert.Null(TrialRecord.Load(_storage));
        Assert.Equal(HistoryEntry.Good, Assert.Single(new UpdateHistory(_storage).Entries()).Event);
    });

    [Fact]
    public void Runner_ProbeHangsOrThrows_FailsInTimeWithTheReason() => SimulationRun.Execute(1, async run =>
    {
        Record.Save(_storage);
        var runner = new TrialRunner(
            _storage,
            async token =>
            {
                await Task.Delay(run.Time.Elapsed < TimeSpan.FromSeconds(100) ? TimeSpan.FromHours(1) : TimeSpan.FromSeconds(1), run.Time, token);
                throw new IOException("Connection refused");
            },
            run.Time);
        var end = await runner.RunAsync(new RunningSlot("B", "boot-2"), TimeSpan.FromSeconds(30), CancellationToken.None);
        Assert.Equal(TrialVerdict.Failed, end.Verdict);
        Assert.InRange(run.Time.Elapsed.TotalSeconds, 270, 290);
        Assert.Equal("the visor is not up: Connection refused, 300 s after the start\n", Encoding.UTF8.GetString(_storage.Read(TrialRecord.ReasonFile, 4096)!));
        Assert.Equal(TrialStage.OnTrial, TrialRecord.Load(_storage)!.Stage);
    });

    [Fact]
    public void Runner_OtherSlot_HasNothingToDo() => SimulationRun.Execute(1, async run =>
    {
        Record.Save(_storage);
        var end = await new TrialRunner(_storage, _ => throw new InvalidOperationException(), run.Time).RunAsync(new RunningSlot("A", ""), TimeSpan.Zero, CancellationToken.None);
        Assert.Equal(TrialVerdict.Wait, end.Verdict);
    });

    private static TrialVerdict Judge(TrialRecord record, TrialFacts facts) => new TrialJudge(record).Judge(facts, TimeSpan.FromSeconds(100));
}
