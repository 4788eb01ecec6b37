// The bytes of a settings file as lines: whatever editor saved it, on whatever system.
using System.Text;

namespace Skywire.Boards.Settings;

/// <summary>Decodes settings files.</summary>
internal static class SettingsText
{
    /// <summary>Largest file read; the sample has 4 KB.</summary>
    public const int MaxSize = 64 * 1024;

    /// <summary>The lines, numbered from 1 by their place; null with a fault for what is no text.</summary>
    public static (string[] Lines, string? Fault) Decode(ReadOnlySpan<byte> content)
    {
        if (content.Length > MaxSize)
        {
            return ([], $"the file has {content.Length} bytes, more than {MaxSize}: is it the right one?");
        }

        var text = content switch
        {
            [0xFF, 0xFE, ..] => Encoding.Unicode.GetString(content[2..]),
            [0xFE, 0xFF, ..] => Encoding.BigEndianUnicode.GetString(content[2..]),
            [0xEF, 0xBB, 0xBF, ..] => Encoding.UTF8.GetString(content[3..]),
            _ => Encoding.UTF8.GetString(content),
        };
        return text.Contains('\0', StringComparison.Ordinal) ? ([], "the file holds zero bytes: it is no text, or the card was pulled while it was written") : (text.ReplaceLineEndings("\n").Split('\n'), null);
    }
}
