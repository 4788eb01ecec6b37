// What the planner decides for the chips that boards have, alone and in pairs, as a table for docs/wifi.md: so that the docs say what the code does.
using Skywire.Wifi.Radios;
using Skywire.Wifi.Running;

namespace Skywire.Wifi.Plan;

/// <summary>The decision table.</summary>
public static class DecisionTable
{
    /// <summary>Line before the table in docs/wifi.md.</summary>
    public const string Begin = "<!-- decision table: begin -->";

    /// <summary>Line after it.</summary>
    public const string End = "<!-- decision table: end -->";

    // A board and the radios in it, as they are sold and plugged.
    private static readonly (string Board, string[] Chips)[] Boards =
    [
        ("Orange Pi Prime", ["rtl8723bs"]),
        ("Orange Pi Prime with a stick", ["rtl8723bs", "ath9k_htc"]),
        ("Orange Pi Zero Plus2, Raspberry Pi 3B", ["brcmfmac43430"]),
        ("Raspberry Pi 3B with a stick", ["brcmfmac43430", "mt76x2u"]),
        ("Raspberry Pi 3B+ and 4B", ["brcmfmac43455"]),
        ("Raspberry Pi 4B with a stick", ["brcmfmac43455", "rt2800usb"]),
        ("Orange Pi PC2 with a stick", ["ath9k_htc"]),
        ("Orange Pi PC2 with a stick", ["rt2800usb"]),
        ("Orange Pi PC2 with two sticks", ["mt76x2u", "ath9k_htc"]),
        ("a test's virtual radio", ["hwsim"]),
    ];

    /// <summary>The table as Markdown: Germany, a mesh with passphrase, a network for people's devices, nothing heard yet.</summary>
    public static string Markdown(IReadOnlyList<RadioRecord> chips)
    {
        var wishes = new WifiWishes { Country = "DE", MeshName = "home", Passphrase = "0123456789abcdef0123456789abcdef", ClientName = "people", ClientPassphrase = "a passphrase" };
        List<string> lines = ["| board | radio | for | mode | channel | why |", "|---|---|---|---|---|---|"];
        foreach (var (board, names) in Boards)
        {
            RadioFacts[] radios = [.. names.Select((name, i) => chips.First(c => c.Chip == name).Facts(wishes.Country, i))];
            var plans = WifiPlanner.Plan(radios, wishes, []);
            lines.AddRange(plans.Select((plan, i) => $"| {(i == 0 ? board : "")} | {names[i]} | {plan.Role.Word()} | {plan.Mode.Word()} | {Channel(radios[i], plan)} | {plan.Reason} |"));
        }

        return string.Join('\n', lines) + "\n";
    }

    private static string Channel(RadioFacts facts, RadioPlan plan) => ChannelChoice.Find(facts, plan.Frequency) is { } channel ? $"{channel.Number}" : "";
}
