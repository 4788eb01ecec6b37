// packages.lock.tsv: the exact packages of an image. With it two builds take the same bytes, whatever the mirror offers today.
using System.Globalization;

namespace Skywire.ImageBuild.Packages;

/// <summary>What a package is for.</summary>
internal enum PackageRole
{
    /// <summary>Part of the root filesystem (or left out of it by name).</summary>
    Root,

    /// <summary>Unpacked beside the build.</summary>
    Tools,

    /// <summary>A file of a source package.</summary>
    Source,

    /// <summary>What sources are compiled against; not part of any output.</summary>
    Build,
}

/// <summary>One file of the lock. <paramref name="Path"/> is relative to the archive's top; <paramref name="Size"/> in bytes; <paramref name="Sha256"/> in lower-case hex.</summary>
internal sealed record LockedPackage(PackageRole Role, string Name, string Version, string Architecture, string Source, string Path, long Size, string Sha256)
{
    /// <summary>Name of the file in the cache: what the archive calls it.</summary>
    public string FileName => System.IO.Path.GetFileName(Path);

    /// <summary>True when it lies in the archive of security updates, which keeps its pool in a folder of that name.</summary>
    public bool IsSecurityUpdate => Path.StartsWith("pool/updates/", StringComparison.Ordinal);
}

/// <summary>The whole lock, in a fixed order.</summary>
internal sealed record PackageLock(IReadOnlyList<LockedPackage> Packages)
{
    private const string Header = "role\tname\tversion\tarchitecture\tsource\tpath\tsize\tsha256";

    /// <summary>Reads the file; a malformed line is an error with its number.</summary>
    public static PackageLock Parse(string file, string text)
    {
        var packages = new List<LockedPackage>();
        var lines = text.Split('\n');
        for (var i = 0; i < lines.Length; i++)
        {
            if (lines[i].Length == 0 || lines[i][0] == '#' || lines[i] == Header)
            {
                continue;
            }

            var f = lines[i].Split('\t');
            if (f.Length != 8 || !Enum.TryParse<PackageRole>(f[0], ignoreCase: true, out var role)
                || !long.TryParse(f[6], NumberStyles.None, CultureInfo.InvariantCulture, out var size) || f[7].Length != 64 || !f[7].All(char.IsAsciiHexDigitLower) || f[5].Contains("..", StringComparison.Ordinal) || f[5].StartsWith('/'))
            {
                throw new ImageException($"{file}:{i + 1}: not a line of a package lock", "make it anew: tools/skyminer image --update-lock");
            }

            packages.Add(new LockedPackage(role, f[1], f[2], f[3], f[4], f[5], size, f[7]));
        }

        return new PackageLock(packages);
    }

    /// <summary>The file's text: sorted, so that a change of one package is a change of one line.</summary>
    public string Format()
    {
        var lines = Packages.OrderBy(p => p.Role).ThenBy(p => p.Name, StringComparer.Ordinal).ThenBy(p => p.Path, StringComparer.Ordinal).Select(p => string.Create(
            CultureInfo.InvariantCulture,
            $"{p.Role.ToString().ToLowerInvariant()}\t{p.Name}\t{p.Version}\t{p.Architecture}\t{p.Source}\t{p.Path}\t{p.Size}\t{p.Sha256}"));
        return "# Made by `tools/skyminer image --update-lock`; change packages.txt, not this.\n" + Header + "\n" + string.Join("\n", lines) + "\n";
    }

    /// <summary>Lines that differ from <paramref name="other"/>, as "name old -> new".</summary>
    public IReadOnlyList<string> Differences(PackageLock other)
    {
        var mine = Packages.ToLookup(p => (p.Role, p.Name));
        var theirs = other.Packages.ToLookup(p => (p.Role, p.Name));
        return [.. mine.Select(g => g.Key).Union(theirs.Select(g => g.Key)).Where(k => !mine[k].Select(p => p.Sha256).ToHashSet().SetEquals(theirs[k].Select(p => p.Sha256)))
            .OrderBy(k => k.Name, StringComparer.Ordinal)
            .Select(k => $"{k.Name} {mine[k].FirstOrDefault()?.Version ?? "-"} -> {theirs[k].FirstOrDefault()?.Version ?? "-"}")];
    }
}
