// The disks of this machine, read from sysfs: no privilege needed, no program run.
using System.Globalization;

namespace Skywire.Workbench.Flashing;

/// <summary>One small file of sysfs.</summary>
internal static class SysfsText
{
    /// <summary>The trimmed text, empty when the file is not there or says no.</summary>
    public static string Read(string folder, string name)
    {
        try
        {
            return File.ReadAllText(Path.Combine(folder, name)).Trim();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // An attribute that this kind of device lacks, or a device just pulled out.
            return "";
        }
    }
}

/// <summary>Lists and finds disks.</summary>
internal sealed class DiskList(KernelFiles files)
{
    private const int SectorSize = 512;

    /// <summary>What a person may want to write: removable, with a medium in it, not in use by this system.</summary>
    public IReadOnlyList<BlockDevice> Candidates() => [.. All().Where(d => d is { IsRemovable: true, Size: > 0 } && d.Uses.Count == 0)];

    /// <summary>Removable, but not to be written now: used, or an empty reader.</summary>
    public IReadOnlyList<BlockDevice> OtherRemovable() => [.. All().Where(d => d.IsRemovable && (d.Size == 0 || d.Uses.Count > 0))];

    /// <summary>Every disk.</summary>
    public IReadOnlyList<BlockDevice> All()
    {
        var uses = DiskUses.Read(files);
        var block = Path.Combine(files.Sys, "block");
        return Directory.Exists(block) ? [.. Directory.EnumerateFileSystemEntries(block).Order(StringComparer.Ordinal).Select(folder => ReadDisk(Resolve(folder), uses))] : [];
    }

    /// <summary>The disk or partition with this device file; null when the kernel knows none. Links such as <c>/dev/disk/by-id/...</c> are followed.</summary>
    public BlockDevice? Find(string path)
    {
        var full = Path.GetFullPath(path);
        if (full.StartsWith("/dev/", StringComparison.Ordinal))
        {
            full = files.RealDevice(full);
        }

        var root = Path.GetFullPath(files.Dev) + "/";
        if (!full.StartsWith(root, StringComparison.Ordinal))
        {
            return null;
        }

        // A slash in a device's name stands as ! in sysfs.
        var name = full[root.Length..].Replace('/', '!');
        var uses = DiskUses.Read(files);
        var block = Path.Combine(files.Sys, "block");
        if (Directory.Exists(Path.Combine(block, name)))
        {
            return ReadDisk(Resolve(Path.Combine(block, name)), uses);
        }

        foreach (var disk in Directory.EnumerateFileSystemEntries(block).Select(Resolve))
        {
            if (File.Exists(Path.Combine(disk, name, "partition")))
            {
                return ReadDisk(disk, uses) with { Name = name, PartitionOf = Path.GetFileName(disk), Size = Sectors(Path.Combine(disk, name)) };
            }
        }

        return null;
    }

    private static BlockDevice ReadDisk(string folder, DiskUses uses)
    {
        var name = Path.GetFileName(folder);
        var transport = TransportOf(folder, name);
        return new BlockDevice
        {
            Name = name,
            Size = Sectors(folder),
            Vendor = SysfsText.Read(folder, "device/vendor") is var vendor && vendor.StartsWith("0x", StringComparison.Ordinal) ? "" : vendor,
            Model = SysfsText.Read(folder, "device/model") is { Length: > 0 } model ? model : transport == DiskTransport.Loop ? SysfsText.Read(folder, "loop/backing_file") : SysfsText.Read(folder, "device/name"),
            Transport = transport,
            HasRemovableMedium = SysfsText.Read(folder, "removable") == "1",
            IsReadOnly = SysfsText.Read(folder, "ro") == "1",
            IsDisk = !name.StartsWith("sr", StringComparison.Ordinal) && !name.StartsWith("fd", StringComparison.Ordinal) && SysfsText.Read(folder, "device/type") != "5",
            Uses = uses.Of(folder),
        };
    }

    private static long Sectors(string folder) => long.TryParse(SysfsText.Read(folder, "size"), NumberStyles.None, CultureInfo.InvariantCulture, out var sectors) && sectors < long.MaxValue / SectorSize ? sectors * SectorSize : 0;

    // The device's place in the tree names the bus it hangs on.
    private static DiskTransport TransportOf(string folder, string name)
    {
        if (name.StartsWith("loop", StringComparison.Ordinal))
        {
            return DiskTransport.Loop;
        }

        var parts = folder.Split('/');
        bool On(string prefix) => parts.Any(p => p.StartsWith(prefix, StringComparison.Ordinal) && p.Length > prefix.Length && char.IsAsciiDigit(p[prefix.Length]));
        if (On("mmc"))
        {
            // SD cards say SD here, soldered flash says MMC; a bus may have either behind a USB reader, which the test below does not reach.
            return SysfsText.Read(folder, "device/type") == "SD" ? DiskTransport.SdCard : DiskTransport.Emmc;
        }

        return parts.Contains("virtual", StringComparer.Ordinal) ? DiskTransport.Virtual
            : On("usb") ? DiskTransport.Usb
            : On("nvme") ? DiskTransport.Nvme
            : On("ata") ? DiskTransport.Sata
            : On("virtio") ? DiskTransport.Virtio
            : DiskTransport.Other;
    }

    private static string Resolve(string path) => Path.GetFullPath(Directory.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path);
}
