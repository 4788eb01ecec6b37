// Which radio offers the setup access point. Pure.
using System.Globalization;
using Skywire.Wifi.Radios;

namespace Skywire.Wifi.Setup;

/// <summary>The radio of the setup access point. Which one it is in the end the service's runner says, which knows what else radios are for.</summary>
/// <param name="RadioIndex">Its number.</param>
/// <param name="NetworkName">Name of the network: the end of the radio's address tells boards apart.</param>
public sealed record SetupRadio(int RadioIndex, string NetworkName)
{
    /// <summary>Names of setup networks begin like this; the network's own configuration matches it.</summary>
    public const string NamePrefix = "Skyminer-setup-";

    /// <summary>The first radio that can be an access point on some channel; null when there is none.</summary>
    public static SetupRadio? Choose(IReadOnlyList<RadioFacts> radios)
        => radios.Where(CanOffer).OrderBy(r => r.Index).Select(r => new SetupRadio(r.Index, NamePrefix + Ending(r))).FirstOrDefault();

    private static bool CanOffer(RadioFacts radio) => radio.Types.HasFlag(InterfaceTypes.AccessPoint) && radio.Blocked.Length == 0 && radio.Bands.Any(b => b.Channels.Any(c => c.IsOpen));

    private static string Ending(RadioFacts radio)
    {
        var digits = string.Concat(radio.MacAddress.Where(char.IsAsciiHexDigit)).ToUpperInvariant();
        return digits.Length >= 4 ? digits[^4..] : (radio.Index & 0xFFFF).ToString("X4", CultureInfo.InvariantCulture);
    }
}
