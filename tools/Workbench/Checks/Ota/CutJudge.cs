// Whether a board came out of a power cut as it must: a good slot, its keys and settings, and an explanation. Pure: facts in, faults out.
namespace Skywire.Workbench.Checks.Ota;

/// <summary>How the board explains what happened, and what is not as it should be.</summary>
internal sealed record CutVerdict(string Meaning, IReadOnlyList<string> Faults);

/// <summary>Judges cuts.</summary>
internal static class CutJudge
{
    private const string Untouched = "untouched";

    /// <summary>
    /// The verdict on a board at rest after a cut. <paramref name="running"/> is what ran before the update, <paramref name="next"/> what it brings. <paramref name="wasWritten"/>: the new slot was complete when
    /// the power went.
    /// </summary>
    public static CutVerdict Judge(OtaFacts before, OtaFacts after, string running, string next, bool wasWritten)
    {
        var faults = new List<string>();
        void Require(bool holds, string otherwise)
        {
            if (!holds)
            {
                faults.Add(otherwise);
            }
        }

        var added = after.History.Skip(before.History.Count).ToList();
        var meaning = added.Count == 0 ? Untouched : added[^1].Event;
        var isNew = after.Slot == "B";
        Require(after.Slot is "A" or "B", "it runs from no slot");
        Require(after.Version == (isNew ? next : running), $"slot {after.Slot} runs {after.Version}, not {(isNew ? next : running)}");
        Require(after.VisorState == "active", $"the visor is {after.VisorState}");
        Require(after.Trial.Length == 0, $"a trial is left over at stage {after.Trial}");
        Require(after.Tries.GetValueOrDefault("BOOT_ORDER", "").StartsWith(after.Slot, StringComparison.Ordinal), $"the boot order is \"{after.Tries.GetValueOrDefault("BOOT_ORDER")}\" while slot {after.Slot} runs");
        Require(after.Tries.GetValueOrDefault($"BOOT_{after.Slot}_LEFT") == "3", $"slot {after.Slot} has {after.Tries.GetValueOrDefault($"BOOT_{after.Slot}_LEFT", "no")} tries left");
        faults.AddRange(OtaExpectation.Lost(before, after));
        // New slot: it was judged good. Old slot: nothing had begun, or it says that it was cut short or taken back, and why.
        Require(isNew ? meaning == "good" : meaning is "interrupted" or "rolled_back" || (meaning == Untouched && !wasWritten), $"slot {after.Slot} runs and the history ends with \"{meaning}\"");
        Require(meaning is Untouched or "good" || added[^1].Reason.Length > 0, "the history gives no reason");
        return new CutVerdict(meaning, faults);
    }

    /// <summary>Cuts by phase.</summary>
    public static IReadOnlyList<CutTableRow> Table(IReadOnlyList<CutResult> cuts) =>
    [
        .. cuts.GroupBy(c => c.Phase).OrderBy(g => g.Key, StringComparer.Ordinal)
            .Select(g => new CutTableRow(g.Key, g.Count(), g.Count(c => c.Ok), g.Count(c => c.Slot == "A"), g.Count(c => c.Slot == "B"), g.Count(c => c.Tear.Length > 0))),
    ];
}
