// Finds out whether a disk is in use: mounts, swap, and what RAID, LVM or encryption has made of it.
using System.Text;

namespace Skywire.Workbench.Flashing;

/// <summary>Where the kernel's own files are; tests hand in recorded trees.</summary>
/// <param name="Sys">Usually <c>/sys</c>.</param>
/// <param name="Proc">Usually <c>/proc</c>.</param>
/// <param name="Dev">Usually <c>/dev</c>.</param>
internal sealed record KernelFiles(string Sys, string Proc, string Dev)
{
    /// <summary>This machine's.</summary>
    public static KernelFiles Live { get; } = new("/sys", "/proc", "/dev");

    /// <summary>The file below <see cref="Dev"/> that <c>/dev/...</c> names in the end: names by identity or mapping are links to the kernel's.</summary>
    public string RealDevice(string path)
    {
        var file = Path.Combine(Dev, path["/dev/".Length..]);
        try
        {
            return File.ResolveLinkTarget(file, returnFinalTarget: true)?.FullName ?? file;
        }
        catch (IOException)
        {
            // Not there: the name itself is all there is to go by.
            return file;
        }
    }
}

/// <summary>The mounts and swaps of the moment.</summary>
internal sealed class DiskUses
{
    // A machine runs from what holds these; losing any of them stops it.
    private static readonly string[] SystemMounts = ["/", "/usr", "/boot", "/boot/efi", "/boot/firmware", "/efi", "/var", "/home", "/nix", "/nix/store"];
    private readonly List<(string Device, string Source, string Point)> _mounts = [];
    private readonly List<string> _swaps = [];
    private readonly KernelFiles _files;

    private DiskUses(KernelFiles files) => _files = files;

    /// <summary>Reads mountinfo and swaps.</summary>
    public static DiskUses Read(KernelFiles files)
    {
        var uses = new DiskUses(files);
        foreach (var line in ReadLines(Path.Combine(files.Proc, "self", "mountinfo")))
        {
            // 36 35 98:0 /root /mount/point options [optional fields] - type source super-options   (proc_pid_mountinfo(5))
            var fields = line.Split(' ');
            var dash = Array.IndexOf(fields, "-");
            if (dash >= 6 && fields.Length > dash + 2)
            {
                uses._mounts.Add((fields[2], Unescape(fields[dash + 2]), Unescape(fields[4])));
            }
        }

        foreach (var line in ReadLines(Path.Combine(files.Proc, "swaps")).Skip(1))
        {
            uses._swaps.Add(Unescape(line.Split([' ', '\t'], 2)[0]));
        }

        return uses;
    }

    /// <summary>Who uses this disk, its partitions, or what is stacked upon them.</summary>
    /// <param name="folder">The disk's folder in sysfs.</param>
    public IReadOnlyList<DiskUse> Of(string folder)
    {
        var found = new List<DiskUse>();
        Add(folder, [], found, via: "");
        foreach (var partition in Directory.EnumerateDirectories(folder).Where(p => File.Exists(Path.Combine(p, "partition"))).Order(StringComparer.Ordinal))
        {
            Add(partition, [], found, via: "");
        }

        return found;
    }

    private void Add(string folder, HashSet<string> seen, List<DiskUse> found, string via)
    {
        var name = Path.GetFileName(folder);
        if (!seen.Add(name))
        {
            return;
        }

        var label = via + name;
        var number = SysfsText.Read(folder, "dev");
        foreach (var mount in _mounts.Where(m => m.Device == number || NameOf(m.Source) == name))
        {
            var system = SystemMounts.Contains(mount.Point, StringComparer.Ordinal);
            found.Add(new DiskUse($"{label} is mounted at {mount.Point}", system ? "" : $"umount '{mount.Point}'", system));
        }

        foreach (var swap in _swaps.Where(s => NameOf(s) == name))
        {
            found.Add(new DiskUse($"{label} is swap", $"swapoff {swap}", IsSystem: true));
        }

        var holders = Path.Combine(folder, "holders");
        string[] stacked = Directory.Exists(holders) ? [.. Directory.EnumerateFileSystemEntries(holders).Order(StringComparer.Ordinal)] : [];
        foreach (var holder in stacked)
        {
            var holderName = Path.GetFileName(holder);
            var before = found.Count;
            Add(Path.Combine(_files.Sys, "block", holderName), seen, found, $"{label} > ");
            if (found.Count == before)
            {
                var title = SysfsText.Read(Path.Combine(_files.Sys, "block", holderName), "dm/name") is { Length: > 0 } mapped ? $"{holderName} ({mapped})" : holderName;
                found.Add(new DiskUse($"{label} is part of {title}", $"take {title} apart first (vgchange -an, mdadm --stop or cryptsetup close)", IsSystem: false));
            }
        }
    }

    private string? NameOf(string source) => source.StartsWith("/dev/", StringComparison.Ordinal) ? Path.GetFileName(_files.RealDevice(source)) : null;

    private static string[] ReadLines(string path) => File.Exists(path) ? File.ReadAllLines(path) : [];

    // Blanks, tabs, newlines and backslashes stand as \ooo.
    private static string Unescape(string text)
    {
        if (!text.Contains('\\', StringComparison.Ordinal))
        {
            return text;
        }

        var plain = new StringBuilder();
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '\\' && i + 3 < text.Length && text.AsSpan(i + 1, 3).IndexOfAnyExceptInRange('0', '7') < 0)
            {
                plain.Append((char)(((text[i + 1] - '0') << 6) | ((text[i + 2] - '0') << 3) | (text[i + 3] - '0')));
                i += 3;
            }
            else
            {
                plain.Append(text[i]);
            }
        }

        return plain.ToString();
    }
}
