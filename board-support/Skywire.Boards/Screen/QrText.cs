// A QR code for terminals: two modules a character as Unicode half blocks, with the quiet zone scanners need, in colours that fit dark and light terminals.
using System.Text;
using QRCoder;

namespace Skywire.Boards.Screen;

/// <summary>Renders QR codes as text.</summary>
public static class QrText
{
    // The standard asks for four light modules around; scanners are content with two on a screen, and a serial console has only 24 lines.
    private const int QuietZone = 2;

    // A code with more does not fit on 80 columns.
    private const int MaxSide = 69;

    private const string BlackOnWhite = "\e[30;47m";
    private const string Normal = "\e[0m";

    /// <summary>Modules of the code of a text, quiet zone included, rows from the top; true is dark. Empty when the text is too long for a terminal.</summary>
    public static IReadOnlyList<bool[]> Modules(string text)
    {
        using var generator = new QRCodeGenerator();
        // L: a screen has no stains; the smaller code is read from further away.
        using var data = generator.CreateQrCode(text, QRCodeGenerator.ECCLevel.L);
        // The library adds a quiet zone of four.
        var cut = 4 - QuietZone;
        var rows = data.ModuleMatrix.Skip(cut).SkipLast(cut).Select(row => row.Cast<bool>().Skip(cut).SkipLast(cut).ToArray()).ToList();
        return rows.Count <= MaxSide + (2 * QuietZone) ? rows : [];
    }

    /// <summary>Lines of the code, each with its own colours: what a terminal scrolls or clears cannot tear them.</summary>
    public static IReadOnlyList<string> Lines(string text, bool withColours)
    {
        var modules = Modules(text);
        var lines = new List<string>();
        for (var y = 0; y < modules.Count; y += 2)
        {
            var line = new StringBuilder();
            for (var x = 0; x < modules[y].Length; x++)
            {
                var lower = y + 1 < modules.Count && modules[y + 1][x];
                // Without colours light is what is printed: right on the dark terminals that most are.
                var (top, bottom) = withColours ? (modules[y][x], lower) : (!modules[y][x], y + 1 < modules.Count && !lower);
                line.Append((top, bottom) switch { (true, true) => '\u2588', (true, false) => '\u2580', (false, true) => '\u2584', _ => ' ' });
            }

            lines.Add(withColours ? $"{BlackOnWhite}{line}{Normal}" : line.ToString());
        }

        return lines;
    }
}
