// Downloaded package files, kept outside the tree and checked against the lock's hashes at every use.
using System.Security.Cryptography;

namespace Skywire.ImageBuild.Packages;

/// <summary>Fetches what is missing; a file with a wrong hash counts as missing.</summary>
internal sealed class PackageCache(string folder)
{
    private const int FilesAtOnce = 24;

    /// <summary>Where the file of <paramref name="package"/> lies.</summary>
    public string PathOf(LockedPackage package) => Path.Combine(folder, package.FileName);

    /// <summary>Files of the lock that are not in the cache, or not with the bytes the lock names.</summary>
    public async Task<IReadOnlyList<LockedPackage>> MissingAsync(PackageLock packageLock, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(folder);
        var missing = new System.Collections.Concurrent.ConcurrentBag<LockedPackage>();
        await Parallel.ForEachAsync(packageLock.Packages, cancellationToken, async (package, token) =>
        {
            if (!await IsPresentAsync(package, token))
            {
                missing.Add(package);
            }
        });
        return [.. missing.OrderBy(p => p.Name, StringComparer.Ordinal)];
    }

    /// <summary>Fetches <paramref name="wanted"/> with apt's own downloader (proxies, retries) and returns what could not be had.</summary>
    public async Task<IReadOnlyList<LockedPackage>> FetchAsync(IReadOnlyList<LockedPackage> wanted, Mirrors mirrors, Action<string> progress, CancellationToken cancellationToken)
    {
        var done = 0L;
        var total = wanted.Sum(p => p.Size);
        foreach (var group in wanted.Chunk(FilesAtOnce))
        {
            progress($"{BuildSteps.Size(done)} of {BuildSteps.Size(total)}");
            await HostTool.RunAsync("apt-helper", ["-o", "Acquire::Retries=2", "download-file", .. group.SelectMany(p => new[] { mirrors.Address(p), PathOf(p), "SHA256:" + p.Sha256 })], cancellationToken);
            done += group.Sum(p => p.Size);
        }

        var missing = new List<LockedPackage>();
        foreach (var package in wanted)
        {
            if (!await IsPresentAsync(package, cancellationToken))
            {
                missing.Add(package);
            }
        }

        return missing;
    }

    private async ValueTask<bool> IsPresentAsync(LockedPackage package, CancellationToken cancellationToken)
    {
        var file = new FileInfo(PathOf(package));
        if (!file.Exists || file.Length != package.Size)
        {
            return false;
        }

        await using var stream = file.OpenRead();
        return Convert.ToHexStringLower(await SHA256.HashDataAsync(stream, cancellationToken)) == package.Sha256;
    }
}
