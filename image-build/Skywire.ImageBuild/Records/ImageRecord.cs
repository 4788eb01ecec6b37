// Finding what an earlier build made: by its plan's name, or by any of its files.
using System.Text.Json;

namespace Skywire.ImageBuild.Records;

/// <summary>Reads <c>.build.json</c>.</summary>
internal static class ImageRecord
{
    private const string Suffix = ".build.json";

    // Longest first: .img is the end of none of the others, but .img.zst holds it.
    private static readonly string[] Siblings = [Suffix, ".img.zst", ".img", ".squashfs"];

    /// <summary>The build of <paramref name="image"/>: a plan's name (the last build of it in <paramref name="folder"/>) or one of the build's files.</summary>
    public static BuildResult Find(string image, string folder)
    {
        var file = File.Exists(image)
            ? Siblings.Where(s => image.EndsWith(s, StringComparison.Ordinal)).Select(s => image[..^s.Length] + Suffix).FirstOrDefault() ?? image
            : Path.Combine(folder, $"latest-{image}.json");
        try
        {
            var result = File.Exists(file) ? JsonSerializer.Deserialize(File.ReadAllBytes(file), BuildJson.Default.BuildResult) : null;
            var beside = Path.GetDirectoryName(Path.GetFullPath(file))!;
            return result is null
                ? throw new ImageException($"there is no record of a build: {file}", "make an image first: tools/skyminer image; or name one of its files")
                : result with { Slot = Beside(beside, result.Slot) };
        }
        catch (JsonException e)
        {
            throw new ImageException($"{file} is not the record of a build of this version: {e.Message}", "build the image anew: tools/skyminer image");
        }
    }

    // A folder of images that was copied as a whole: what the record names lies beside it.
    private static string Beside(string folder, string path) => File.Exists(path) ? path : Path.Combine(folder, Path.GetFileName(path));
}
