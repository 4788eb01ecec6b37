// A source package as Debian builds it: upstream's files, Debian's patches, and where we need them our own on top.
using System.Globalization;

namespace Skywire.ImageBuild.Packages;

/// <summary>Unpacks sources of the lock.</summary>
internal sealed class SourcePackage(PackageSet packages, string name)
{
    /// <summary>The files of this source in the lock.</summary>
    public IReadOnlyList<LockedPackage> Files { get; } = [.. packages.Lock.Packages.Where(p => p.Role == PackageRole.Source && p.Name == name).OrderBy(p => p.Path, StringComparer.Ordinal)];

    /// <summary>Unpacks into <paramref name="folder"/> and applies Debian's patches, then <paramref name="own"/>. Returns the date of Debian's last change (Unix seconds): the one a binary carries.</summary>
    public async Task<long> UnpackAsync(string folder, IReadOnlyList<string> own, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(folder);
        await HostTool.RequireAsync("tar", ["-xf", PathOf(".orig.tar."), "-C", folder, "--strip-components=1", "--no-same-owner"], cancellationToken);
        await HostTool.RequireAsync("tar", ["-xf", PathOf(".debian.tar."), "-C", folder, "--no-same-owner"], cancellationToken);
        var series = await File.ReadAllLinesAsync(Path.Combine(folder, "debian/patches/series"), cancellationToken);
        foreach (var patch in series.Select(l => l.Split('#')[0].Trim()).Where(l => l.Length > 0).Select(l => Path.Combine(folder, "debian/patches", l)).Concat(own))
        {
            await HostTool.RequireAsync("patch", ["-p1", "-s", "-i", patch], cancellationToken, folder: folder);
        }

        var stamp = (await File.ReadAllLinesAsync(Path.Combine(folder, "debian/changelog"), cancellationToken)).First(l => l.StartsWith(" -- ", StringComparison.Ordinal)).Split(">  ")[1];
        return DateTimeOffset.ParseExact(stamp, "ddd, dd MMM yyyy HH:mm:ss zzz", CultureInfo.InvariantCulture).ToUnixTimeSeconds();
    }

    private string PathOf(string part) => packages.PathOf(
        Files.SingleOrDefault(p => p.Path.Contains(part, StringComparison.Ordinal)) ?? throw new ImageException($"the package lock has no source of {name}", "tools/skyminer image --update-lock"));
}
