// What may be ordered of the settings from a command line: the rules of skyminer.conf, told before anything is written.
using System.Globalization;

namespace Skywire.Visor.Commands;

/// <summary>Each gives null for a good value, else what is wrong with it.</summary>
internal static class MeshRules
{
    /// <summary>Name of a mesh.</summary>
    public static string? Name(string? text)
        => text is not { Length: > 0 and <= 32 } ? "a mesh's name has 1 to 32 characters"
            : text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.') ? null : "a mesh's name holds letters, digits, '-', '_' and '.' only";

    /// <summary>Passphrase, as wifi takes it. The fault does not repeat it.</summary>
    public static string? Passphrase(string text)
        => text.Length is < 8 or > 63 ? string.Create(CultureInfo.InvariantCulture, $"has {text.Length} characters, not 8 to 63") : text.Any(char.IsControl) ? "holds a control character" : null;

    /// <summary>Country.</summary>
    public static string? Country(string? text) => text is null or { Length: 2 } && (text ?? "").All(char.IsAsciiLetter) ? null : $"\"{text}\" is no country: two letters, such as DE";

    /// <summary>Channel number of the 2.4 or 5 GHz band, or auto.</summary>
    public static string? Channel(string? text)
        => text is null or "auto" || (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is >= 1 and <= 14 or >= 36 and <= 177) ? null : $"\"{text}\" is no channel: 1 to 14, 36 to 177, or auto";
}
