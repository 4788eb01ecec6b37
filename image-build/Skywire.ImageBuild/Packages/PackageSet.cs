// From the committed lock to files on disk: the cache first, then the mirror, and where that has moved on, today's versions, said aloud.
namespace Skywire.ImageBuild.Packages;

/// <summary>How the packages are to be had.</summary>
/// <param name="Offline">Nothing is fetched.</param>
/// <param name="Locked">A lock that the mirror can no longer fulfil is an error.</param>
/// <param name="Update">Versions are chosen anew and the lock is written back.</param>
/// <param name="Mirror">Base address of a Debian mirror; null: the one this machine's apt uses.</param>
internal sealed record PackagePolicy(bool Offline, bool Locked, bool Update, string? Mirror);

/// <summary>The packages of one build.</summary>
internal sealed class PackageSet(SourceTree tree, PackagePolicy policy)
{
    private readonly PackageCache _cache = new(tree.PackageCache);

    /// <summary>The wishes.</summary>
    public PackageList List { get; } = PackageList.Parse("image-build/packages.txt", File.ReadLines(tree.Input("packages.txt")));

    /// <summary>The exact files, once <see cref="PrepareAsync"/> is done.</summary>
    public PackageLock Lock { get; private set; } = new([]);

    /// <summary>The committed lock.</summary>
    public string LockFile { get; } = tree.Input("packages.lock.tsv");

    /// <summary>Where the file of a package lies.</summary>
    public string PathOf(LockedPackage package) => _cache.PathOf(package);

    /// <summary>Path of the one file of a tools package.</summary>
    public string Tool(string name) => PathOf(Lock.Packages.Single(p => p.Role == PackageRole.Tools && p.Name == name));

    /// <summary>Makes sure that every file is in the cache; returns what to say about it.</summary>
    public async Task<string> PrepareAsync(Action<string> progress, Action<string> warn, CancellationToken cancellationToken)
    {
        if (policy.Update || !File.Exists(LockFile))
        {
            progress("choosing versions");
            Lock = await ResolveAsync(cancellationToken);
            await File.WriteAllTextAsync(LockFile, Lock.Format(), cancellationToken);
        }
        else
        {
            Lock = PackageLock.Parse("image-build/packages.lock.tsv", await File.ReadAllTextAsync(LockFile, cancellationToken));
        }

        var missing = await _cache.MissingAsync(Lock, cancellationToken);
        if (missing.Count > 0 && policy.Offline)
        {
            throw new ImageException($"{missing.Count} of {Lock.Packages.Count} packages are not in {tree.PackageCache}: {Names(missing)}", "build once with a network, then --offline works");
        }

        var fetched = missing.Sum(p => p.Size);
        if (missing.Count > 0)
        {
            var mirrors = await Mirrors.FindAsync(policy.Mirror, cancellationToken);
            var gone = await _cache.FetchAsync(missing, mirrors, progress, cancellationToken);
            if (gone.Count > 0)
            {
                fetched += await MoveOnAsync(gone, mirrors, progress, warn, cancellationToken);
            }
        }

        return $"{Lock.Packages.Count} packages, {BuildSteps.Size(Lock.Packages.Sum(p => p.Size))}, {(fetched > 0 ? BuildSteps.Size(fetched) + " fetched" : "all from the cache")}";
    }

    // Mirrors keep only current versions. A build that needs exactly the committed ones says --locked and fails here.
    private async Task<long> MoveOnAsync(IReadOnlyList<LockedPackage> gone, Mirrors mirrors, Action<string> progress, Action<string> warn, CancellationToken cancellationToken)
    {
        if (policy.Locked)
        {
            throw new ImageException($"the mirror no longer has {Names(gone)}", "tools/skyminer image --update-lock takes today's versions into the lock");
        }

        progress("choosing versions anew");
        var today = await ResolveAsync(cancellationToken);
        var changes = Lock.Differences(today);
        if (changes.Count == 0)
        {
            throw new ImageException($"could not be fetched: {Names(gone)}", $"is the mirror reachable ({mirrors.Debian})?");
        }

        warn($"the mirror has moved on from the committed lock; this build takes today's versions: {string.Join(", ", changes.Take(6))}{(changes.Count > 6 ? $" and {changes.Count - 6} more" : "")}");
        Lock = today;
        var missing = await _cache.MissingAsync(Lock, cancellationToken);
        var still = await _cache.FetchAsync(missing, mirrors, progress, cancellationToken);
        return still.Count == 0
            ? missing.Sum(p => p.Size)
            : throw new ImageException($"could not be fetched: {Names(still)}", $"is the mirror reachable ({mirrors.Debian})? It may be in the middle of an update: try again in an hour");
    }

    private async Task<PackageLock> ResolveAsync(CancellationToken cancellationToken) =>
        policy.Offline
            ? throw new ImageException("versions cannot be chosen without a network", "leave out --offline once")
            : await new AptResolver(tree.AptState, await Mirrors.FindAsync(policy.Mirror, cancellationToken)).ResolveAsync(List, cancellationToken);

    private static string Names(IReadOnlyList<LockedPackage> packages) => string.Join(", ", packages.Take(5).Select(p => $"{p.Name} {p.Version}")) + (packages.Count > 5 ? $" and {packages.Count - 5} more" : "");
}
