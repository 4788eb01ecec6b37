// The bill of materials beside an image: SPDX 2.3, one entry a Debian package with its hash and source package, and the program itself.
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Skywire.ImageBuild.Packages;

namespace Skywire.ImageBuild.Records;

/// <summary>Writes the document. Same inputs, same text: its time is the commit's, its namespace the image's hash.</summary>
internal static class Sbom
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <summary>The document for the image <paramref name="name"/>.</summary>
    public static string Create(string name, SourceVersion version, PackageLock packages, PackageList list, string programSha256, string imageSha256)
    {
        var entries = new JsonArray();
        var relations = new JsonArray { Relation("SPDXRef-DOCUMENT", "DESCRIBES", "SPDXRef-image") };
        entries.Add(Entry("SPDXRef-image", name, version.Version, imageSha256, null, null, "firmware image"));
        entries.Add(Entry("SPDXRef-program", "skywire", version.Version, programSha256, null, null, "the visor, published for linux-arm64"));
        relations.Add(Relation("SPDXRef-image", "CONTAINS", "SPDXRef-program"));
        foreach (var package in packages.Packages.Where(p => p.Role is PackageRole.Tools or PackageRole.Source || list.IsInRoot(p)).OrderBy(p => p.Role).ThenBy(p => p.Name, StringComparer.Ordinal).ThenBy(p => p.Path, StringComparer.Ordinal))
        {
            var id = "SPDXRef-" + Id($"{package.Role.ToString().ToLowerInvariant()}-{package.FileName}");
            var comment = package.Role switch
            {
                PackageRole.Root => "in the root filesystem",
                PackageRole.Tools => "parts of it in the initramfs, the boot partition or U-Boot",
                _ => "built from it with the changes in image-build: the boot loaders, the updater",
            };
            var locator = package.Role == PackageRole.Source
                ? $"pkg:deb/debian/{package.Name}@{Uri.EscapeDataString(package.Version)}?arch=source&distro=trixie"
                : $"pkg:deb/debian/{package.Name}@{Uri.EscapeDataString(package.Version)}?arch={package.Architecture}&distro=trixie";
            entries.Add(Entry(id, package.Name, package.Version, package.Sha256, locator, $"built from source package {package.Source}", comment));
            relations.Add(package.Role == PackageRole.Source ? Relation("SPDXRef-image", "GENERATED_FROM", id) : Relation("SPDXRef-image", "CONTAINS", id));
        }

        return new JsonObject
        {
            ["spdxVersion"] = "SPDX-2.3",
            ["dataLicense"] = "CC0-1.0",
            ["SPDXID"] = "SPDXRef-DOCUMENT",
            ["name"] = name,
            ["documentNamespace"] = "urn:sha256:" + imageSha256,
            ["creationInfo"] = new JsonObject
            {
                ["created"] = version.Time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
                ["creators"] = new JsonArray("Tool: skyimage-" + version.Version),
            },
            ["packages"] = entries,
            ["relationships"] = relations,
        }.ToJsonString(Indented) + "\n";
    }

    private static JsonObject Entry(string id, string name, string version, string sha256, string? locator, string? sourceInfo, string comment)
    {
        var entry = new JsonObject
        {
            ["SPDXID"] = id,
            ["name"] = name,
            ["versionInfo"] = version,
            // Where a package lies differs from mirror to mirror; its hash does not.
            ["downloadLocation"] = "NOASSERTION",
            ["filesAnalyzed"] = false,
            ["licenseConcluded"] = "NOASSERTION",
            ["licenseDeclared"] = "NOASSERTION",
            ["copyrightText"] = "NOASSERTION",
            ["checksums"] = new JsonArray(new JsonObject { ["algorithm"] = "SHA256", ["checksumValue"] = sha256 }),
            ["comment"] = comment,
        };
        if (sourceInfo is not null)
        {
            entry["sourceInfo"] = sourceInfo;
        }

        if (locator is not null)
        {
            entry["externalRefs"] = new JsonArray(new JsonObject { ["referenceCategory"] = "PACKAGE-MANAGER", ["referenceType"] = "purl", ["referenceLocator"] = locator });
        }

        return entry;
    }

    private static JsonObject Relation(string from, string type, string to) => new() { ["spdxElementId"] = from, ["relationshipType"] = type, ["relatedSpdxElement"] = to };

    // SPDX identifiers know letters, digits, dots and dashes.
    private static string Id(string text) => string.Concat(text.Select(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' ? c : '-'));
}
