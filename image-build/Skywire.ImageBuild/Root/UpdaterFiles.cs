// What the updater on the board is told: which bundles are for it, whom to trust, where the slots are.
using Skywire.ImageBuild.Bundles;
using Skywire.ImageBuild.Disk;

namespace Skywire.ImageBuild.Root;

/// <summary>Writes <c>/etc/rauc</c>, and what the visor's unit is told of the slots.</summary>
internal static class UpdaterFiles
{
    /// <summary>Writes <c>system.conf</c> for the boards of <paramref name="plan"/> and the keyring of all authorities in <paramref name="keyrings"/>.</summary>
    public static async Task WriteAsync(string root, string plan, IReadOnlyList<string> keyrings, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateDirectory(Path.Combine(root, "etc/rauc")).FullName;
        await File.WriteAllTextAsync(Path.Combine(folder, "system.conf"), SystemConfiguration(plan), cancellationToken);
        await File.WriteAllTextAsync(Path.Combine(folder, "keyring.pem"), Keyring.Merge(keyrings), cancellationToken);
        var unit = Directory.CreateDirectory(Path.Combine(root, "usr/lib/systemd/system/skywire.service.d")).FullName;
        await File.WriteAllTextAsync(Path.Combine(unit, "30-slots.conf"), SlotAccess, cancellationToken);
    }

    /// <summary>The visor takes blocks of an update from the running slot; it may open no device, so systemd opens the slots for it.</summary>
    internal static string SlotAccess => $"""
        # Made by the image builder. For reading alone, and without them only the downloads are longer.
        # systemd opens them when the process is in its control group already, whose device list (PrivateDevices=) must name them then. The visor itself sees neither device.
        [Service]
        DeviceAllow=/dev/disk/by-partuuid/{DiskLayout.DiskId}-02 r
        DeviceAllow=/dev/disk/by-partuuid/{DiskLayout.DiskId}-03 r
        OpenFile=/dev/disk/by-partuuid/{DiskLayout.DiskId}-02:slot-a:read-only,graceful
        OpenFile=/dev/disk/by-partuuid/{DiskLayout.DiskId}-03:slot-b:read-only,graceful

        """;

    /// <summary>The configuration. Slots by disk identity and number: the same on every board.</summary>
    public static string SystemConfiguration(string plan) => $"""
        # Made by the image builder. Boards have no clock that can be relied on: a signature is judged at the time it was made, and certificates only as signers of code.
        [system]
        compatible={BundleManifest.CompatibleOf(plan)}
        bootloader=uboot
        bundle-formats=verity
        data-directory=/data/rauc

        [keyring]
        path=/etc/rauc/keyring.pem
        use-bundle-signing-time=true
        check-purpose=codesign

        [slot.rootfs.0]
        device=/dev/disk/by-partuuid/{DiskLayout.DiskId}-02
        type=raw
        bootname=A

        [slot.rootfs.1]
        device=/dev/disk/by-partuuid/{DiskLayout.DiskId}-03
        type=raw
        bootname=B

        """;
}
