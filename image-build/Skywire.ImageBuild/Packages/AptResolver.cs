// Chooses exact versions with apt itself, in a state of its own: the host's package system is neither read nor changed, and no root is needed.
using System.Globalization;

namespace Skywire.ImageBuild.Packages;

/// <summary>Base addresses of the two archives, each ending in a slash.</summary>
internal sealed record Mirrors(string Debian, string Security)
{
    /// <summary>The address a file is fetched from.</summary>
    public string Address(LockedPackage package) => (package.IsSecurityUpdate ? Security : Debian) + package.Path.Replace("+", "%2b", StringComparison.Ordinal);

    /// <summary>
    /// The mirrors this machine's own apt uses, or <paramref name="own"/> (its security archive is then taken to lie beside it, as mirrors do).
    /// </summary>
    public static async Task<Mirrors> FindAsync(string? own, CancellationToken cancellationToken)
    {
        static string Slash(string address) => address.EndsWith('/') ? address : address + "/";
        own ??= Environment.GetEnvironmentVariable("SKYMINER_DEBIAN_MIRROR");
        if (!string.IsNullOrEmpty(own))
        {
            return new Mirrors(Slash(own), Slash(own.TrimEnd('/') + "-security"));
        }

        var targets = await HostTool.RunAsync("apt-get", ["indextargets", "--format", "$(ORIGIN)|$(LABEL)|$(REPO_URI)"], cancellationToken);
        var lines = targets.Output.Split('\n').Select(l => l.Split('|')).Where(f => f.Length == 3 && f[0] == "Debian").ToList();
        var debian = lines.FirstOrDefault(f => f[1] == "Debian")?[2];
        return debian is null
            ? throw new ImageException("this machine's apt knows no Debian archive to take packages from", "name a Debian mirror: --mirror ADDRESS, or SKYMINER_DEBIAN_MIRROR; once the cache is filled, --offline needs none")
            : new Mirrors(Slash(debian), Slash(lines.FirstOrDefault(f => f[1] == "Debian-Security")?[2] ?? debian.TrimEnd('/') + "-security"));
    }
}

/// <summary>Runs apt for Debian 13 on arm64.</summary>
internal sealed class AptResolver(string folder, Mirrors mirrors)
{
    private const string Release = "trixie";
    private const string Keyring = "/usr/share/keyrings/debian-archive-keyring.gpg";
    private string Config => Path.Combine(folder, "apt.conf");

    /// <summary>Fetches the package lists and chooses a version for everything in <paramref name="list"/> and what it depends on.</summary>
    public async Task<PackageLock> ResolveAsync(PackageList list, CancellationToken cancellationToken)
    {
        await WriteConfigAsync(cancellationToken);
        await AptAsync("apt-get", ["update", "-qq"], cancellationToken);
        var root = await WithDependenciesAsync(PackageRole.Root, list.Root, cancellationToken);
        var build = await WithDependenciesAsync(PackageRole.Build, list.Build, cancellationToken);
        var tools = await ShowAsync(PackageRole.Tools, list.Tools, cancellationToken);
        var sources = new List<LockedPackage>();
        foreach (var source in list.Sources)
        {
            // The description file (.dsc) only repeats the hashes that the signed index has, and mirrors have been seen without it.
            var lines = UriLines(await AptAsync("apt-get", ["source", "--print-uris", "-qq", source], cancellationToken));
            sources.AddRange(lines.Where(l => l.File.Contains(".tar.", StringComparison.Ordinal) && !l.File.EndsWith(".asc", StringComparison.Ordinal)).Select(l => Source(source, l)));
        }

        return new PackageLock([.. root, .. tools, .. sources, .. build]);
    }

    private async Task<IReadOnlyList<LockedPackage>> WithDependenciesAsync(PackageRole role, IReadOnlyList<string> wanted, CancellationToken cancellationToken)
    {
        var install = await AptAsync("apt-get", ["install", "--print-uris", "-qq", .. wanted], cancellationToken);
        return await ShowAsync(role, [.. UriLines(install).Select(NameAndVersion)], cancellationToken);
    }

