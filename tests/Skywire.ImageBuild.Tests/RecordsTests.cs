using System.Text.Json;
using Skywire.ImageBuild.Boards;
using Skywire.ImageBuild.Packages;
using Skywire.ImageBuild.Records;
using Skywire.ImageBuild.Root;

namespace Skywire.ImageBuild.Tests;

public sealed class RecordsTests
{
    private static readonly SourceVersion Version = new("1.2.3", "abcdef0123", DateTimeOffset.FromUnixTimeSeconds(1_800_000_000), 1);

    [Fact]
    public void Sbom_Packages_HaveHashLocatorAndPlace()
    {
        var list = PackageList.Parse("f", ["without ucf"]);
        var packages = new PackageLock([PackageListTests.Package(PackageRole.Root, "libstdc++6", "1:2+b1"), PackageListTests.Package(PackageRole.Root, "ucf"), PackageListTests.Package(PackageRole.Tools, "busybox-static"), PackageListTests.Package(PackageRole.Source, "u-boot")]);
        using var sbom = JsonDocument.Parse(Sbom.Create("image", Version, packages, list, new string('a', 64), new string('b', 64)));
        var root = sbom.RootElement;
        Assert.Equal("SPDX-2.3", root.GetProperty("spdxVersion").GetString());
        Assert.Equal("2027-01-15T08:00:00Z", root.GetProperty("creationInfo").GetProperty("created").GetString());
        var entries = root.GetProperty("packages").EnumerateArray().ToDictionary(p => p.GetProperty("name").GetString()!);
        Assert.Equal(["busybox-static", "image", "libstdc++6", "skywire", "u-boot"], entries.Keys.Order(StringComparer.Ordinal));
        Assert.Equal("pkg:deb/debian/libstdc++6@1%3A2%2Bb1?arch=arm64&distro=trixie", entries["libstdc++6"].GetProperty("externalRefs")[0].GetProperty("referenceLocator").GetString());
        var ids = entries.Values.Select(e => e.GetProperty("SPDXID").GetString()!).Append("SPDXRef-DOCUMENT").ToHashSet();
        Assert.All(ids, id => Assert.Matches("^SPDXRef-[A-Za-z0-9.-]+$", id));
        Assert.All(root.GetProperty("relationships").EnumerateArray(), r => Assert.Contains(r.GetProperty("relatedSpdxElement").GetString()!, ids));
    }

    [Fact]
    public void ImagerCatalogue_Universal_NamesSizesHashesAndPis()
    {
        var plan = ImagePlan.Create("universal", BoardData.ReadAll(Checkout.Tree));
        using var catalogue = JsonDocument.Parse(ImagerCatalogue.Create(plan, Version, "x.img.zst", 5, "aa", 7, "bb"));
        var entry = catalogue.RootElement.GetProperty("os_list")[0];
        Assert.Equal(("x.img.zst", 5, "aa", 7, "bb"), (entry.GetProperty("url").GetString(), entry.GetProperty("image_download_size").GetInt32(), entry.GetProperty("image_download_sha256").GetString(), entry.GetProperty("extract_size").GetInt32(), entry.GetProperty("extract_sha256").GetString()));
        Assert.Contains("pi5-64bit", entry.GetProperty("devices").EnumerateArray().Select(d => d.GetString()));
    }

    [Fact]
    public void Stanza_ControlFields_KeepsWhatScannersReadAndMarksItInstalled()
    {
        var stanza = PackageRecords.Stanza("Package: bash\nVersion: 5.2-1\nDepends: base-files\nDescription: shell\n long text\nArchitecture: arm64\n");
        Assert.Equal("Package: bash\nStatus: install ok installed\nVersion: 5.2-1\nArchitecture: arm64\n", stanza);
    }
}
