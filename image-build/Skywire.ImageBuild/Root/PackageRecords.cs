// What the image says about its own packages: dpkg's status file for tools that read it, and a short table.
using System.Globalization;
using System.Text;
using Skywire.ImageBuild.Packages;

namespace Skywire.ImageBuild.Root;

/// <summary>Writes the records of the packages in a tree.</summary>
internal static class PackageRecords
{
    // Relations name packages that are left out, descriptions and maintainer fields are long; what scanners for known holes read is kept.
    private static readonly HashSet<string> Kept = new(StringComparer.Ordinal) { "Package", "Version", "Architecture", "Source", "Multi-Arch", "Section", "Priority", "Installed-Size", "Maintainer" };

    /// <summary>The status stanza of one package from its control fields.</summary>
    public static string Stanza(string controlFields)
    {
        var text = new StringBuilder();
        var keep = false;
        foreach (var line in controlFields.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (line[0] is ' ' or '\t')
            {
                keep = false;
                continue;
            }

            keep = Kept.Contains(line.Split(':')[0]);
            if (keep)
            {
                text.Append(line).Append('\n');
                if (line.StartsWith("Package:", StringComparison.Ordinal))
                {
                    text.Append("Status: install ok installed\n");
                }
            }
        }

        return text.ToString();
    }

    /// <summary>Writes <c>var/lib/dpkg/status</c> and <c>usr/lib/skyminer/packages.tsv</c>.</summary>
    public static async Task WriteAsync(string root, IReadOnlyList<LockedPackage> packages, Func<LockedPackage, string> pathOf, CancellationToken cancellationToken)
    {
        var sorted = packages.OrderBy(p => p.Name, StringComparer.Ordinal).ToList();
        var stanzas = new string[sorted.Count];
        await Parallel.ForEachAsync(Enumerable.Range(0, sorted.Count), cancellationToken, async (i, token) =>
            stanzas[i] = Stanza(await HostTool.RequireAsync("dpkg-deb", ["-f", pathOf(sorted[i])], token)));
        var dpkg = Directory.CreateDirectory(Path.Combine(root, "var/lib/dpkg")).FullName;
        await File.WriteAllTextAsync(Path.Combine(dpkg, "status"), string.Join('\n', stanzas), cancellationToken);
        var table = new StringBuilder("name\tversion\tarchitecture\tsource\tsha256\n");
        foreach (var p in sorted)
        {
            table.Append(CultureInfo.InvariantCulture, $"{p.Name}\t{p.Version}\t{p.Architecture}\t{p.Source}\t{p.Sha256}\n");
        }

        await File.WriteAllTextAsync(Path.Combine(Directory.CreateDirectory(Path.Combine(root, "usr/lib/skyminer")).FullName, "packages.tsv"), table.ToString(), cancellationToken);
    }
}
