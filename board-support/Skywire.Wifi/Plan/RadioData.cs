// Capabilities of real chips, recorded as their drivers declare them: for the decision table and for tests without the hardware.
using System.Text.Json;
using System.Text.Json.Serialization;
using Skywire.Wifi.Radios;

namespace Skywire.Wifi.Plan;

/// <summary>A recorded chip: <c>board-support/radios/CHIP.json</c>.</summary>
public sealed record RadioRecord
{
    /// <summary>The chip, "ath9k_htc"; the name of its file.</summary>
    public required string Chip { get; init; }

    /// <summary>From what it was taken.</summary>
    public required string Source { get; init; }

    /// <summary>Its driver.</summary>
    public required string Driver { get; init; }

    /// <summary>Types of interfaces.</summary>
    public required IReadOnlyList<InterfaceType> Types { get; init; }

    /// <summary>Types at the same time.</summary>
    public required IReadOnlyList<RecordedCombination> Combinations { get; init; }

    /// <summary>SAE can be done with it.</summary>
    public required bool HasSae { get; init; }

    /// <summary>Peering can be left to user space.</summary>
    public required bool HasUserPeering { get; init; }

    /// <summary>An ad-hoc network can be secured.</summary>
    public required bool HasSecureAdHoc { get; init; }

    /// <summary>Its bands.</summary>
    public required IReadOnlyList<RecordedBand> Bands { get; init; }

    /// <summary>The radio as the kernel would describe it in a country ("00" for the world's common ground), as phy <paramref name="index"/>.</summary>
    public RadioFacts Facts(string country, int index) => new()
    {
        Index = index,
        Name = $"phy{index}",
        Driver = Driver,
        MacAddress = $"02:00:00:00:00:{index:x2}",
        Types = Set(Types),
        Combinations = [.. Combinations.Select(c => new InterfaceCombination(c.MaxInterfaces, c.MaxChannels, [.. c.Limits.Select(l => new InterfaceLimit(l.Maximum, Set(l.Types)))]))],
        HasSae = HasSae,
        HasUserPeering = HasUserPeering,
        HasSecureAdHoc = HasSecureAdHoc,
        Country = country,
        Bands = [.. Bands.Select(b => new RadioBand(b.Name, b.IsHt, b.IsVht, [.. b.Channels.Select(n => RecordedRules.Channel(country, n))]))],
        Interfaces = [new RadioInterface { Index = index + 3, Name = $"wlan{index}", Type = InterfaceType.Station, MacAddress = $"02:00:00:00:00:{index:x2}" }],
    };

    private static InterfaceTypes Set(IReadOnlyList<InterfaceType> types) => types.Aggregate(InterfaceTypes.None, (set, type) => set | (InterfaceTypes)(1 << (int)type));
}

/// <summary>Types that may be up at the same time.</summary>
public sealed record RecordedCombination(int MaxInterfaces, int MaxChannels, IReadOnlyList<RecordedLimit> Limits);

/// <summary>At most so many of these types.</summary>
public sealed record RecordedLimit(int Maximum, IReadOnlyList<InterfaceType> Types);

/// <summary>A band with the numbers of its channels.</summary>
public sealed record RecordedBand(string Name, bool IsHt, bool IsVht, IReadOnlyList<int> Channels);

/// <summary>Reads recorded chips.</summary>
public static class RadioData
{
    /// <summary>All chips of a folder, by name. Throws <see cref="InvalidDataException"/> naming the file that cannot be read as one.</summary>
    public static IReadOnlyList<RadioRecord> Load(string folder)
        => [.. Directory.GetFiles(folder, "*.json").Order(StringComparer.Ordinal).Select(file => Parse(File.ReadAllBytes(file), file))];

    /// <summary>One chip; <paramref name="name"/> is for the message of an <see cref="InvalidDataException"/>.</summary>
    public static RadioRecord Parse(ReadOnlySpan<byte> json, string name)
    {
        try
        {
            return JsonSerializer.Deserialize(json, RadioDataJson.Default.RadioRecord) ?? throw new InvalidDataException($"{name} is empty");
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"{name}: {e.Message}", e);
        }
    }
}

/// <summary>JSON without reflection.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, Converters = [typeof(InterfaceTypeWords)])]
[JsonSerializable(typeof(RadioRecord))]
internal sealed partial class RadioDataJson : JsonSerializerContext;

/// <summary>Types as words: mesh_point, ad_hoc, access_point, station ...</summary>
internal sealed class InterfaceTypeWords() : JsonStringEnumConverter<InterfaceType>(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false);
