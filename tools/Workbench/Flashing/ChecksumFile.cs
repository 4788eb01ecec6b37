// The file of SHA-256 sums beside an image, in the format of sha256sum.
namespace Skywire.Workbench.Flashing;

/// <summary>What the sums say about one image.</summary>
/// <param name="Path">The file with the sums.</param>
/// <param name="File">Sum of the image as it lies.</param>
/// <param name="Plain">Sum of the unpacked image, where it stands there too.</param>
internal sealed record ExpectedSums(string Path, string File, string? Plain);

/// <summary>Finds and reads it.</summary>
internal static class ChecksumFile
{
    private const int HexLength = 64;
    private static readonly System.Buffers.SearchValues<char> HexDigits = System.Buffers.SearchValues.Create("0123456789abcdefABCDEF");

    /// <summary>Null when there is none beside the image. Looked for: <c>IMAGE.sha256</c>, and <c>NAME.sha256</c> for <c>NAME.img.zst</c>.</summary>
    /// <exception cref="WorkbenchException">There is one, and it does not speak of this image: that is a mix-up and not the same as none.</exception>
    public static ExpectedSums? Find(string image)
    {
        var folder = System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(image))!;
        var name = System.IO.Path.GetFileName(image);
        var plain = PlainName(name);
        var stem = plain.EndsWith(".img", StringComparison.Ordinal) ? plain[..^4] : plain;
        foreach (var candidate in new[] { name, plain, stem }.Distinct().Select(n => System.IO.Path.Combine(folder, n + ".sha256")).Where(System.IO.File.Exists))
        {
            var sums = Parse(System.IO.File.ReadAllLines(candidate));

            // A file with one bare sum speaks of what it is named for.
            var own = System.IO.Path.GetFileName(candidate) == name + ".sha256";
            var file = sums.GetValueOrDefault(name) ?? (own ? sums.GetValueOrDefault("") : null);
            var unpacked = name == plain ? null : sums.GetValueOrDefault(plain);
            if (file is not null)
            {
                return new ExpectedSums(candidate, file, unpacked);
            }

            if (own)
            {
                throw new WorkbenchException($"{candidate} has no SHA-256 for {name}", "get the sums that belong to this image, or remove the file if it does not belong here");
            }
        }

        return null;
    }

    /// <summary>The image's name without its packing.</summary>
    public static string PlainName(string name) => name.EndsWith(".zst", StringComparison.Ordinal) || name.EndsWith(".xz", StringComparison.Ordinal) ? System.IO.Path.ChangeExtension(name, null)! : name;

    // HEX, two characters, name: the second character is a blank for text and * for binary.
    private static Dictionary<string, string> Parse(IEnumerable<string> lines)
    {
        var sums = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var line in lines.Select(l => l.Trim()))
        {
            if (line.Length >= HexLength && line.AsSpan(0, HexLength).IndexOfAnyExcept(HexDigits) < 0)
            {
                var name = line.Length > HexLength + 1 ? line[HexLength..].TrimStart(' ').TrimStart('*') : "";
                sums[System.IO.Path.GetFileName(name)] = line[..HexLength].ToLowerInvariant();
            }
        }

        return sums;
    }
}
