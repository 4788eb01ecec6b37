// JSON the builder writes about itself.
using System.Text.Json.Serialization;

namespace Skywire.ImageBuild.Records;

/// <summary><c>/usr/lib/skyminer/release.json</c>: which release a board runs. <paramref name="Built"/> is the commit's time, <paramref name="DataSchema"/> the form of the data it writes.</summary>
internal sealed record ReleaseFile(string Version, string Commit, string Image, int DataSchema, string Built);

[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(BuildResult))]
[JsonSerializable(typeof(ReleaseFile))]
internal sealed partial class BuildJson : JsonSerializerContext;
