// The FAT partition: boot script, the Raspberry Pi's firmware, the settings file a person edits.
using System.Globalization;
using Skywire.ImageBuild.Boards;
using Skywire.ImageBuild.Disk;
using Skywire.ImageBuild.Packages;

namespace Skywire.ImageBuild.Boot;

/// <summary>Makes the filesystem of partition 1.</summary>
internal sealed class BootPartition(SourceTree tree, PackageSet packages)
{
    /// <summary>Builds <paramref name="target"/>; <paramref name="deviceTrees"/> is the kernel's dtb folder, <paramref name="piLoader"/> U-Boot for the Pi.</summary>
    public async Task MakeAsync(ImagePlan plan, string deviceTrees, string? piLoader, string target, DateTimeOffset time, string work, CancellationToken cancellationToken)
    {
        var files = Directory.CreateDirectory(Path.Combine(work, "fat")).FullName;
        foreach (var file in Directory.GetFiles(tree.Input("boot")).Where(f => Path.GetFileName(f) is not ("boot.cmd" or "config.txt")))
        {
            File.Copy(file, Path.Combine(files, Path.GetFileName(file)));
        }

        await HostTool.RequireAsync(
            "mkimage", ["-A", "arm64", "-T", "script", "-C", "none", "-n", "skyminer", "-d", tree.Input("boot", "boot.cmd"), Path.Combine(files, "boot.scr")], cancellationToken,
            environment: new Dictionary<string, string?> { ["SOURCE_DATE_EPOCH"] = time.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture) });
        if (plan.RaspberryPi is { } pi)
        {
            await RaspberryPiAsync(pi, deviceTrees, piLoader!, files, work, cancellationToken);
        }

        await PackAsync(files, target, time, cancellationToken);
    }

    private async Task RaspberryPiAsync(BoardData pi, string deviceTrees, string loader, string files, string work, CancellationToken cancellationToken)
    {
        var unpacked = Path.Combine(work, "raspi-firmware");
        await HostTool.RequireAsync("dpkg-deb", ["-x", packages.Tool("raspi-firmware"), unpacked], cancellationToken);
        var firmware = Path.Combine(unpacked, "usr/lib/raspi-firmware");
        // The plain and the cut-down set (start4cd) of each generation; the debug and camera variants are of no use here. The Pi 5 has all in its EEPROM.
        foreach (var name in new[] { "bootcode.bin", "start.elf", "fixup.dat", "start4.elf", "fixup4.dat" })
        {
            var from = Path.Combine(firmware, name);
            if (File.Exists(from))
            {
                File.Copy(from, Path.Combine(files, name));
            }
            else
            {
                throw new ImageException($"raspi-firmware has no {name}", "the package has changed; image-build/Skywire.ImageBuild/Boot/BootPartition.cs names the files");
            }
        }

        File.Copy(Path.Combine(unpacked, "usr/share/doc/raspi-firmware/copyright"), Path.Combine(files, "raspi-firmware-copyright.txt"));
        File.Copy(tree.Input("boot", "config.txt"), Path.Combine(files, "config.txt"));
        File.Copy(loader, Path.Combine(files, "u-boot.bin"));
        foreach (var name in pi.Boot.DeviceTrees ?? [])
        {
            File.Copy(Path.Combine(deviceTrees, name), Path.Combine(files, Path.GetFileName(name)));
        }
    }

    private static async Task PackAsync(string files, string target, DateTimeOffset time, CancellationToken cancellationToken)
    {
        File.Delete(target);
        await using (var image = File.Create(target))
        {
            image.SetLength(DiskLayout.BootSize);
        }

        var names = Directory.GetFiles(files).Order(StringComparer.Ordinal).ToList();
        foreach (var name in names)
        {
            File.SetLastWriteTimeUtc(name, time.UtcDateTime);
            File.SetUnixFileMode(name, (UnixFileMode)0x1a4);
        }

        var environment = new Dictionary<string, string?> { ["SOURCE_DATE_EPOCH"] = time.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture), ["MTOOLS_SKIP_CHECK"] = "1" };
        await HostTool.RequireAsync("mkfs.vfat", ["--invariant", "-F", "32", "-n", "BOOT", "-i", DiskLayout.DiskId.ToUpperInvariant(), target], cancellationToken, environment: environment);
        await HostTool.RequireAsync("mcopy", ["-i", target, "-p", "-m", "-Q", .. names, "::/"], cancellationToken, environment: environment);
    }
}
