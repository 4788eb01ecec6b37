// Meshes heard that this board could join, as the setup page offers them. Pure.
using Skywire.Boards.Settings;
using Skywire.Wifi.Radios;

namespace Skywire.Wifi.Setup;

/// <summary>A mesh to choose.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Signal">Signal of its nearest board, dBm.</param>
/// <param name="Boards">Boards of it that were heard.</param>
public sealed record MeshChoice(string Name, int Signal, int Boards)
{
    private const int Most = 8;

    /// <summary>Signal in a word.</summary>
    public string Strength => Signal >= -60 ? "strong" : Signal >= -75 ? "good" : "weak";

    /// <summary>Meshes, ad-hoc networks and trees like ours, strongest first, at most 8. Names that skyminer.conf does not take belong to other makers' meshes.</summary>
    public static IReadOnlyList<MeshChoice> From(IReadOnlyList<HeardNetwork> heard) =>
    [
        .. heard
            .Where(h => h.IsSecured && h.Name.Length > 0 && SettingRules.MeshName(h.Name) is null && (h.Type is InterfaceType.MeshPoint or InterfaceType.AdHoc || h.Tree is not null))
            .GroupBy(h => h.Name, StringComparer.Ordinal)
            .Select(g => new MeshChoice(g.Key, g.Max(h => h.Signal), g.Select(h => h.MacAddress).Distinct(StringComparer.Ordinal).Count()))
            .OrderByDescending(m => m.Signal)
            .Take(Most),
    ];
}
