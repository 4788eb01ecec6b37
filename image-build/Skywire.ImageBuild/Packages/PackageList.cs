// packages.txt: which Debian packages the image is made of, and what each is for.
namespace Skywire.ImageBuild.Packages;

/// <summary>The wishes of <c>packages.txt</c>, before versions are chosen.</summary>
internal sealed record PackageList(IReadOnlyList<string> Root, IReadOnlyList<string> Tools, IReadOnlySet<string> Without, IReadOnlyList<string> Sources, IReadOnlyList<string> Build)
{
    /// <summary>Reads the file. An unknown role or a double entry is an error with its line number.</summary>
    public static PackageList Parse(string file, IEnumerable<string> lines)
    {
        var root = new List<string>();
        var tools = new List<string>();
        var sources = new List<string>();
        var build = new List<string>();
        var without = new HashSet<string>(StringComparer.Ordinal);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var number = 0;
        foreach (var line in lines)
        {
            number++;
            var words = line.Split('#')[0].Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            if (words.Length == 0)
            {
                continue;
            }

            if (words.Length != 2 || !seen.Add(words[0] + " " + words[1]))
            {
                throw new ImageException($"{file}:{number}: '{line.Trim()}' is {(words.Length == 2 ? "named twice" : "not ROLE NAME")}", "one package a line: ROLE NAME[/SUITE]");
            }

            switch (words[0])
            {
                case "root": root.Add(words[1]); break;
                case "tools": tools.Add(words[1]); break;
                case "source": sources.Add(words[1]); break;
                case "build": build.Add(words[1]); break;
                case "without": without.Add(words[1]); break;
                default: throw new ImageException($"{file}:{number}: unknown role '{words[0]}'", "roles are root, tools, without, source, build");
            }
        }

        return new PackageList(root, tools, without, sources, build);
    }

    /// <summary>
    /// True when the package's files go into the root filesystem. The kernel's meta packages are empty, and their real names change with every version.
    /// </summary>
    public bool IsInRoot(LockedPackage package) =>
        package.Role == PackageRole.Root && !Without.Contains(package.Name) && !package.Name.StartsWith("linux-image-", StringComparison.Ordinal)
        && !(package.Name.StartsWith("linux-", StringComparison.Ordinal) && package.Name.EndsWith("-arm64", StringComparison.Ordinal) && !package.Name.Contains('+', StringComparison.Ordinal));
}