    private async Task WriteConfigAsync(CancellationToken cancellationToken)
    {
        foreach (var part in new[] { "state/lists/partial", "cache/archives/partial" })
        {
            Directory.CreateDirectory(Path.Combine(folder, part));
        }

        var sources = string.Concat(new[] { Release, Release + "-updates", Release + "-backports" }.Select(suite => $"deb [signed-by={Keyring}] {mirrors.Debian} {suite} main non-free-firmware\n"))
            + $"deb [signed-by={Keyring}] {mirrors.Security} {Release}-security main non-free-firmware\ndeb-src [signed-by={Keyring}] {mirrors.Debian} {Release} main\n";
        await File.WriteAllTextAsync(Path.Combine(folder, "sources.list"), sources, cancellationToken);
        await File.WriteAllTextAsync(Path.Combine(folder, "status"), "", cancellationToken);
        await File.WriteAllTextAsync(
            Config,
            $$"""
            Dir::State "{{folder}}/state";
            Dir::State::status "{{folder}}/status";
            Dir::Cache "{{folder}}/cache";
            Dir::Etc::sourcelist "{{folder}}/sources.list";
            Dir::Etc::sourceparts "/dev/null";
            Dir::Etc::preferences "/dev/null";
            Dir::Etc::preferencesparts "/dev/null";
            APT::Architecture "arm64";
            APT::Architectures { "arm64"; };
            APT::Install-Recommends "false";
            APT::Sandbox::User "root";
            Acquire::Languages "none";
            Debug::NoLocking "1";

            """,
            cancellationToken);
    }

    private async Task<string> AptAsync(string program, IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        var result = await HostTool.RunAsync(program, arguments, cancellationToken, environment: new Dictionary<string, string?> { ["APT_CONFIG"] = Config });
        return result.Ok
            ? result.Output
            : throw new ImageException($"{program} {arguments[0]} failed: {result.Output.Split('\n').LastOrDefault(l => l.StartsWith("E:", StringComparison.Ordinal)) ?? result.Output.Trim()}", $"is the mirror reachable ({mirrors.Debian})? With a filled cache, --offline builds without it");
    }

    /// <summary>Lines of <c>--print-uris</c>: <c>'URI' FILE SIZE HASH</c>.</summary>
    private static IEnumerable<(string Uri, string File, long Size, string Hash)> UriLines(string output) =>
        from line in output.Split('\n')
        where line.StartsWith('\'')
        let f = line.Split(' ')
        where f.Length >= 3
        select (f[0].Trim('\''), f[1], long.Parse(f[2], CultureInfo.InvariantCulture), f.Length > 3 ? f[3] : "");

    /// <summary>apt names files NAME_VERSION_ARCH.deb, with the colon of an epoch as %3a.</summary>
    private static string NameAndVersion((string Uri, string File, long Size, string Hash) line)
    {
        var parts = line.File.Split('_');
        return $"{parts[0]}={parts[1].Replace("%3a", ":", StringComparison.OrdinalIgnoreCase)}";
    }

    private async Task<IReadOnlyList<LockedPackage>> ShowAsync(PackageRole role, IReadOnlyList<string> wanted, CancellationToken cancellationToken)
    {
        var output = await AptAsync("apt-cache", ["show", "--no-all-versions", .. wanted], cancellationToken);
        var packages = new List<LockedPackage>();
        foreach (var stanza in output.Split("\n\n", StringSplitOptions.RemoveEmptyEntries))
        {
            var fields = stanza.Split('\n').Where(l => l.Length > 0 && l[0] != ' ').Select(l => l.Split(": ", 2)).Where(f => f.Length == 2).GroupBy(f => f[0]).ToDictionary(g => g.Key, g => g.First()[1]);
            if (!fields.TryGetValue("Package", out var name) || !fields.TryGetValue("SHA256", out var sha256))
            {
                continue;
            }

            var version = fields["Version"];
            var source = fields.GetValueOrDefault("Source", name);
            source = source.Contains('(', StringComparison.Ordinal) ? source.Replace(" (", "=", StringComparison.Ordinal).TrimEnd(')') : $"{source}={version}";
            packages.Add(new LockedPackage(role, name, version, fields["Architecture"], source, fields["Filename"], long.Parse(fields["Size"], CultureInfo.InvariantCulture), sha256));
        }

        var missing = wanted.Select(w => w.Split('=')[0]).Except(packages.Select(p => p.Name)).ToList();
        return missing.Count == 0 ? packages : throw new ImageException($"the archive has no {string.Join(", ", missing)}", "check image-build/packages.txt");
    }

    private LockedPackage Source(string name, (string Uri, string File, long Size, string Hash) line)
    {
        var path = Uri.UnescapeDataString(line.Uri.StartsWith(mirrors.Debian, StringComparison.Ordinal) ? line.Uri[mirrors.Debian.Length..] : throw new ImageException($"{line.Uri} is not below {mirrors.Debian}", "name the mirror as apt does: --mirror"));
        var version = line.File.Split('_')[1].Split(".debian.tar")[0].Split(".orig.tar")[0];
        return new LockedPackage(PackageRole.Source, name, version, "source", $"{name}={version}", path, line.Size, line.Hash.Replace("SHA256:", "", StringComparison.Ordinal));
    }
}
