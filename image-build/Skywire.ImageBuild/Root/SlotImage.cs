// The root slot: a squashfs of the tree with the owners of the table.
using System.Globalization;

namespace Skywire.ImageBuild.Root;

/// <summary>Makes the squashfs.</summary>
internal static class SlotImage
{
    /// <summary>zstd levels: the first for the daily build, the second for a release, where the minute it costs is paid once and saves it at every update.</summary>
    public const int QuickLevel = 6, ReleaseLevel = 19;

    /// <summary>
    /// What differs from commit to commit, in the order it is written in, behind everything else: data in a squashfs lies without gaps, so a file that packs to
    /// another size moves all that follows, and an update would carry it. The records are small and share one fragment; the program comes at the very end.
    /// </summary>
    public static readonly IReadOnlyList<string> Last = ["etc/.updated", "var/.updated", "usr/lib/skyminer/release.json", "usr/bin/skywire"];

    /// <summary>Packs <paramref name="root"/> into <paramref name="target"/>; every time stamp becomes <paramref name="time"/>.</summary>
    public static async Task MakeAsync(string root, OwnershipTable owners, string target, int level, DateTimeOffset time, string work, CancellationToken cancellationToken)
    {
        var pseudo = Path.Combine(work, "owners.txt");
        await File.WriteAllTextAsync(pseudo, owners.PseudoFile(root), cancellationToken);
        var sort = Path.Combine(work, "sort.txt");
        await File.WriteAllTextAsync(sort, SortFile(), cancellationToken);
        File.Delete(target);
        var stamp = time.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        await HostTool.RequireAsync(
            "mksquashfs",
            [
                root, target, "-noappend", "-no-progress", "-quiet", "-comp", "zstd", "-Xcompression-level", level.ToString(CultureInfo.InvariantCulture), "-b", "256K",
                "-all-time", stamp, "-mkfs-time", stamp, "-pf", pseudo, "-sort", sort, "-root-uid", "0", "-root-gid", "0", "-root-mode", "755", "-no-xattrs", "-no-exports",
            ],
            cancellationToken);
    }

    // Lines of path and priority; files without a line have priority 0, and the lowest is written last.
    private static string SortFile() => string.Concat(Last.Select((path, i) => string.Create(CultureInfo.InvariantCulture, $"{path} {-1 - i}\n")));
}
