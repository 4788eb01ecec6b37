// A board of the tests of judgements: slot A, version 1, nothing under way.
using Skywire.Workbench.Checks.Ota;

namespace Skywire.Workbench.Tests.Checks.Ota;

internal static class BoardAtRest
{
    public static OtaFacts Facts() => new()
    {
        Slot = "A",
        Version = "1",
        Identity = Identity("same"),
        History = [],
        Trial = "",
        TrialReason = "",
        Failed = [],
        Phase = "idle",
        BytesFetched = 0,
        BytesFromSlot = 0,
        Retries = 0,
        VisorState = "active",
        Links = 0,
        Tries = new Dictionary<string, string> { ["BOOT_ORDER"] = "A B", ["BOOT_A_LEFT"] = "3", ["BOOT_B_LEFT"] = "0" },
        WrittenBytes = 0,
    };

    public static IReadOnlyDictionary<string, string> Identity(string hash) => new Dictionary<string, string> { ["/data/skywire/visor.key"] = hash };

    public static OtaEvent Event(string what, string version) => new(what, version, "", "a reason", null, "");
}
