// Capabilities of real chips, recorded as their drivers declare them or as a kernel said them: for the decision table, for plans ahead of a purchase, and for tests without the hardware.
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

    /// <summary>
    /// The record of a radio as the kernel describes it. Kept is what the chip and its driver can do; rules of the air, addresses and what the radio does now are not.
    /// Bands above 5 GHz and channels below it are left out: the planner uses none.
    /// </summary>
    public static RadioRecord Of(RadioFacts facts, string chip, string source) => new()
    {
        Chip = chip,
        Source = source,
        Driver = facts.Driver,
        Types = List(facts.Types),
        Combinations = [.. facts.Combinations.Select(c => new RecordedCombination(c.MaxInterfaces, c.MaxChannels, [.. c.Limits.Select(l => new RecordedLimit(l.Maximum, List(l.Types)))]))],
        HasSae = facts.HasSae,
        HasUserPeering = facts.HasUserPeering,
        HasSecureAdHoc = facts.HasSecureAdHoc,
        Bands = [.. facts.Bands.Where(b => RecordedRules.Bands.Contains(b.Name)).Select(b => new RecordedBand(b.Name, b.IsHt, b.IsVht, [.. b.Channels.Where(c => c.Number <= RecordedRules.LastChannel && RecordedRules.Frequency(c.Number) == c.Frequency).Select(c => c.Number)]))],
    };

    /// <summary>What is wrong with it beyond its form; null when nothing is.</summary>
    internal string? Fault() => this switch
    {
        _ when Combinations.Any(c => c?.Limits is null || c.Limits.Any(l => l?.Types is null)) => "a combination is empty",
        _ when Bands.Any(b => b?.Channels is null) => "a band is empty",
        _ when Bands.FirstOrDefault(b => !RecordedRules.Bands.Contains(b.Name)) is { } band => $"there is no band \"{band.Name}\"; bands are {string.Join(" and ", RecordedRules.Bands)}",
        _ when Bands.SelectMany(b => b.Channels).FirstOrDefault(n => n is < 1 or > RecordedRules.LastChannel, 1) is not 1 and var number => $"there is no channel {number}",
        _ => null,
    };

    // The kernel may say more types than are told apart here; those are of no use for links.
    private static IReadOnlyList<InterfaceType> List(InterfaceTypes types) => [.. Enum.GetValues<InterfaceType>().Where(t => t != InterfaceType.Unspecified && types.HasFlag((InterfaceTypes)(1 << (int)t)))];

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
            var record = JsonSerializer.Deserialize(json, RadioDataJson.Default.RadioRecord) ?? throw new InvalidDataException($"{name} is empty");
            return record.Fault() is { } fault ? throw new InvalidDataException($"{name}: {fault}") : record;
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"{name}: {e.Message}", e);
        }
    }

    /// <summary>The record as a file holds it.</summary>
    public static string Format(RadioRecord record) => JsonSerializer.Serialize(record, RadioDataJson.Default.RadioRecord) + "\n";
}

/// <summary>JSON without reflection.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true, WriteIndented = true, Converters = [typeof(InterfaceTypeWords)])]
[JsonSerializable(typeof(RadioRecord))]
internal sealed partial class RadioDataJson : JsonSerializerContext;

/// <summary>Types as words: mesh_point, ad_hoc, access_point, station ...</summary>
internal sealed class InterfaceTypeWords() : JsonStringEnumConverter<InterfaceType>(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false);
