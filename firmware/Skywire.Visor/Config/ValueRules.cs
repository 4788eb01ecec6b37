// What makes a single text value right. Each rule gives the fault, or null.
using System.Net;
using Skywire.Crypto;
using Skywire.Update.Policy;
using Skywire.Update.Versions;

namespace Skywire.Visor.Config;

internal static class ValueRules
{
    private const int MostShownCharacters = 40;

    public static string? Url(string text)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var uri) || (uri.Scheme != Uri.UriSchemeHttp && uri.Scheme != Uri.UriSchemeHttps) || uri.Host.Length == 0)
        {
            return Shown(text);
        }

        return uri.UserInfo.Length > 0 ? "carries a user name or password" : uri.Query.Length > 0 || uri.Fragment.Length > 0 ? $"{Shown(text)} with a query" : null;
    }

    public static string? Key(string text) => PubKey.TryParseHex(text, out _) ? null
        : text.Length != PubKey.Size * 2 ? $"has {text.Length} characters" : "is not a point of the curve";

    public static string? Address(string text)
    {
        var colon = text.LastIndexOf(':');
        return colon > 0 && IsPort(text[(colon + 1)..], 1) && IsHost(text[..colon]) ? null : Shown(text);
    }

    public static string? Listen(string text)
    {
        var colon = text.LastIndexOf(':');
        return colon > 0 && IsPort(text[(colon + 1)..], 0) && IPEndPoint.TryParse(text, out _) ? null : Shown(text);
    }

    public static string? NotEmpty(string text) => string.IsNullOrWhiteSpace(text) ? "is empty" : text.Contains('\0', StringComparison.Ordinal) ? "holds a NUL character" : null;

    public static string? ShortText(string text) => text.Length > 64 ? $"has {text.Length} characters" : text.Any(char.IsControl) ? "holds control characters" : null;

    public static string? Name(string text) => text.Length is > 0 and <= 64 && text.All(static c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_') ? null : Shown(text);

    public static string? HostName(string text) => Uri.CheckHostName(text) == UriHostNameType.Dns ? null : Shown(text);

    public static string? Duration(string text) => !Config.Duration.TryParse(text, out var value) ? Shown(text)
        : value < TimeSpan.FromSeconds(1) || value > TimeSpan.FromMinutes(10) ? $"{Shown(text)}, outside 1s to 10m" : null;

    public static string? Version(string text) => SemanticVersion.Parse(text) is null ? Shown(text) : null;

    public static string? Window(string text) => UpdateWindow.Parse(text) is null ? Shown(text) : null;

    public static string? Trial(string text) => Duration(text) ?? (Config.Duration.TryParse(text, out var value) && value < TimeSpan.FromMinutes(1) ? $"{Shown(text)}, too short for a slow board to start" : null);

    public static string? PasswordHash(string text) => Api.PasswordHash.TryParse(text, out _) ? null : "is not such a line";

    public static string? Port(string text) => IsPort(text, 1) ? null : Shown(text);

    private static bool IsPort(string text, int minimum) => int.TryParse(text, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var port) && port >= minimum && port <= ushort.MaxValue;

    private static bool IsHost(string host) => host.StartsWith('[') && host.EndsWith(']') ? IPAddress.TryParse(host[1..^1], out _) : Uri.CheckHostName(host) is UriHostNameType.Dns or UriHostNameType.IPv4;

    private static string Shown(string text) => text.Length == 0 ? "is empty" : $"is \"{(text.Length > MostShownCharacters ? string.Concat(text.AsSpan(0, MostShownCharacters), "...") : text)}\"";
}
