// Mounted file systems (/proc/self/mountinfo), and a short spell of writing on one that is mounted read-only.
using System.Diagnostics;

namespace Skywire.Linux;

/// <summary>One mount.</summary>
/// <param name="Point">Where it is mounted.</param>
/// <param name="IsReadOnly">Mounted read-only.</param>
public sealed record MountEntry(string Point, bool IsReadOnly);

/// <summary>Reads the mount table and makes mounts writable for a moment.</summary>
public static class MountTable
{
    /// <summary>The mount at exactly this folder, the last one when several lie over each other; null when there is none.</summary>
    public static MountEntry? Find(string folder, string table = "/proc/self/mountinfo")
        => File.Exists(table) ? File.ReadLines(table).Select(Parse).LastOrDefault(m => m?.Point == folder.TrimEnd('/')) : null;

    /// <summary>
    /// Runs <paramref name="change"/> with <paramref name="folder"/> writable: a read-only mount there is remounted before and after, by mount(8), which keeps its
    /// other options. Throws <see cref="IOException"/> when the medium refuses.
    /// </summary>
    public static void WithWriting(string folder, Action change)
    {
        if (Find(folder) is not { IsReadOnly: true } mount)
        {
            change();
            return;
        }

        Remount(mount.Point, "remount,rw");
        try
        {
            change();
        }
        finally
        {
            // Flushes, too: after this the card may be pulled.
            Remount(mount.Point, "remount,ro");
        }
    }

    /// <summary>A line of mountinfo: fields 5 (mount point, blanks as \040) and 6 (options); null when it is none.</summary>
    internal static MountEntry? Parse(string line)
    {
        var fields = line.Split(' ');
        return fields.Length < 6 ? null : new MountEntry(fields[4].Replace("\\040", " ", StringComparison.Ordinal), fields[5].Split(',').Contains("ro"));
    }

    private static void Remount(string point, string options)
    {
        using var process = Process.Start(new ProcessStartInfo("/usr/bin/mount", ["-o", options, point]) { RedirectStandardError = true })
            ?? throw new IOException("mount could not be started");
        var error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
        {
            throw new IOException($"mount -o {options} {point}: {error.Trim()}");
        }
    }
}
