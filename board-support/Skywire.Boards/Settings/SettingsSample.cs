// The documented sample that lies on every card: made from the table of keys, checked against the file in the tree by a test.
using System.Text;

namespace Skywire.Boards.Settings;

/// <summary>Writes the sample.</summary>
public static class SettingsSample
{
    /// <summary>Name of the file on the card.</summary>
    public const string FileName = "skyminer.conf";

    private const string Head = """
        # Settings of this board. Everything is optional: with nothing set, the board takes its address from your router and joins the boards on the same wire.
        #
        # Remove the "# " in front of a line and change what stands behind "=". Comments stand on lines of their own. Save, put the card back, power on.
        # A mistake does no harm: the board runs with the rest, its LED asks for attention, and skyminer-errors.txt beside this file says what to mend.
        # Holding the board's button for 7 seconds puts this file back as it was.

        """;

    /// <summary>The text, with lines as both Windows and Linux editors show them.</summary>
    public static string Text()
    {
        var text = new StringBuilder(Head.ReplaceLineEndings("\n"));
        foreach (var (title, keys) in SettingKeys.Groups)
        {
            text.Append('\n').Append("# ---- ").Append(title).Append(" ----\n");
            foreach (var key in keys)
            {
                if (key.Explanation.Length > 0)
                {
                    text.Append('\n');
                }

                foreach (var line in key.Explanation)
                {
                    text.Append("# ").Append(line).Append('\n');
                }

                text.Append("# ").Append(key.Name).Append(" = ").Append(key.Example).Append('\n');
            }
        }

        return text.ToString();
    }
}
