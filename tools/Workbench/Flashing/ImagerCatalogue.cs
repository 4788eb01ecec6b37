// The catalogue the Raspberry Pi Imager takes as a custom repository. Fields, and which of them are required, are those of its own schema
// (raspberrypi/rpi-imager, doc/json-schema/os-list-schema.json): JSON, sizes in bytes, sums in lower-case hexadecimal.
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;

namespace Skywire.Workbench.Flashing;

/// <summary>One image in the catalogue.</summary>
internal sealed record CatalogueEntry
{
    /// <summary>What the list shows.</summary>
    public required string Name { get; init; }

    /// <summary>The line below it.</summary>
    public required string Description { get; init; }

    /// <summary>Picture, 40 by 40.</summary>
    public required string Icon { get; init; }

    /// <summary>The packed image.</summary>
    public required string Url { get; init; }

    /// <summary>Bytes, unpacked: whether a card is large enough is decided by this.</summary>
    public required long ExtractSize { get; init; }

    /// <summary>Of the unpacked image; without a match the Imager does not finish a card.</summary>
    public required string ExtractSha256 { get; init; }

    /// <summary>Bytes to download.</summary>
    public required long ImageDownloadSize { get; init; }

    /// <summary>Of the file as downloaded.</summary>
    public required string ImageDownloadSha256 { get; init; }

    /// <summary>YYYY-MM-DD: the day of the commit it was built from, not of the build.</summary>
    public required string ReleaseDate { get; init; }

    /// <summary>The Imager's names of the boards it fits. It hides what does not fit the board chosen.</summary>
    public required IReadOnlyList<string> Devices { get; init; }

    /// <summary>none: settings go into skyminer.conf; the Imager's own dialogue would write files that this system does not read.</summary>
    public string InitFormat { get; init; } = "none";

    /// <summary>What kind of processor.</summary>
    public string Architecture { get; init; } = "armv8";
}

/// <summary>The file.</summary>
/// <param name="OsList">Its entries.</param>
internal sealed record Catalogue(IReadOnlyList<CatalogueEntry> OsList);

/// <summary>Its JSON.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true)]
[JsonSerializable(typeof(Catalogue))]
internal sealed partial class CatalogueJson : JsonSerializerContext;

/// <summary>Makes the catalogue of a folder of images.</summary>
/// <param name="dateOfCommit">The day of a commit as YYYY-MM-DD; null when the commit is not known here.</param>
internal sealed partial class ImagerCatalogue(Func<string, string?> dateOfCommit)
{
    /// <summary>The picture beside the catalogue.</summary>
    public const string IconName = "skyminer.svg";

    private static readonly string[] RaspberryPis = ["pi5-64bit", "pi4-64bit", "pi3-64bit"];

    /// <summary>The picture: four boards on one wire.</summary>
    public static string Icon => """
        <svg xmlns="http://www.w3.org/2000/svg" width="40" height="40" viewBox="0 0 40 40">
          <rect width="40" height="40" rx="8" fill="#0b3d5c"/>
          <path d="M11 11H29V29H11Z" fill="none" stroke="#7fd4ff" stroke-width="2"/>
          <g fill="#ffffff"><circle cx="11" cy="11" r="4"/><circle cx="29" cy="11" r="4"/><circle cx="29" cy="29" r="4"/></g>
          <circle cx="11" cy="29" r="4" fill="#5fd97a"/>
        </svg>

        """;

    /// <summary>Reads every image of the folder to its end; of one image packed in several ways the most widely read way is taken.</summary>
    /// <param name="folder">Where the images lie.</param>
    /// <param name="baseUrl">Where they will be downloaded from.</param>
    /// <param name="date">Release date for images whose commit is not known; null makes that an error.</param>
    /// <param name="onImage">Called with each image's file name before it is read.</param>
    /// <param name="cancellationToken">Stops between blocks.</param>
    public Catalogue Create(string folder, Uri baseUrl, string? date, Action<string> onImage, CancellationToken cancellationToken)
    {
        // xz before zstd: Imagers before 1.7 do not know zstd.
        var images = Directory.EnumerateFiles(folder)
            .Select(Path.GetFileName).OfType<string>()
            .Where(n => n.EndsWith(".img", StringComparison.Ordinal) || n.EndsWith(".img.xz", StringComparison.Ordinal) || n.EndsWith(".img.zst", StringComparison.Ordinal))
            .GroupBy(ChecksumFile.PlainName, StringComparer.Ordinal)
            .OrderBy(g => g.Key, StringComparer.Ordinal)
            .Select(g => g.OrderBy(n => n.EndsWith(".xz", StringComparison.Ordinal) ? 0 : n.EndsWith(".zst", StringComparison.Ordinal) ? 1 : 2).First())
            .ToList();
        if (images.Count == 0)
        {
            throw new WorkbenchException($"there is no image (.img, .img.zst, .img.xz) in {folder}", "tools/skyminer image makes one");
        }

        return new Catalogue([.. images.Select(name =>
        {
            onImage(name);
            return Entry(folder, name, baseUrl, date, cancellationToken);
        })]);
    }

