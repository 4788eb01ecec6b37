// Records of radios: files that owners hand to one another.
using Skywire.Fuzz.Engine;
using Skywire.Wifi.Plan;
using Skywire.Wifi.Radios;

namespace Skywire.Fuzz.Targets;

internal static class RadioTargets
{
    private static readonly WifiWishes Wishes = new() { MeshName = "home", Passphrase = "correct horse", ClientName = "people", ClientPassphrase = "correct horse" };

    public static IReadOnlyList<FuzzTarget> All { get; } = [new("radio-record", Record) { AllocationBase = 1 << 20, AllocationPerByte = 2048, MaxInput = 4 * 1024 }];

    private static int Record(ReadOnlySpan<byte> input)
    {
        RadioRecord record;
        try
        {
            record = RadioData.Parse(input, "input");
        }
        catch (InvalidDataException)
        {
            return 0;
        }

        var once = RadioData.Format(RadioRecord.Of(record.Facts("DE", 0), record.Chip, record.Source));
        var again = RadioData.Parse(System.Text.Encoding.UTF8.GetBytes(once), "again");
        if (RadioData.Format(RadioRecord.Of(again.Facts("00", 1), again.Chip, again.Source)) != once)
        {
            throw new ContractException("a record made of a record is another");
        }

        // Whatever it says it can, there is a plan with a reason, and none where nothing may be sent.
        RadioFacts[] radios = [record.Facts("DE", 0), record.Facts("US", 1)];
        var plans = WifiPlanner.Plan(radios, Wishes with { Country = "DE" }, []);
        if (plans.Any(p => p.Reason.Length == 0) || plans.Count(p => p.Role == RadioRole.Backhaul) > 1)
        {
            throw new ContractException("a plan without a reason, or two radios for one task");
        }

        return 1 + (int)plans[0].Role + (4 * (int)plans[0].Mode) + (64 * (int)plans[1].Role);
    }
}
