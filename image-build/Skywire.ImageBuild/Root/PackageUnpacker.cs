// Unpacks packages into a folder as an ordinary user. No package script runs: what scripts would have done is declared in SystemFiles.
using System.Formats.Tar;

namespace Skywire.ImageBuild.Root;

/// <summary>Lays the files of packages into a tree, trimmed, and keeps their owners in the table.</summary>
internal sealed class PackageUnpacker(string root, PathRules trim, OwnershipTable owners)
{
    private const UnixFileMode PermissionBits = (UnixFileMode)0x1ff;

    // Folders whose names are links in a system with merged /usr; packages may still ship files under the old names.
    private static readonly string[] Merged = ["bin", "sbin", "lib"];

    /// <summary>Unpacks one package.</summary>
    public async Task UnpackAsync(string package, CancellationToken cancellationToken) =>
        await HostTool.PipeAsync("dpkg-deb", ["--fsys-tarfile", package], stream => ExtractAsync(stream, cancellationToken), cancellationToken);

    /// <summary>Lays the entries of a tar stream into the tree.</summary>
    public async Task ExtractAsync(Stream stream, CancellationToken cancellationToken)
    {
        await using var tar = new TarReader(stream, leaveOpen: true);
        while (await tar.GetNextEntryAsync(copyData: false, cancellationToken) is { } entry)
        {
            var path = Normalise(entry.Name);
            if (path.Length == 0 || (entry.EntryType != TarEntryType.Directory && !trim.Keeps(path)))
            {
                continue;
            }

            if (entry.EntryType == TarEntryType.Directory && !trim.Keeps(path + "/"))
            {
                continue;
            }

            await LayAsync(path, entry, cancellationToken);
        }
    }

    private async Task LayAsync(string path, TarEntry entry, CancellationToken cancellationToken)
    {
        var target = Path.Combine(root, path);
        Directory.CreateDirectory(Path.GetDirectoryName(target)!);
        switch (entry.EntryType)
        {
            case TarEntryType.Directory:
                if (!Path.Exists(target))
                {
                    Directory.CreateDirectory(target);
                }

                File.SetUnixFileMode(target, (entry.Mode & PermissionBits) | UnixFileMode.UserWrite);
                break;
            case TarEntryType.SymbolicLink:
                File.Delete(target);
                File.CreateSymbolicLink(target, entry.LinkName);
                return;
            case TarEntryType.HardLink:
                // A package's links stay within it, and the first name comes first; if that was trimmed away, so is the second.
                var first = Path.Combine(root, Normalise(entry.LinkName));
                if (File.Exists(first))
                {
                    File.Copy(first, target, overwrite: true);
                }

                return;
            case TarEntryType.RegularFile or TarEntryType.V7RegularFile:
                await using (var file = File.Create(target))
                {
                    if (entry.DataStream is { } data)
                    {
                        await data.CopyToAsync(file, cancellationToken);
                    }
                }

                File.SetUnixFileMode(target, entry.Mode & PermissionBits);
                break;
            default:
                throw new ImageException($"{path} is a {entry.EntryType}, which no package of this image should ship", "leave the package out, or trim the path in image-build/trim.txt");
        }

        // Nobody but root logs in, so no program needs to become root: the set-user bits are dropped, which closes that whole way up.
        var mode = entry.Mode & ~UnixFileMode.SetUser;
        if (entry.Uid != 0 || entry.Gid != 0 || mode != (mode & PermissionBits))
        {
            owners.Set(path, new Ownership(mode, entry.Uid, entry.Gid));
        }
    }

    private static string Normalise(string name)
    {
        var parts = name.Split('/', StringSplitOptions.RemoveEmptyEntries).Where(p => p != ".").ToArray();
        if (parts.Contains(".."))
        {
            throw new ImageException($"a package names the path {name}", "the package is damaged or hostile; remove it from the cache");
        }

        return parts.Length > 1 && Merged.Contains(parts[0]) ? "usr/" + string.Join('/', parts) : string.Join('/', parts);
    }
}
