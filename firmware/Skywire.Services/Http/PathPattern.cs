// Matches paths such as /transports/id:{id}. A trailing slash counts, as in the reference's router.
namespace Skywire.Services.Http;

/// <summary>A path with captures: a segment may end in <c>{name}</c>, which takes the rest of it, at least one letter.</summary>
internal sealed class PathPattern
{
    private readonly (string Prefix, bool Captures)[] _segments;

    public PathPattern(string pattern)
    {
        _segments = [.. pattern.Split('/').Select(s => s.EndsWith('}') ? (s[..s.IndexOf('{', StringComparison.Ordinal)], true) : (s, false))];
    }

    /// <summary>The captured parts in order; null when the path is another.</summary>
    public IReadOnlyList<string>? Match(string[] path)
    {
        if (path.Length != _segments.Length)
        {
            return null;
        }

        List<string>? captures = null;
        for (var i = 0; i < path.Length; i++)
        {
            var (prefix, takes) = _segments[i];
            if (!takes)
            {
                if (path[i] != prefix)
                {
                    return null;
                }

                continue;
            }

            if (path[i].Length <= prefix.Length || !path[i].StartsWith(prefix, StringComparison.Ordinal))
            {
                return null;
            }

            (captures ??= []).Add(path[i][prefix.Length..]);
        }

        return captures ?? (IReadOnlyList<string>)[];
    }
}
