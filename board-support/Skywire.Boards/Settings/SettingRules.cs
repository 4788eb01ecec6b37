// What single values may be. Each rule gives null for a good value, else the fault in words that fit after "address = ...".
using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Text;

namespace Skywire.Boards.Settings;

internal static class SettingRules
{
    private const int MaxName = 63;
    private const int MinPassphrase = 8;
    private const int MaxPassphrase = 63;
    private const int MinPassword = 10;
    private const int MaxPassword = 128;

    private static readonly string[] KeyTypes = ["ssh-ed25519", "ssh-rsa", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521", "sk-ssh-ed25519@openssh.com", "sk-ecdsa-sha2-nistp256@openssh.com"];

    /// <summary>A host name without dots (RFC 1123).</summary>
    public static string? HostName(string text)
        => text.Length > MaxName ? $"has {text.Length} characters, more than {MaxName}"
            : text.All(c => char.IsAsciiLetterOrDigit(c) || c == '-') && text[0] != '-' && text[^1] != '-' ? null
            : $"is \"{text}\", which holds more than letters, digits and inner dashes";

    /// <summary>A line of an authorized_keys file without options. The middle part must say the same type as the first.</summary>
    public static string? SshKey(string text)
    {
        var parts = text.Split(' ', 3, StringSplitOptions.RemoveEmptyEntries);
        if (text.Contains("PRIVATE KEY", StringComparison.Ordinal))
        {
            return "is a private key, which must never leave its owner";
        }

        if (text.Any(char.IsControl))
        {
            return "holds a control character";
        }

        if (parts.Length < 2 || !KeyTypes.Contains(parts[0]))
        {
            return parts.Length > 0 && parts[0].StartsWith("ssh-dss", StringComparison.Ordinal) ? "is a DSA key, which ssh does not take any more" : "does not begin with the type of a key";
        }

        var blob = new byte[parts[1].Length];
        return Convert.TryFromBase64String(parts[1], blob, out var length) && NameOf(blob.AsSpan(0, length)) == parts[0] ? null : "is cut off or damaged";
    }

    /// <summary>An IP address with a prefix length.</summary>
    public static string? AddressWithPrefix(string text)
    {
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        return slash < 0 ? $"is \"{text}\", without a prefix length"
            : !IsAddress(text[..slash]) ? $"is \"{text}\", which is no address"
            : int.TryParse(text[(slash + 1)..], NumberStyles.None, null, out var bits) && bits >= 1 && bits <= (text.Contains(':', StringComparison.Ordinal) ? 128 : 32) ? null
            : $"is \"{text}\", whose prefix length is out of range";
    }

    /// <summary>An IP address.</summary>
    public static string? Address(string text) => IsAddress(text) ? null : $"is \"{text}\", which is no address";

    /// <summary>IP addresses, separated by commas or blanks.</summary>
    public static string? Addresses(string text) => Words(text).FirstOrDefault(w => !IsAddress(w)) is { } bad ? $"holds \"{bad}\", which is no address" : null;

    /// <summary>Host names or addresses, separated by commas or blanks.</summary>
    public static string? Hosts(string text) => Words(text).FirstOrDefault(w => w.Length > 253 || Uri.CheckHostName(w) == UriHostNameType.Unknown) is { } bad ? $"holds \"{bad}\", which is no host" : null;

    /// <summary>ISO 3166 letters.</summary>
    public static string? Country(string text) => text.Length == 2 && text.All(char.IsAsciiLetter) ? null : $"is \"{text}\", not two letters";

    /// <summary>auto, or the number of a channel of 2.4 or 5 GHz; whether it is allowed here only the radio knows.</summary>
    public static string? WifiChannel(string text)
        => string.Equals(text, "auto", StringComparison.OrdinalIgnoreCase) || (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is (>= 1 and <= 14) or (>= 36 and <= 177)) ? null : $"is \"{text}\"";

    /// <summary>Name of a network for people's devices. Plain text: what more there could be, every device shows in another way.</summary>
    public static string? NetworkName(string text)
        => text.Length > 32 ? $"has {text.Length} characters, more than 32"
            : text.All(c => c is >= ' ' and <= '~') ? null : "holds more than letters, digits and signs without accents";

    /// <summary>Passphrase of WPA2.</summary>
    public static string? WifiPassphrase(string text)
        => Passphrase(text) ?? (text.All(c => c is >= ' ' and <= '~') ? null : "holds more than letters, digits and signs without accents");

    /// <summary>Name of a mesh: it becomes part of a salt, of logs and of a wifi mesh id (at most 32 bytes).</summary>
    public static string? MeshName(string text)
        => text.Length > 32 ? $"has {text.Length} characters, more than 32"
            : text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.') ? null : $"is \"{text}\", which holds more than letters, digits, '-', '_' and '.'";

    /// <summary>As long as wifi passphrases may be (WPA), so that one serves both.</summary>
    public static string? Passphrase(string text) => Secret(text, MinPassphrase, MaxPassphrase);

    /// <summary>A password that may be tried over the network.</summary>
    public static string? Password(string text) => Secret(text, MinPassword, MaxPassword);

    /// <summary>A web address.</summary>
    public static string? Url(string text)
        => Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" && url.Host.Length > 0 && url.UserInfo.Length == 0 && url.Query.Length == 0 && url.Fragment.Length == 0
            ? null : $"is \"{text}\", which is no web address";

    /// <summary>66 hex digits of a compressed point.</summary>
    public static string? PublicKey(string text)
        => text.Length == 66 && text.All(char.IsAsciiHexDigit) && text[..2] is "02" or "03" ? null : "is not a public key";

    /// <summary>Shape of a time zone's name; whether there is such a zone only the system knows.</summary>
    public static string? TimeZone(string text)
        => text.Length <= 64 && text.Split('/').All(p => p.Length > 0 && char.IsAsciiLetter(p[0]) && p.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '+')) ? null : $"is \"{text}\", which is no time zone";

