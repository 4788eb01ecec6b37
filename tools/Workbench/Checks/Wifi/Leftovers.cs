// What must not grow however often radios fail: processes, interfaces, radios, open files. Pure.
using System.Globalization;

namespace Skywire.Workbench.Checks.Wifi;

/// <summary>Counts by name, of <c>ground.sh leftovers</c>.</summary>
internal static class Leftovers
{
    private const string Handles = "handles-";

    // Connections to the bus, a scan under way, a log that is being written: some come and go.
    private const long HandleBound = 8;

    /// <summary>Reads lines of a name and a number.</summary>
    public static IReadOnlyDictionary<string, long> Parse(string output) => output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
        .Select(l => l.Split(' '))
        .Where(w => w.Length == 2 && long.TryParse(w[1], NumberStyles.None, CultureInfo.InvariantCulture, out _))
        .ToDictionary(w => w[0], w => long.Parse(w[1], CultureInfo.InvariantCulture));

    /// <summary>What has grown, or is gone, in words; empty when all is as before.</summary>
    public static IReadOnlyList<string> Judge(IReadOnlyDictionary<string, long> before, IReadOnlyDictionary<string, long> after) =>
    [
        .. before.Keys.Union(after.Keys).Order(StringComparer.Ordinal)
            .Where(k => k.StartsWith(Handles, StringComparison.Ordinal)
                ? after.GetValueOrDefault(k) == 0 || after.GetValueOrDefault(k) > before.GetValueOrDefault(k) + HandleBound
                : after.GetValueOrDefault(k) != before.GetValueOrDefault(k))
            .Select(k => string.Create(CultureInfo.InvariantCulture, $"{k}: {before.GetValueOrDefault(k)} before the faults, {after.GetValueOrDefault(k)} after")),
    ];
}
