// The root slot: a squashfs of the tree with the owners of the table.
using System.Globalization;

namespace Skywire.ImageBuild.Root;

/// <summary>Makes the squashfs.</summary>
internal static class SlotImage
{
    /// <summary>zstd levels: the first for the daily build, the second for a release, where the minute it costs is paid once and saves it at every update.</summary>
    public const int QuickLevel = 6, ReleaseLevel = 19;

    /// <summary>Packs <paramref name="root"/> into <paramref name="target"/>; every time stamp becomes <paramref name="time"/>.</summary>
    public static async Task MakeAsync(string root, OwnershipTable owners, string target, int level, DateTimeOffset time, string work, CancellationToken cancellationToken)
    {
        var pseudo = Path.Combine(work, "owners.txt");
        await File.WriteAllTextAsync(pseudo, owners.PseudoFile(root), cancellationToken);
        File.Delete(target);
        var stamp = time.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        await HostTool.RequireAsync(
            "mksquashfs",
            [
                root, target, "-noappend", "-no-progress", "-quiet", "-comp", "zstd", "-Xcompression-level", level.ToString(CultureInfo.InvariantCulture), "-b", "256K",
                "-all-time", stamp, "-mkfs-time", stamp, "-pf", pseudo, "-root-uid", "0", "-root-gid", "0", "-root-mode", "755", "-no-xattrs", "-no-exports",
            ],
            cancellationToken);
    }
}
