// What the end of a case must look like, and whether it does. Pure: facts before and after in, faults out.
namespace Skywire.Workbench.Checks.Ota;

/// <summary>
/// The end of a case. <paramref name="Event"/> and <paramref name="Code"/> are those of the history's last new entry; <paramref name="Starts"/> the slots that were started on the way, one letter
/// each; "" where they are not of interest.
/// </summary>
internal sealed record OtaExpectation(string Slot, string Version, string Event, string Code = "", string Starts = "", bool IsRemembered = false)
{
    /// <summary>Everything that is not as it should be; empty when all is.</summary>
    public IReadOnlyList<string> Judge(OtaFacts before, OtaFacts after, string starts)
    {
        var faults = new List<string>();
        void Require(bool holds, string otherwise)
        {
            if (!holds)
            {
                faults.Add(otherwise);
            }
        }

        Require(after.Slot == Slot, $"slot {Show(after.Slot)} runs, not {Slot}");
        Require(after.Version == Version, $"version {Show(after.Version)} runs, not {Version}");
        Require(after.VisorState == "active", $"the visor is {Show(after.VisorState)}");
        Require(after.Trial.Length == 0, $"a trial is left over at stage {after.Trial}");
        faults.AddRange(Lost(before, after));
        var added = after.History.Skip(before.History.Count).ToList();
        var last = added.LastOrDefault();
        Require(last?.Event == Event, $"the history's last entry is {Show(last?.Event ?? "")}, not {Event}");
        Require(Code.Length == 0 || last?.Code == Code, $"the refusal's code is {Show(last?.Code ?? "")}, not {Code}");
        // An entry that says what went wrong says it in words.
        Require(last is null || last.Event is "good" or "installed" || last.Reason.Length > 0, "the history gives no reason");
        Require(Starts.Length == 0 || starts == Starts, $"the starts were {Show(starts)}, not {Starts}");
        Require(!IsRemembered || (last is not null && after.Failed.Contains(last.Version)), "the version is not remembered as failed");
        return faults;
    }

    /// <summary>Files of the board's identity that are gone or other than before. New ones are no fault, nor is a file of a newer form beside which the older form is kept.</summary>
    public static IEnumerable<string> Lost(OtaFacts before, OtaFacts after) => before.Identity
        .Where(b => after.Identity.GetValueOrDefault(b.Key) != b.Value && !after.Identity.Any(a => a.Key.StartsWith(b.Key + OtaFacts.CopyOfForm, StringComparison.Ordinal) && a.Value == b.Value))
        .Select(b => $"{b.Key} was {b.Value} and is {Show(after.Identity.GetValueOrDefault(b.Key, ""))}");

    private static string Show(string text) => text.Length == 0 ? "nothing" : text;
}
