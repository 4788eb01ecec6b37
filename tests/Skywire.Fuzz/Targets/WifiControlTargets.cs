// What wpa_supplicant tells of the air: its own words around those of strangers.
using Skywire.Fuzz.Engine;
using Skywire.Wifi.Control;

namespace Skywire.Fuzz.Targets;

internal static class WifiControlTargets
{
    public static IReadOnlyList<FuzzTarget> All { get; } = [new("wpa-event", Event) { MaxInput = 1024 }];

    private static int Event(ReadOnlySpan<byte> input)
    {
        var read = SupplicantEventParser.Parse(input, 1);
        if (read.Text.Length > SupplicantEventParser.MaxText || read.Text.Any(c => c is < ' ' or > '~'))
        {
            throw new ContractException("an event holds what cannot be printed, or too much");
        }

        if (read.MacAddress.Length is not (0 or 17))
        {
            throw new ContractException("an address is cut");
        }

        return (int)read.Kind + (read.MacAddress.Length > 0 ? 16 : 0) + (SupplicantEventParser.IsEvent(input) ? 32 : 0);
    }
}
