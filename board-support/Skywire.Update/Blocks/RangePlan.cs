// Which pieces of a bundle are missing, and in which requests they are fetched. Pure.
namespace Skywire.Update.Blocks;

/// <summary>Arithmetic of ranges.</summary>
public static class RangePlan
{
    /// <summary>Two missing pieces with less than this between them are fetched in one request: another one costs a round trip and some 500 bytes of headers each way.</summary>
    public const long Gap = 32 * 1024;

    /// <summary>What of 0 to <paramref name="size"/> is not in <paramref name="held"/>, which may be in any order and overlap.</summary>
    public static IReadOnlyList<ByteRange> Missing(long size, IEnumerable<ByteRange> held)
    {
        var missing = new List<ByteRange>();
        long at = 0;
        foreach (var piece in held.Where(h => h.Length > 0).OrderBy(h => h.Start))
        {
            if (piece.Start > at)
            {
                missing.Add(new ByteRange(at, Math.Min(piece.Start, size) - at));
            }

            at = Math.Max(at, piece.End);
            if (at >= size)
            {
                return missing;
            }
        }

        missing.Add(new ByteRange(at, size - at));
        return missing;
    }

    /// <summary>Joins pieces that lie close together; <paramref name="pieces"/> in order, as <see cref="Missing"/> gives them.</summary>
    public static IReadOnlyList<ByteRange> Requests(IReadOnlyList<ByteRange> pieces, long gap = Gap)
    {
        var requests = new List<ByteRange>();
        foreach (var piece in pieces)
        {
            if (requests.Count > 0 && piece.Start - requests[^1].End < gap)
            {
                requests[^1] = requests[^1] with { Length = piece.End - requests[^1].Start };
            }
            else
            {
                requests.Add(piece);
            }
        }

        return requests;
    }
}
