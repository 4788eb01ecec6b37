// What a person asked for, and what came of it.
using System.Globalization;
using System.Xml.Linq;
using Skywire.ImageBuild.Packages;

namespace Skywire.ImageBuild;

/// <summary>
/// One build. <paramref name="Board"/> is a board's name or "universal"; <paramref name="Program"/> the published arm64 executable; <paramref name="Keyrings"/> are PEM files of
/// the authorities whose updates the image will take.
/// </summary>
internal sealed record BuildRequest(string Board, string Program, string OutputFolder, bool Release, PackagePolicy Packages, IReadOnlyList<string> Keyrings);

/// <summary>
/// Which source an image is made of. <paramref name="Version"/> is what tools/version says, <paramref name="Commit"/> ten digits of it; <paramref name="Time"/> is the
/// commit's, and the only time that gets into an image; <paramref name="DataSchema"/> the form of the data partition that this source writes.
/// </summary>
internal sealed record SourceVersion(string Version, string Commit, DateTimeOffset Time, int DataSchema)
{
    /// <summary>Asks tools/version and git, and reads the data schema from Directory.Build.props.</summary>
    public static async Task<SourceVersion> ReadAsync(SourceTree tree, CancellationToken cancellationToken)
    {
        var props = XDocument.Load(Path.Combine(tree.Checkout, "Directory.Build.props"));
        var schema = int.Parse(props.Descendants("DataSchema").First().Value, CultureInfo.InvariantCulture);
        var version = (await HostTool.RequireAsync(Path.Combine(tree.Checkout, "tools", "version"), [], cancellationToken)).Trim();
        var log = await HostTool.RunAsync("git", ["-C", tree.Checkout, "log", "-1", "--format=%h %ct", "--abbrev=10"], cancellationToken);
        if (!log.Ok)
        {
            // A release tarball has no history: a fixed time keeps its builds alike.
            return new SourceVersion(version, "unknown", DateTimeOffset.UnixEpoch.AddDays(20_000), schema);
        }

        var words = log.Output.Trim().Split(' ');
        return new SourceVersion(version, words[0], DateTimeOffset.FromUnixTimeSeconds(long.Parse(words[1], CultureInfo.InvariantCulture)), schema);
    }
}

/// <summary>What a build made. Sizes in bytes, times in seconds.</summary>
internal sealed record BuildResult
{
    public required string Image { get; init; }

    public required string Compressed { get; init; }

    public required string Slot { get; init; }

    public required string Sbom { get; init; }

    public required string Catalogue { get; init; }

    public required string? VirtualLoader { get; init; }

    public required string? RaspberryPiLoader { get; init; }

    public required string DeviceTrees { get; init; }

    public required string Plan { get; init; }

    public required string Version { get; init; }

    public required string Commit { get; init; }

    public required int DataSchema { get; init; }

    public required string Kernel { get; init; }

    public required long ImageBytes { get; init; }

    public required long CompressedBytes { get; init; }

    public required long SlotBytes { get; init; }

    public required string ImageSha256 { get; init; }

    public required string SlotSha256 { get; init; }

    public required bool Release { get; init; }

    public required double Seconds { get; init; }

    public required double UBootSeconds { get; init; }

    public required IReadOnlyList<BuildStep> Steps { get; init; }
}
