// Countries by their ISO 3166 letters, for people who do not know them by heart. The runtime's own list is trimmed away.
using System.Collections.Frozen;

namespace Skywire.Wifi.Setup;

internal static class Countries
{
    /// <summary>Letters and English names, by name.</summary>
    public static IReadOnlyList<(string Code, string Name)> All { get; } =
        [.. PageFiles.Text("countries.txt").Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => (line[..2], line[3..]))];

    /// <summary>Names by letters.</summary>
    public static FrozenDictionary<string, string> Names { get; } = All.ToFrozenDictionary(c => c.Code, c => c.Name, StringComparer.Ordinal);
}
