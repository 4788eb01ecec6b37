using System.Security.Cryptography;
using System.Text.Json;

namespace Skywire.Workbench.Tests.Flashing;

public sealed class ImagerCatalogueTests : IDisposable
{
    private const string Stem = "skyminer-universal-0.1.0-940c9e66c0";
    private static readonly Uri Base = new("https://downloads.example.org/skyminer/");

    // From the schema in raspberrypi/rpi-imager: what an entry must have, and of which kind.
    private static readonly Dictionary<string, JsonValueKind> Required = new()
    {
        ["name"] = JsonValueKind.String,
        ["description"] = JsonValueKind.String,
        ["icon"] = JsonValueKind.String,
        ["url"] = JsonValueKind.String,
        ["extract_size"] = JsonValueKind.Number,
        ["extract_sha256"] = JsonValueKind.String,
        ["image_download_size"] = JsonValueKind.Number,
        ["release_date"] = JsonValueKind.String,
        ["devices"] = JsonValueKind.Array,
    };

    private static readonly string[] InitFormats = ["", "systemd", "cloudinit", "cloudinit-rpi", "rpi-preseed", "none"], Architectures = ["armel", "armhf", "armv8"];
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Create_PackedImage_HasEveryDocumentedField()
    {
        TestImage.RequirePrograms("xz");
        var image = _folder.Write(Stem + ".img", TestImage.Create());
        var packed = TestImage.Pack(image, "xz");
        var root = Json(Create());

        // Nothing but the list: "imager" is for the vendor's own top level, and no other member is allowed.
        Assert.Equal(["os_list"], root.EnumerateObject().Select(p => p.Name));
        var entry = Assert.Single(root.GetProperty("os_list").EnumerateArray());
        foreach (var (name, kind) in Required)
        {
            Assert.True(entry.TryGetProperty(name, out var value) && value.ValueKind == kind, name);
            Assert.True(kind != JsonValueKind.String || value.GetString()!.Length > 0, name);
        }

        Assert.Contains(entry.GetProperty("init_format").GetString(), InitFormats);
        Assert.Contains(entry.GetProperty("architecture").GetString(), Architectures);
        Assert.Equal(TestImage.Size, entry.GetProperty("extract_size").GetInt64());
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(image))), entry.GetProperty("extract_sha256").GetString());
        Assert.Equal(new FileInfo(packed).Length, entry.GetProperty("image_download_size").GetInt64());
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(packed))), entry.GetProperty("image_download_sha256").GetString());
        Assert.Equal(Base + Stem + ".img.xz", entry.GetProperty("url").GetString());
        Assert.Equal(Base + ImagerCatalogue.IconName, entry.GetProperty("icon").GetString());
        Assert.Equal(["pi5-64bit", "pi4-64bit", "pi3-64bit"], entry.GetProperty("devices").EnumerateArray().Select(d => d.GetString()));
    }

    [Fact]
    public void Create_Date_IsThatOfTheCommitInTheName()
    {
        _folder.Write(Stem + "-dirty.img", TestImage.Create());
        var asked = new List<string>();
        var catalogue = new ImagerCatalogue(commit =>
        {
            asked.Add(commit);
            return "2026-02-03";
        }).Create(_folder.Path, Base, "2020-01-01", _ => { }, TestContext.Current.CancellationToken);
        Assert.Equal(["940c9e66c0"], asked);
        Assert.Equal("2026-02-03", catalogue.OsList[0].ReleaseDate);
    }

    [Fact]
    public void Create_SameFolderTwice_SameBytes()
    {
        _folder.Write(Stem + ".img", TestImage.Create());
        Assert.Equal(Text(Create()), Text(Create()));
    }

    [Fact]
    public void Create_UnknownCommitAndNoDate_AsksForOne()
    {
        _folder.Write("other.img", TestImage.Create());
        Assert.Contains("--date", Assert.Throws<WorkbenchException>(() => Create(date: null)).Remedy, StringComparison.Ordinal);
        Assert.Equal("2026-01-02", Create(date: "2026-01-02").OsList[0].ReleaseDate);
    }

    [Fact]
    public void Create_BuildersRecord_GivesNameAndBoards()
    {
        var image = TestImage.Create();
        _folder.Write(Stem + ".img", image);
        Record(Convert.ToHexStringLower(SHA256.HashData(image)));
        var entry = Create().OsList[0];
        Assert.Equal(("Skyminer 0.1.0", "Orange Pi Prime and others"), (entry.Name, entry.Description));
        Assert.Equal(["pi4-64bit"], entry.Devices);
    }

    [Fact]
    public void Create_RecordOfAnotherBuild_IsRefused()
    {
        _folder.Write(Stem + ".img", TestImage.Create());
        Record(new string('0', 64));
        Assert.Contains("another image", Assert.Throws<WorkbenchException>(() => Create()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Create_BoardWithoutRaspberryPi_IsNotOfferedForOne()
    {
        _folder.Write("skyminer-orangepi-pc2-0.1.0-940c9e66c0.img", TestImage.Create());
        Assert.Equal(["orangepi-pc2"], Create().OsList[0].Devices);
    }

    [Fact]
    public void Create_CutImage_IsRefused()
    {
        _folder.Write(Stem + ".img", TestImage.Create().AsSpan(0, 1 << 20));
        Assert.Contains("cut short", Assert.Throws<WorkbenchException>(() => Create()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Create_EmptyFolder_SaysWhatMakesImages() => Assert.Contains("skyminer image", Assert.Throws<WorkbenchException>(() => Create()).Remedy, StringComparison.Ordinal);

    [Theory]
    [InlineData("2026-11-21", true)]
    [InlineData("2026-13-01", false)]
    [InlineData("21.11.2026", false)]
    public void IsDate_Text_Is(string text, bool expected) => Assert.Equal(expected, ImagerCatalogue.IsDate(text));

    private static string Text(Catalogue catalogue) => JsonSerializer.Serialize(catalogue, CatalogueJson.Default.Catalogue);

    private static JsonElement Json(Catalogue catalogue) => JsonDocument.Parse(Text(catalogue)).RootElement;

    private Catalogue Create(string? date = "2026-01-01") => new ImagerCatalogue(_ => null).Create(_folder.Path, Base, date, _ => { }, TestContext.Current.CancellationToken);

    private void Record(string sum) => _folder.Write(Stem + ".imager.json", $$"""{ "os_list": [ { "name": "Skyminer 0.1.0", "description": "Orange Pi Prime and others", "release_date": "2026-01-01", "extract_sha256": "{{sum}}", "devices": ["pi4-64bit"] } ] }""");
}
