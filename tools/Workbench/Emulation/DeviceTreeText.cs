// What a board's device tree has beyond the emulator's own. Pure: texts in, text out; the device tree compiler does the rest.
using System.Text;

namespace Skywire.Workbench.Emulation;

/// <summary>Composes device tree sources.</summary>
internal static class DeviceTreeText
{
    /// <summary>
    /// The emulator's tree (as <c>dtc -O dts</c> prints it) followed by the board's fragment and an identity. Nodes of the same path merge, so the order is that of precedence.
    /// <paramref name="compatible"/>, when not empty, replaces the tree's own: it is how the image tells boards apart.
    /// </summary>
    public static string Compose(string emulator, string? fragment, string serial, IReadOnlyList<string> compatible)
    {
        var text = new StringBuilder(emulator.TrimEnd()).Append("\n\n");
        if (fragment is not null)
        {
            text.Append(fragment.Trim()).Append("\n\n");
        }

        text.Append("/ {\n\tserial-number = \"").Append(serial).Append("\";\n");
        if (compatible.Count > 0)
        {
            text.Append("\tcompatible = ").AppendJoin(", ", compatible.Select(c => $"\"{c}\"")).Append(";\n");
        }

        return text.Append("};\n").ToString();
    }

    /// <summary>The strings of the root's <c>compatible</c>, as dtc prints them; empty when there are none.</summary>
    public static IReadOnlyList<string> Compatible(string source)
    {
        var depth = 0;
        foreach (var raw in source.Split('\n'))
        {
            var line = raw.Trim();
            if (depth == 1 && line.StartsWith("compatible = ", StringComparison.Ordinal))
            {
                // dtc writes a list either as one string with \0 between, or as several strings.
                return [.. line["compatible = ".Length..].TrimEnd(';').Split([", ", "\\0"], StringSplitOptions.None).Select(s => s.Trim('"'))];
            }

            depth += line.EndsWith('{') ? 1 : line is "};" ? -1 : 0;
        }

        return [];
    }
}
