// skyminer-errors.txt: what is wrong with the settings, for somebody who has the card in a PC and nothing else.
using System.Globalization;
using System.Text;

namespace Skywire.Boards.Settings;

/// <summary>Writes the text of mistakes.</summary>
public static class SettingsErrors
{
    /// <summary>Name of the file on the card, beside the settings.</summary>
    public const string FileName = "skyminer-errors.txt";

    /// <summary>The text; lines end as Windows wants it, which every other editor takes.</summary>
    public static string Text(IReadOnlyList<SettingsMistake> mistakes)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{SettingsSample.FileName} has {mistakes.Count} mistake{(mistakes.Count == 1 ? "" : "s")}. The board runs with the rest of it.\n");
        text.Append("Mend them and start the board again; this file then goes away by itself.\n");
        foreach (var mistake in mistakes)
        {
            text.Append('\n').Append(Line(mistake)).Append('\n');
            if (mistake.Remedy.Length > 0)
            {
                text.Append("    ").Append(mistake.Remedy).Append('\n');
            }
        }

        return text.ToString().ReplaceLineEndings("\r\n");
    }

    /// <summary>Where and what, on one line.</summary>
    public static string Line(SettingsMistake mistake)
    {
        var where = mistake.Line > 0 ? string.Create(CultureInfo.InvariantCulture, $"line {mistake.Line}: ") : "";
        var key = mistake.Key.Length > 0 && !mistake.Cause.StartsWith("unknown key", StringComparison.Ordinal) ? mistake.Key + " " : "";
        return where + key + mistake.Cause;
    }
}
