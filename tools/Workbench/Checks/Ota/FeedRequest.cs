// What a board asks of the feed's server. Pure: the head of a request in, a request out.
using System.Globalization;

namespace Skywire.Workbench.Checks.Ota;

/// <summary>A GET. <paramref name="First"/> and <paramref name="Last"/> are the bytes of Range, the last one included; null where the request leaves them open.</summary>
internal sealed record FeedRequest(string Path, long? First, long? Last, string IfMatch)
{
    private const string RangeUnit = "bytes=";

    /// <summary>Reads the head of a request, without the empty line; null for anything that is no GET of a plain path. A range of several parts counts as none.</summary>
    public static FeedRequest? TryParse(string head)
    {
        var lines = head.Split("\r\n");
        var words = lines[0].Split(' ');
        if (words.Length != 3 || words[0] != "GET" || !words[1].StartsWith('/') || words[1].Contains("..", StringComparison.Ordinal))
        {
            return null;
        }

        string Field(string name) => lines.Skip(1).Select(l => l.Split(':', 2)).Where(f => f.Length == 2 && f[0].Equals(name, StringComparison.OrdinalIgnoreCase)).Select(f => f[1].Trim()).FirstOrDefault("");
        var (first, last) = Range(Field("Range"));
        return new FeedRequest(Uri.UnescapeDataString(words[1][1..].Split('?')[0]), first, last, Field("If-Match"));
    }

    private static (long? First, long? Last) Range(string text)
    {
        var ends = text.StartsWith(RangeUnit, StringComparison.Ordinal) ? text[RangeUnit.Length..].Split('-') : [];
        if (ends.Length != 2 || !long.TryParse(ends[0], NumberStyles.None, CultureInfo.InvariantCulture, out var first))
        {
            return (null, null);
        }

        return ends[1].Length == 0 ? (first, null)
            : long.TryParse(ends[1], NumberStyles.None, CultureInfo.InvariantCulture, out var last) && last >= first ? (first, last)
            : (null, null);
    }
}
