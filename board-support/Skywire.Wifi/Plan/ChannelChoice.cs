// On which channel a radio works: the owner's word, then where the mesh is heard, then one that every board chooses alike.
using Skywire.Wifi.Radios;

namespace Skywire.Wifi.Plan;

/// <summary>A channel for a radio.</summary>
/// <param name="Channel">The channel; null when there is none, then the reason is an operator's.</param>
/// <param name="Reason">Why this one, or why none.</param>
internal readonly record struct ChannelChoice(RadioChannel? Channel, string Reason)
{
    /// <summary>Channel 6: boards that have not heard each other meet there. Open in every country, in the middle of its band.</summary>
    public const int MeetingFrequency = 2437;

    // Channels that do not overlap, for people's devices.
    private static readonly int[] Apart = [2412, 2437, 2462];

    /// <summary>
    /// For links between boards. <paramref name="mode"/> says which networks count as ours; <paramref name="keep"/> is the frequency in use that shall not be
    /// left, 0 for none.
    /// </summary>
    public static ChannelChoice ForLinks(RadioFacts facts, WifiWishes wishes, LinkMode mode, IReadOnlyList<HeardNetwork> heard, int keep)
    {
        var ours = heard.Where(h => IsOurs(h, wishes.MeshName, mode)).OrderByDescending(h => h.Signal).ThenBy(h => h.MacAddress, StringComparer.Ordinal).ToList();
        if (wishes.Channel != 0)
        {
            return Owners(facts, wishes, ours);
        }

        if (keep != 0 && Find(facts, keep) is { IsOpen: true } kept)
        {
            return new(kept, $"channel {kept.Number} as before");
        }

        foreach (var network in ours)
        {
            if (Find(facts, network.Frequency) is { IsOpen: true } channel)
            {
                return new(channel, $"channel {channel.Number}: the mesh is heard there at {network.Signal} dBm");
            }
        }

        return Meeting(facts) is { } meeting ? new(meeting, $"channel {meeting.Number}, where boards meet that have not heard each other") : None(facts);
    }

    /// <summary>For an access point of people's devices or of setup: far from <paramref name="taken"/> (MHz, 0 for none), so that two radios of a board do not drown each other.</summary>
    public static ChannelChoice ForPeople(RadioFacts facts, int taken)
    {
        var apart = Apart.Select(f => Find(facts, f)).OfType<RadioChannel>().Where(c => c.IsOpen).OrderByDescending(c => taken == 0 ? 0 : Math.Abs(c.Frequency - taken));
        return (apart.FirstOrDefault() ?? Meeting(facts)) is { } channel
            ? new(channel, taken == 0 ? $"channel {channel.Number}" : $"channel {channel.Number}, away from the links of this board")
            : None(facts);
    }

    /// <summary>Is what was heard a part of the mesh of this name, in this mode?</summary>
    public static bool IsOurs(HeardNetwork network, string meshName, LinkMode mode) => meshName.Length > 0 && network.Name == meshName && network.IsSecured && mode switch
    {
        LinkMode.Mesh => network.Type == InterfaceType.MeshPoint,
        LinkMode.AdHoc => network.Type == InterfaceType.AdHoc,
        LinkMode.None => false,
        _ => network.Type == InterfaceType.AccessPoint && network.Tree is not null,
    };

    /// <summary>The radio's channel of this frequency.</summary>
    public static RadioChannel? Find(RadioFacts facts, int frequency) => Channels(facts).FirstOrDefault(c => c.Frequency == frequency);

    /// <summary>The country in words.</summary>
    public static string Rules(string country) => country is "" or "00" ? "the world's common ground (no country set)" : country;

    // What the owner set is kept, though the mesh be elsewhere, or refused with the cause: a board that does something else is a riddle.
    private static ChannelChoice Owners(RadioFacts facts, WifiWishes wishes, List<HeardNetwork> ours)
    {
        var channel = Channels(facts).FirstOrDefault(c => c.Number == wishes.Channel);
        var refusal = channel switch
        {
            null => $"channel {wishes.Channel} is none of this radio's ({string.Join(" and ", facts.Bands.Select(b => b.Name))}); remedy: another wifi_channel, or auto",
            { IsDisabled: true } => $"channel {channel.Number} may not be used under the rules of {Rules(facts.Country)}; remedy: {Remedy(facts)}",
            { IsRadar: true } => $"channel {channel.Number} belongs to weather radar first (DFS), links between boards stay off such channels; remedy: another wifi_channel, or auto",
            { IsNoInitiate: true } => $"nothing may be sent first on channel {channel.Number} under the rules of {Rules(facts.Country)}; remedy: {Remedy(facts)}",
            _ => null,
        };
        if (refusal is not null)
        {
            return new(null, refusal);
        }

        var elsewhere = ours.FirstOrDefault(h => h.Frequency != channel!.Frequency);
        var isHere = ours.Any(h => h.Frequency == channel!.Frequency);
        return new(channel, elsewhere is null || isHere
            ? $"channel {channel!.Number}, set by the owner"
            : $"channel {channel!.Number}, set by the owner, though the mesh is heard on {Name(facts, elsewhere.Frequency)}");
    }

    // The same on every board that may use it. 6 GHz is left out: what few radios have is no place to meet.
    private static RadioChannel? Meeting(RadioFacts facts)
        => Channels(facts).Where(c => c.IsOpen).OrderBy(c => c.Frequency == MeetingFrequency ? 0 : 1).ThenBy(c => c.Frequency).FirstOrDefault();

    private static ChannelChoice None(RadioFacts facts) => new(null, $"no channel on which it may send first under the rules of {Rules(facts.Country)}; remedy: {Remedy(facts)}");

    private static string Remedy(RadioFacts facts) => facts.Country is "" or "00" ? "set wifi_country" : "another wifi_channel or wifi_country";

    private static string Name(RadioFacts facts, int frequency) => Find(facts, frequency) is { } channel ? $"channel {channel.Number}" : $"{frequency} MHz";

    private static IEnumerable<RadioChannel> Channels(RadioFacts facts) => facts.Bands.SelectMany(b => b.Channels).Where(c => c.Frequency < 5925);
}
