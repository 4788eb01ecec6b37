// Writes skyminer.conf as a person would. Pure: pairs in, text out.
using System.Text;

namespace Skywire.Workbench.Emulation;

/// <summary>Settings of a board, in the order they are written.</summary>
internal static class BoardSettings
{
    /// <summary>Name of the file on the FAT partition.</summary>
    public const string Name = "skyminer.conf";

    /// <summary>Name of the file in which a board explains what is wrong with it.</summary>
    public const string ErrorsName = "skyminer-errors.txt";

    /// <summary>The text. A value over several lines cannot be said in this format and is refused.</summary>
    public static string Text(IEnumerable<(string Key, string Value)> settings)
    {
        var text = new StringBuilder("# Written for an emulated board.\n");
        foreach (var (key, value) in settings)
        {
            if (key.AsSpan().ContainsAny("=#\r\n") || value.AsSpan().ContainsAny('\r', '\n'))
            {
                throw new ArgumentException($"\"{key}\" with this value cannot be written on one line", nameof(settings));
            }

            text.Append(key).Append(" = ").Append(value).Append('\n');
        }

        return text.ToString();
    }
}