    /// <summary>Two times of day.</summary>
    public static string? Window(string text)
        => text.Split('-') is [var from, var to] && IsTime(from) && IsTime(to) ? null : $"is \"{text}\", which is no time of day from-to";

    /// <summary>Kilobytes a second.</summary>
    public static string? RateLimit(string text)
        => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= 1_000_000 ? null : $"is \"{text}\"";

    /// <summary>One of some words.</summary>
    public static Func<string, string?> OneOf(params string[] words) => text => words.Contains(text, StringComparer.OrdinalIgnoreCase) ? null : $"is \"{text}\"";

    /// <summary>Words of a list.</summary>
    public static string[] Words(string text) => text.Split((char[])[' ', ',', '\t'], StringSplitOptions.RemoveEmptyEntries);

    // IPAddress.TryParse takes "1" and "0x7f.1" too.
    private static bool IsAddress(string text) => IPAddress.TryParse(text, out var address) && (text.Contains(':', StringComparison.Ordinal) || address.ToString() == text) && !text.Contains('%', StringComparison.Ordinal);

    private static bool IsTime(string text) => TimeOnly.TryParseExact(text.Trim(), "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out _);

    private static string? Secret(string text, int least, int most)
        => text.Length < least ? $"has {text.Length} characters, fewer than {least}"
            : text.Length > most ? $"has {text.Length} characters, more than {most}"
            : text.Any(char.IsControl) ? "holds a control character" : null;

    // An ssh blob begins with the length and the name of its type.
    private static string NameOf(ReadOnlySpan<byte> blob)
    {
        if (blob.Length < 4 || BinaryPrimitives.ReadUInt32BigEndian(blob) is not (> 0 and <= 64 and var length) || blob.Length < 4 + length + 32)
        {
            return "";
        }

        return Encoding.ASCII.GetString(blob.Slice(4, (int)length));
    }
}
