// The local page's password: the owner's, else one made on this board once and kept.
using System.Security.Cryptography;
using Skywire.Linux;

namespace Skywire.Boards.Settings;

internal static class PagePassword
{
    /// <summary>Name of the file that keeps it.</summary>
    public const string FileName = "page.json";

    // Typed from a screen: no letters that look alike. 12 of 31 are 59 bits, and only ten guesses a minute are allowed.
    private const string Alphabet = "abcdefghjkmnpqrstuvwxyz23456789";
    private const int Length = 12;

    /// <summary>The password in force with its hash; kept in <paramref name="folder"/>.</summary>
    public static KeptPassword Ensure(string set, string folder, Func<string, string> hash)
    {
        var file = Path.Combine(folder, FileName);
        var kept = KeptFile.Read(file, BoardJson.Default.KeptPassword);
        if (kept is { Password.Length: > 0, Hash.Length: > 0 } && (set.Length > 0 ? kept.Password == set : kept.IsMadeHere))
        {
            return kept;
        }

        var password = set.Length > 0 ? set : RandomNumberGenerator.GetString(Alphabet, Length);
        var made = new KeptPassword(password, hash(password), set.Length == 0);
        KeptFile.Write(file, made, BoardJson.Default.KeptPassword, AtomicFile.Private);
        return made;
    }
}
