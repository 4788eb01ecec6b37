// The body of a form post (application/x-www-form-urlencoded). Pure, bounded by the request's size.
using System.Text;

namespace Skywire.Wifi.Setup;

internal static class FormBody
{
    private const int MaxFields = 32;

    /// <summary>Fields by name, the first of each; null for what no browser makes.</summary>
    public static IReadOnlyDictionary<string, string>? Parse(ReadOnlySpan<byte> body)
    {
        var fields = new Dictionary<string, string>(StringComparer.Ordinal);
        var count = 0;
        while (!body.IsEmpty)
        {
            var end = body.IndexOf((byte)'&');
            var part = end < 0 ? body : body[..end];
            body = end < 0 ? [] : body[(end + 1)..];
            if (part.IsEmpty)
            {
                continue;
            }

            var equals = part.IndexOf((byte)'=');
            if (++count > MaxFields || equals < 0 || Decode(part[..equals]) is not { } name || Decode(part[(equals + 1)..]) is not { } value)
            {
                return null;
            }

            fields.TryAdd(name, value);
        }

        return fields;
    }

    // '+' is a blank, %XX a byte of UTF-8; bytes that are none become U+FFFD, which no rule takes in a name.
    private static string? Decode(ReadOnlySpan<byte> text)
    {
        var bytes = new byte[text.Length];
        var length = 0;
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (c == '%')
            {
                if (i + 2 >= text.Length || !char.IsAsciiHexDigit((char)text[i + 1]) || !char.IsAsciiHexDigit((char)text[i + 2]))
                {
                    return null;
                }

                c = (byte)((Convert.FromHexString(Encoding.ASCII.GetString(text.Slice(i + 1, 2))))[0]);
                i += 2;
            }
            else if (c == '+')
            {
                c = (byte)' ';
            }

            bytes[length++] = c;
        }

        return Encoding.UTF8.GetString(bytes, 0, length);
    }
}