    private CatalogueEntry Entry(string folder, string name, Uri baseUrl, string? date, CancellationToken cancellationToken)
    {
        var path = Path.Combine(folder, name);
        var facts = ImageCheck.Run(ImageSource.Open(path), (_, _) => { }, cancellationToken);
        var stem = Path.GetFileNameWithoutExtension(ChecksumFile.PlainName(name));
        var label = Label().Match(stem);
        var record = BuilderRecord.Find(folder, stem, facts);

        // Without the builder's word for it, the name says what it is for: universal, or a board.
        var forRaspberryPi = !label.Success || label.Groups["board"].Value is "universal" || label.Groups["board"].Value.StartsWith("raspberrypi", StringComparison.Ordinal);
        var devices = record?.Devices ?? (forRaspberryPi ? RaspberryPis : []);
        return new CatalogueEntry
        {
            Name = record?.Name ?? (label.Success ? $"Skyminer {label.Groups["version"].Value}" : stem),
            Description = record?.Description ?? $"Skywire board firmware{(label.Success ? ", " + label.Groups["board"].Value : "")}",
            Icon = new Uri(baseUrl, IconName).AbsoluteUri,
            Url = new Uri(baseUrl, Uri.EscapeDataString(name)).AbsoluteUri,
            ExtractSize = facts.Size,
            ExtractSha256 = facts.Sha256,
            ImageDownloadSize = new FileInfo(path).Length,
            ImageDownloadSha256 = facts.FileSha256,
            ReleaseDate = (label.Success ? dateOfCommit(label.Groups["commit"].Value) : null) ?? record?.ReleaseDate ?? date
                ?? throw new WorkbenchException($"the commit that {name} was built from is not known in this checkout", "give the release date: --date YYYY-MM-DD"),
            Devices = devices.Count > 0 ? devices : [label.Success ? label.Groups["board"].Value : "other"],
        };
    }

    // skyminer-BOARD-VERSION-COMMIT[-dirty], as the image builder names them.
    [GeneratedRegex(@"^skyminer-(?<board>[a-z0-9-]+?)-(?<version>\d+\.\d+\.\d+[^-]*)-(?<commit>[0-9a-f]{7,40})(-dirty)?$")]
    private static partial Regex Label();

    // What the builder wrote of the same image, if it is the same.
    private sealed record BuilderRecord(string? Name, string? Description, string? ReleaseDate, IReadOnlyList<string> Devices)
    {
        public static BuilderRecord? Find(string folder, string stem, ImageFacts facts)
        {
            var path = Path.Combine(folder, stem + ".imager.json");
            if (!File.Exists(path))
            {
                return null;
            }

            try
            {
                using var json = JsonDocument.Parse(File.ReadAllText(path));
                var entry = json.RootElement.GetProperty("os_list")[0];
                string? Text(string name) => entry.TryGetProperty(name, out var value) ? value.GetString() : null;
                return Text("extract_sha256") != facts.Sha256
                    ? throw new WorkbenchException($"{path} speaks of another image: its extract_sha256 is not that of {stem}.img", "remove one of the two, or build again")
                    : new BuilderRecord(Text("name"), Text("description"), Text("release_date"), entry.TryGetProperty("devices", out var devices) ? [.. devices.EnumerateArray().Select(d => d.GetString()!)] : []);
            }
            catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or IndexOutOfRangeException)
            {
                throw new WorkbenchException($"{path} is not what the image builder writes: {e.Message}", "remove it, or build again");
            }
        }
    }

    /// <summary>True for a date as the catalogue has it.</summary>
    public static bool IsDate(string text) => DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _);
}
