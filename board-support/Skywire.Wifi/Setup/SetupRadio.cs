// Which radio offers the setup access point. Pure.
using System.Globalization;
using Skywire.Wifi.Radios;

namespace Skywire.Wifi.Setup;

/// <summary>The radio of the setup access point.</summary>
/// <param name="RadioIndex">Its number.</param>
/// <param name="Frequency">Where it offers the access point, MHz.</param>
/// <param name="NetworkName">Name of the network: the end of the radio's address tells boards apart.</param>
public sealed record SetupRadio(int RadioIndex, int Frequency, string NetworkName)
{
    /// <summary>Names of setup networks begin like this; the network's own configuration matches it.</summary>
    public const string NamePrefix = "Skyminer-setup-";

    private const int UsualFrequency = 2437;
    private const int EndOf24 = 2500;

    /// <summary>The first radio that can be an access point somewhere; null when there is none. Phones all have 2.4 GHz, not all have 5.</summary>
    public static SetupRadio? Choose(IReadOnlyList<RadioFacts> radios)
    {
        SetupRadio? best = null;
        foreach (var radio in radios.Where(r => r.Types.HasFlag(InterfaceTypes.AccessPoint) && r.Blocked.Length == 0).OrderBy(r => r.Index))
        {
            if (Channel(radio) is not { } frequency)
            {
                continue;
            }

            var found = new SetupRadio(radio.Index, frequency, NamePrefix + Ending(radio));
            if (frequency < EndOf24)
            {
                return found;
            }

            best ??= found;
        }

        return best;
    }

    // The common channel if it may be used, else the lowest: all of 2.4 GHz lies below all of 5.
    private static int? Channel(RadioFacts radio)
    {
        var open = radio.Bands.SelectMany(b => b.Channels).Where(c => c.IsOpen).Select(c => c.Frequency).Order().ToList();
        return open.Contains(UsualFrequency) ? UsualFrequency : open.Count > 0 ? open[0] : null;
    }

    private static string Ending(RadioFacts radio)
    {
        var digits = string.Concat(radio.MacAddress.Where(char.IsAsciiHexDigit)).ToUpperInvariant();
        return digits.Length >= 4 ? digits[^4..] : (radio.Index & 0xFFFF).ToString("X4", CultureInfo.InvariantCulture);
    }
}
