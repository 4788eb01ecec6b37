// An HTTP request as far as the setup page needs it (RFC 9112). Pure; bytes come from anybody who has the code.
using System.Buffers;
using System.Globalization;
using System.Text;

namespace Skywire.Wifi.Setup.Http;

/// <summary>One request.</summary>
public sealed record SetupRequest
{
    /// <summary>Largest request taken, head and body, bytes.</summary>
    public const int MaxSize = 16 * 1024;

    private const int MaxHeaders = 64;

    // Printable characters, tab and the ends of lines.
    private static readonly SearchValues<byte> HeadBytes = SearchValues.Create([(byte)'\t', (byte)'\r', (byte)'\n', .. Enumerable.Range(' ', '~' - ' ' + 1).Select(c => (byte)c)]);

    /// <summary>Method, "GET".</summary>
    public required string Method { get; init; }

    /// <summary>Host asked for, with port as it was written; "" when there is none. Of an absolute target it is that target's.</summary>
    public required string Host { get; init; }

    /// <summary>Path without query, "/".</summary>
    public required string Path { get; init; }

    /// <summary>Origin header; "" for none.</summary>
    public string Origin { get; init; } = "";

    /// <summary>Referer header; "" for none.</summary>
    public string Referrer { get; init; } = "";

    /// <summary>Content type without parameters, lower case; "" for none.</summary>
    public string ContentType { get; init; } = "";

    /// <summary>Body.</summary>
    public ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>Reads a request from the start of <paramref name="bytes"/>; <see cref="OperationStatus.NeedMoreData"/> until all of it is there.</summary>
    public static OperationStatus Read(ReadOnlySpan<byte> bytes, out SetupRequest? request)
    {
        request = null;
        var headEnd = bytes.IndexOf("\r\n\r\n"u8);
        if (headEnd < 0)
        {
            // A first byte that begins no method is refused at once: TLS on this port, for one.
            return bytes.Length >= MaxSize || (bytes.Length > 0 && !char.IsAsciiLetterUpper((char)bytes[0])) ? OperationStatus.InvalidData : OperationStatus.NeedMoreData;
        }

        var bodyStart = headEnd + 4;
        if (bodyStart > MaxSize || bytes[..headEnd].ContainsAnyExcept(HeadBytes))
        {
            return OperationStatus.InvalidData;
        }

        var lines = Encoding.ASCII.GetString(bytes[..headEnd]).Split("\r\n");
        if (lines.Length > MaxHeaders + 1 || lines.Any(l => l.AsSpan().ContainsAny('\r', '\n')) || ReadLine(lines[0]) is not { } start || ReadHeaders(lines.AsSpan(1)) is not { } headers)
        {
            return OperationStatus.InvalidData;
        }

        if (headers.ContainsKey("transfer-encoding") || !TryReadLength(headers.GetValueOrDefault("content-length", "0"), out var length) || length > MaxSize - bodyStart)
        {
            return OperationStatus.InvalidData;
        }

        if (bytes.Length < bodyStart + length)
        {
            return OperationStatus.NeedMoreData;
        }

        request = new SetupRequest
        {
            Method = start.Method,
            Host = start.Host ?? headers.GetValueOrDefault("host", ""),
            Path = start.Path,
            Origin = headers.GetValueOrDefault("origin", ""),
            Referrer = headers.GetValueOrDefault("referer", ""),
            ContentType = headers.GetValueOrDefault("content-type", "").Split(';')[0].Trim().ToLowerInvariant(),
            Body = bytes.Slice(bodyStart, length).ToArray(),
        };
        return OperationStatus.Done;
    }

    // METHOD SP target SP HTTP/1.x; the target is a path, or a whole address as a browser with a proxy sends it.
    private static (string Method, string? Host, string Path)? ReadLine(string line)
    {
        var parts = line.Split(' ');
        if (parts is not [{ Length: > 0 and <= 16 } method, { Length: > 0 } target, "HTTP/1.1" or "HTTP/1.0"] || !method.All(char.IsAsciiLetterUpper))
        {
            return null;
        }

        const string Scheme = "http://";
        string? host = null;
        if (target.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
        {
            target = target[Scheme.Length..];
            var slash = target.IndexOf('/', StringComparison.Ordinal);
            (host, target) = slash < 0 ? (target, "/") : (target[..slash], target[slash..]);
        }

        return target[0] == '/' ? (method, host, target.Split('?', '#')[0]) : null;
    }

    private static Dictionary<string, string>? ReadHeaders(ReadOnlySpan<string> lines)
    {
        var headers = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var line in lines)
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            // A name with a blank in it is a folded line or an attempt to hide a header.
            if (colon <= 0 || line.AsSpan(0, colon).ContainsAny(' ', '\t'))
            {
                return null;
            }

            var name = line[..colon].ToLowerInvariant();
            if (!headers.TryAdd(name, line[(colon + 1)..].Trim()) && name is "host" or "content-length" or "origin")
            {
                return null;
            }
        }

        return headers;
    }

    private static bool TryReadLength(string text, out int length) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out length);
}
