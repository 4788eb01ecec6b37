// Who owns what in the image. The tree on disk belongs to whoever builds; this table is what the squashfs gets.
using System.Globalization;
using System.Text;

namespace Skywire.ImageBuild.Root;

/// <summary>Owner and permission bits of one path.</summary>
internal readonly record struct Ownership(UnixFileMode Mode, int User, int Group);

/// <summary>Exceptions from root:root and the mode on disk; safe for several threads.</summary>
internal sealed class OwnershipTable
{
    private readonly System.Collections.Concurrent.ConcurrentDictionary<string, Ownership> _exceptions = new(StringComparer.Ordinal);

    /// <summary>Declares owner and mode of a path without leading slash.</summary>
    public void Set(string path, Ownership ownership) => _exceptions[path] = ownership;

    /// <summary>
    /// Definitions for <c>mksquashfs -pf</c>: one for every path of the tree, because without root the owner on disk is the builder, and
    /// <c>-all-root</c> would override the exceptions.
    /// </summary>
    public string PseudoFile(string root)
    {
        var text = new StringBuilder();
        foreach (var path in Directory.EnumerateFileSystemEntries(root, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0, ReturnSpecialDirectories = false }).Select(p => Path.GetRelativePath(root, p)).Order(StringComparer.Ordinal))
        {
            var info = new FileInfo(Path.Combine(root, path));
            if (info.LinkTarget is not null)
            {
                // The mode of a link means nothing; 777 is what every system shows.
                text.Append(CultureInfo.InvariantCulture, $"\"{Quote(path)}\" m 777 0 0\n");
                continue;
            }

            var owner = _exceptions.TryGetValue(path, out var declared) ? declared : new Ownership(File.GetUnixFileMode(info.FullName), 0, 0);
            text.Append(CultureInfo.InvariantCulture, $"\"{Quote(path)}\" m {Convert.ToString((int)owner.Mode, 8)} {owner.User} {owner.Group}\n");
        }

        return text.ToString();
    }

    private static string Quote(string path) => path.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal);
}
