// Rules of the air for recorded chips, coarse as a planner needs them. On a board the kernel says them; these are wireless-regdb's of DE, US and 00.
using Skywire.Wifi.Radios;

namespace Skywire.Wifi.Plan;

/// <summary>Channels under the rules of a country.</summary>
internal static class RecordedRules
{
    /// <summary>Highest number of a channel.</summary>
    public const int LastChannel = 177;

    /// <summary>Bands these rules are for.</summary>
    public static readonly string[] Bands = ["2.4 GHz", "5 GHz"];

    /// <summary>A channel: in the world's common ground 12 to 14 and all of 5 GHz are for listeners; radar is on 52 to 144; in the US 12 to 14 are closed, elsewhere 14.</summary>
    public static RadioChannel Channel(string country, int number) => new()
    {
        Number = number,
        Frequency = Frequency(number),
        MaxPower = 20,
        IsDisabled = country switch
        {
            "00" => false,
            "US" => number is >= 12 and <= 14,
            _ => number == 14,
        },
        IsRadar = number is >= 52 and <= 144,
        IsNoInitiate = number is >= 52 and <= 144 || (country == "00" && number is >= 12),
    };

    /// <summary>The middle of a channel of these bands, MHz.</summary>
    public static int Frequency(int number) => number == 14 ? 2484 : number < 14 ? 2407 + (5 * number) : 5000 + (5 * number);
}
