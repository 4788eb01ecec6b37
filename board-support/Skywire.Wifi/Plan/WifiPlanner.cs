// Decides what each radio is for, from what the kernel says of it, what the owner wants and what was heard. Pure: the same facts, the same plan on every board.
using System.Text;
using Skywire.Wifi.Radios;

namespace Skywire.Wifi.Plan;

/// <summary>The planner. One radio links boards; a second one may serve people's devices; the others are spare.</summary>
public static class WifiPlanner
{
    /// <summary>
    /// A plan for each radio, in their order. <paramref name="standing"/> is what radios do now, by their number: among equals the radio at work stays at work,
    /// and its channel is left only when it may move.
    /// </summary>
    public static IReadOnlyList<RadioPlan> Plan(
        IReadOnlyList<RadioFacts> radios,
        WifiWishes wishes,
        IReadOnlyList<HeardNetwork> heard,
        IReadOnlyDictionary<int, RadioStanding>? standing = null)
    {
        var plans = new Dictionary<int, RadioPlan>();
        foreach (var radio in radios)
        {
            plans[radio.Index] = ForLinks(radio, wishes, heard, standing?.GetValueOrDefault(radio.Index));
        }

        var links = radios.Where(r => plans[r.Index].Role == RadioRole.Backhaul).OrderBy(r => plans[r.Index].Mode).ThenBy(r => HasCommonBand(r) ? 0 : 1)
            .ThenBy(r => standing?.GetValueOrDefault(r.Index) is { IsAtWork: true, Plan.Role: RadioRole.Backhaul } ? 0 : 1).ThenBy(r => r.MacAddress, StringComparer.Ordinal).ThenBy(r => r.Index).FirstOrDefault();
        var others = radios.Where(r => r.Blocked.Length == 0 && r.Index != links?.Index).ToList();
        var people = wishes.IsOn ? others.FirstOrDefault(r => IsForPeople(r, wishes, standing)) ?? others.FirstOrDefault(ModeChoice.CanOffer) : null;
        foreach (var radio in others)
        {
            if (plans[radio.Index].Role == RadioRole.Backhaul || (radio == people && wishes.ClientName.Length > 0))
            {
                plans[radio.Index] = radio == people ? ForPeople(radio, wishes, links is null ? 0 : plans[links.Index].Frequency) : Off(radio, "spare: another radio links the boards");
            }
        }

        if (links is not null && people is null && wishes.ClientName.Length > 0)
        {
            plans[links.Index] = plans[links.Index] with { Reason = plans[links.Index].Reason + "; no second radio for people's devices" };
        }

        return [.. radios.Select(r => plans[r.Index])];
    }

    private static RadioPlan ForLinks(RadioFacts radio, WifiWishes wishes, IReadOnlyList<HeardNetwork> heard, RadioStanding? standing)
    {
        var mode = ModeChoice.Of(radio);
        if (Obstacle(radio, wishes) is { } obstacle)
        {
            return Off(radio, obstacle);
        }

        if (mode.Mode == LinkMode.None)
        {
            return Off(radio, mode.Reason);
        }

        // A leaf that can be nothing else sends first nowhere: it goes where its access point is.
        if (mode.Mode == LinkMode.TreeStation && !ModeChoice.CanOffer(radio))
        {
            return Backhaul(radio, mode, 0, mode.Reason);
        }

        var keep = standing is { MayMove: false, Plan: { Role: RadioRole.Backhaul } plan } && plan.Mode == mode.Mode ? plan.Frequency : 0;
        var channel = ChannelChoice.ForLinks(radio, wishes, mode.Mode, heard, keep);
        if (channel.Channel is null)
        {
            return Off(radio, channel.Reason);
        }

        // While it stays, the words stay: a reason that changes without a change is noise in the report.
        var reason = keep != 0 && keep == channel.Channel.Frequency && wishes.Channel == 0 ? standing!.Plan.Reason : Words(mode.Reason, channel.Reason, wishes);
        return Backhaul(radio, mode, channel.Channel.Frequency, reason);
    }

    private static RadioPlan ForPeople(RadioFacts radio, WifiWishes wishes, int taken)
    {
        if (wishes.ClientName.Length == 0 || wishes.ClientPassphrase.Length == 0)
        {
            return Off(radio, "spare: set wifi_client_name and wifi_client_passphrase to serve people's devices with it");
        }

        if (!IsPassphrase(wishes.ClientPassphrase) || !IsName(wishes.ClientName))
        {
            return Off(radio, "spare: wifi_client_name takes 1 to 32 bytes, wifi_client_passphrase 8 to 63 printable characters");
        }

        var channel = ChannelChoice.ForPeople(radio, taken);
        return channel.Channel is null
            ? Off(radio, channel.Reason)
            : new RadioPlan { RadioIndex = radio.Index, Role = RadioRole.Clients, Frequency = channel.Channel.Frequency, Reason = $"access point for people's devices on {channel.Reason}" };
    }

    private static string? Obstacle(RadioFacts radio, WifiWishes wishes) => (radio, wishes) switch
    {
        (_, { IsOn: false }) => "switched off by the owner (wifi = off)",
        ({ Blocked.Length: > 0 }, _) => radio.Blocked,
        _ when !IsName(wishes.MeshName) => "the mesh has no name of 1 to 32 bytes; remedy: set mesh_name",
        (_, { Passphrase: "" }) => "an open mesh on the air is never formed; remedy: set mesh_passphrase",
        _ when !IsPassphrase(wishes.Passphrase) => "the mesh's passphrase on the air is none of 8 to 63 printable characters",
        _ => null,
    };

    private static string Words(string mode, string channel, WifiWishes wishes)
        => $"{mode}; {channel}" + (wishes.Country.Length == 0 ? "; no wifi_country: only what is allowed everywhere" : "");

    private static bool IsForPeople(RadioFacts radio, WifiWishes wishes, IReadOnlyDictionary<int, RadioStanding>? standing)
        => wishes.ClientName.Length > 0 && ModeChoice.CanOffer(radio) && standing?.GetValueOrDefault(radio.Index) is { IsAtWork: true, Plan.Role: RadioRole.Clients };

    private static bool HasCommonBand(RadioFacts radio) => radio.Bands.SelectMany(b => b.Channels).Any(c => c.Frequency < 2500 && !c.IsDisabled);

    private static bool IsName(string name) => name.Length > 0 && Encoding.UTF8.GetByteCount(name) <= 32;

    private static bool IsPassphrase(string text) => text.Length is >= 8 and <= 63 && text.All(c => c is >= ' ' and <= '~');

    private static RadioPlan Backhaul(RadioFacts radio, ModeChoice mode, int frequency, string reason)
        => new() { RadioIndex = radio.Index, Role = RadioRole.Backhaul, Mode = mode.Mode, Frequency = frequency, Reason = reason };

    private static RadioPlan Off(RadioFacts radio, string reason) => new() { RadioIndex = radio.Index, Role = RadioRole.Off, Reason = reason };
}
