// Names of networks are bytes of strangers: anything a terminal or a page would act on is shown by its number.
using System.Buffers;
using System.Globalization;
using System.Text;

namespace Skywire.Wifi.Kernel;

/// <summary>Names of networks.</summary>
public static class NetworkName
{
    /// <summary>Most bytes of a name (802.11-2020, 9.4.2.2).</summary>
    public const int MaxSize = 32;

    /// <summary>The name as a text: printable UTF-8 stays, every other byte becomes \xNN; "" for a hidden one (no bytes, or zeros).</summary>
    public static string Text(ReadOnlySpan<byte> name)
    {
        if (!name.ContainsAnyExcept((byte)0))
        {
            return "";
        }

        var text = new StringBuilder(name.Length);
        while (!name.IsEmpty)
        {
            if (Rune.DecodeFromUtf8(name, out var rune, out var length) == OperationStatus.Done && IsPrintable(rune))
            {
                text.Append(rune.ToString());
            }
            else
            {
                foreach (var one in name[..length])
                {
                    text.Append(CultureInfo.InvariantCulture, $"\\x{one:x2}");
                }
            }

            name = name[length..];
        }

        return text.ToString();
    }

    // Format characters turn the direction of what follows; private and unassigned ones have no shape.
    private static bool IsPrintable(Rune rune) => rune.Value == ' ' || Rune.GetUnicodeCategory(rune) is not (
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned
        or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.SpaceSeparator);
}
