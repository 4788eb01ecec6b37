// Reads "iw dev X mpath dump". Only this check does: boards ask the kernel itself. Pure.
using System.Globalization;
using Skywire.Wifi.Running;

namespace Skywire.Workbench.Checks.Wifi;

/// <summary>Paths of a mesh interface as iw prints them.</summary>
internal static class MeshPaths
{
    private const int Active = 1;

    /// <summary>The paths; columns are found by the head line's names, lines that do not fit are left out.</summary>
    public static IReadOnlyList<PathReport> Parse(string output)
    {
        var lines = output.Split('\n');
        var head = Array.FindIndex(lines, l => l.StartsWith("DEST ADDR", StringComparison.Ordinal));
        if (head < 0)
        {
            return [];
        }

        // Addresses and interface are columns of fixed order; the numbers after them have one-word names.
        var names = lines[head].Replace("DEST ADDR", "DEST", StringComparison.Ordinal).Replace("NEXT HOP", "NEXT", StringComparison.Ordinal).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        var paths = new List<PathReport>();
        foreach (var line in lines.Skip(head + 1))
        {
            var words = line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            if (words.Length < 3 || words.Length > names.Length)
            {
                continue;
            }

            string Word(string name) => Array.IndexOf(names, name) is var at and >= 0 && at < words.Length ? words[at] : "";
            paths.Add(new PathReport(Word("DEST"), Word("NEXT"), Number(Word("METRIC")), (int)Number(Word("HOP_COUNT")), (Number(Word("FLAGS")) & Active) != 0));
        }

        return paths;
    }

    private static long Number(string text) => text.StartsWith("0x", StringComparison.Ordinal)
        ? long.TryParse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var hex) ? hex : 0
        : long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;
}
