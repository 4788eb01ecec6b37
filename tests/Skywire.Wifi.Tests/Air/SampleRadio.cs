// Radios for tests: facts as chips declare them, short.
using Skywire.Wifi.Radios;

namespace Skywire.Wifi.Tests.Air;

internal static class SampleRadio
{
    public static readonly InterfaceCombination AccessPointAndStation = new(2, 1, [new InterfaceLimit(2, InterfaceTypes.AccessPoint | InterfaceTypes.Station)]);

    /// <summary>Can do everything.</summary>
    public static RadioFacts Mesh(int number = 0) => Make(number, InterfaceTypes.MeshPoint | InterfaceTypes.AdHoc | InterfaceTypes.AccessPoint | InterfaceTypes.Station) with
    {
        HasSae = true,
        HasUserPeering = true,
        Combinations = [AccessPointAndStation],
    };

    public static RadioFacts AdHoc(int number = 0) => Make(number, InterfaceTypes.AdHoc | InterfaceTypes.Station);

    /// <summary>Access point and station at once.</summary>
    public static RadioFacts Tree(int number = 0) => Make(number, InterfaceTypes.AccessPoint | InterfaceTypes.Station) with { HasSae = true, Combinations = [AccessPointAndStation] };

    /// <summary>Access point or station.</summary>
    public static RadioFacts Either(int number = 0) => Make(number, InterfaceTypes.AccessPoint | InterfaceTypes.Station) with { HasSae = true };

    public static RadioFacts Make(int number, InterfaceTypes types) => new()
    {
        Index = number,
        Name = $"phy{number}",
        Driver = "simulated",
        MacAddress = $"02:00:00:00:00:{number:x2}",
        Types = types,
        Bands = Bands(),
        Country = "DE",
        Interfaces = [new RadioInterface { Index = 3 + number, Name = $"wlan{number}", Type = InterfaceType.Station, MacAddress = $"02:00:00:00:00:{number:x2}" }],
    };

    /// <summary>2.4 GHz as in Europe, 5 GHz with its radar channels.</summary>
    public static IReadOnlyList<RadioBand> Bands() =>
    [
        new RadioBand("2.4 GHz", true, false, [.. Enumerable.Range(1, 13).Select(n => new RadioChannel { Number = n, Frequency = 2407 + (5 * n), MaxPower = 20 })]),
        new RadioBand("5 GHz", true, true, [.. ((int[])[36, 40, 44, 48, 52, 100]).Select(n => new RadioChannel { Number = n, Frequency = 5000 + (5 * n), MaxPower = 23, IsRadar = n >= 52, IsNoInitiate = n >= 52 })]),
    ];

    /// <summary>The same radio under other rules.</summary>
    public static RadioFacts Under(this RadioFacts facts, string country, Func<RadioChannel, RadioChannel> rule)
        => facts with { Country = country, Bands = [.. facts.Bands.Select(b => b with { Channels = [.. b.Channels.Select(rule)] })] };
}
