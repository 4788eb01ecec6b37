// The kernel in the tree: which modules stay, and what each needs.
namespace Skywire.ImageBuild.Root;

/// <summary>One kernel's modules below <c>usr/lib/modules/VERSION</c> of a tree.</summary>
internal sealed class KernelModules
{
    private readonly string _root;
    private readonly Dictionary<string, string[]> _dependencies;

    private KernelModules(string root, string version, Dictionary<string, string[]> dependencies)
    {
        _root = root;
        Version = version;
        _dependencies = dependencies;
    }

    /// <summary>The kernel's release, as <c>uname -r</c> says it.</summary>
    public string Version { get; }

    /// <summary>The folder of this kernel.</summary>
    public string Folder => FolderOf(_root, Version);

    /// <summary>
    /// Finds the one kernel of the tree and lets depmod work out what depends on what. That means unpacking thousands of modules, so the answer is kept in
    /// <paramref name="cacheFolder"/> under <paramref name="packageHash"/>, the hash of the package the modules are from.
    /// </summary>
    public static async Task<KernelModules> ReadAsync(string root, string cacheFolder, string packageHash, CancellationToken cancellationToken)
    {
        var versions = Directory.GetDirectories(Path.Combine(root, "usr/lib/modules")).Select(Path.GetFileName).ToList();
        if (versions.Count != 1)
        {
            throw new ImageException($"the packages hold {versions.Count} kernels ({string.Join(", ", versions)}), not one", "image-build/packages.txt names the kernel");
        }

        var kept = Path.Combine(cacheFolder, packageHash + ".dep");
        if (!File.Exists(kept))
        {
            await DepmodAsync(root, versions[0]!, cancellationToken);
            Directory.CreateDirectory(cacheFolder);
            File.Copy(Path.Combine(FolderOf(root, versions[0]!), "modules.dep"), kept + ".new", overwrite: true);
            File.Move(kept + ".new", kept, overwrite: true);
        }

        return new KernelModules(root, versions[0]!, await ReadDependenciesAsync(kept, cancellationToken));
    }

    /// <summary>Deletes every module that the rules drop and no kept one needs; returns how many stay.</summary>
    public async Task<int> TrimAsync(PathRules rules, CancellationToken cancellationToken)
    {
        var keep = Closure(_dependencies.Keys.Where(m => rules.Keeps(RuleName(m))));
        foreach (var module in _dependencies.Keys.Where(m => !keep.Contains(m)))
        {
            File.Delete(Path.Combine(Folder, module));
        }

        foreach (var folder in Directory.GetDirectories(Path.Combine(Folder, "kernel"), "*", SearchOption.AllDirectories).OrderByDescending(f => f.Length))
        {
            if (!Directory.EnumerateFileSystemEntries(folder).Any())
            {
                Directory.Delete(folder);
            }
        }

        await DepmodAsync(_root, Version, cancellationToken);
        return keep.Count;
    }

    /// <summary>Paths, below <see cref="Folder"/>, of the named modules and what they need. A name the kernel has built in or does not know is an error.</summary>
    public IReadOnlyList<string> Named(IEnumerable<string> names)
    {
        var byName = _dependencies.Keys.ToDictionary(m => ModuleName(m), StringComparer.Ordinal);
        var wanted = names.Select(n => byName.TryGetValue(n.Replace('-', '_'), out var path)
            ? path
            : throw new ImageException($"the kernel {Version} has no module {n}", "if it is built in now, take it out of image-build/initramfs/modules.txt"));
        return [.. Closure(wanted).Order(StringComparer.Ordinal)];
    }

    /// <summary>Rebuilds the indexes of modules in a tree.</summary>
    public static Task DepmodAsync(string root, string version, CancellationToken cancellationToken) => HostTool.RequireAsync("depmod", ["-b", Path.Combine(root, "usr"), version], cancellationToken);

    private static string FolderOf(string root, string version) => Path.Combine(root, "usr/lib/modules", version);

    private static async Task<Dictionary<string, string[]>> ReadDependenciesAsync(string file, CancellationToken cancellationToken)
    {
        var lines = await File.ReadAllLinesAsync(file, cancellationToken);
        return lines.Select(l => l.Split(':', 2)).Where(f => f.Length == 2).ToDictionary(f => f[0], f => f[1].Split(' ', StringSplitOptions.RemoveEmptyEntries), StringComparer.Ordinal);
    }

    // modules.dep already lists dependencies of dependencies, but reading it as a graph costs nothing and needs no such promise.
    private HashSet<string> Closure(IEnumerable<string> modules)
    {
        var found = new HashSet<string>(StringComparer.Ordinal);
        var queue = new Stack<string>(modules);
        while (queue.TryPop(out var module))
        {
            if (found.Add(module))
            {
                foreach (var dependency in _dependencies.GetValueOrDefault(module, []))
                {
                    queue.Push(dependency);
                }
            }
        }

        return found;
    }

    private static string RuleName(string module) => module["kernel/".Length..].Replace(".ko.xz", ".ko", StringComparison.Ordinal);

    private static string ModuleName(string module) => Path.GetFileName(module).Split('.')[0].Replace('-', '_');
}
