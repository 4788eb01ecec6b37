// What a job needs from the system, checked first, said, then installed with apt.
using Spectre.Console;

namespace Skywire.Workbench;

/// <summary>A Debian package and how to see that it is not needed any more.</summary>
internal sealed record Prerequisite(string Package, string Why, Func<bool> IsPresent);

/// <summary>Checks and installs.</summary>
internal static class Prerequisites
{
    /// <summary>To run boards: the store's library and, for own namespaces, the network tools.</summary>
    public static IReadOnlyList<Prerequisite> Lab { get; } =
    [
        new("libsqlite3-0", "store of the services", () => HasLibrary("libsqlite3.so.0")),
        new("iproute2", "network namespaces", () => Shell.Has("ip")),
        new("util-linux", "children end with their supervisor", () => Shell.Has("setpriv")),
        new("curl", "the lines to try", () => Shell.Has("curl")),
    ];

    /// <summary>To run every test: a browser for the page, an emulator for the arm64 program.</summary>
    public static IReadOnlyList<Prerequisite> Tests { get; } =
    [
        .. Lab,
        new("chromium", "tests of the local page", () => Shell.Has("chromium")),
        new("qemu-user-static", "runs the arm64 program", () => Shell.Has("qemu-aarch64-static")),
        new("rauc", "makes and checks updates", () => Shell.Has("rauc")),
        new("squashfs-tools", "filesystems of images and updates", () => Shell.Has("mksquashfs")),
        new("zbar-tools", "reads the console's QR code", () => Shell.Has("zbarimg")),
        new("dbus-daemon", "a message bus of the tests' own", () => Shell.Has("dbus-daemon")),
        new("wpasupplicant", "takes what the board would have it do", () => Shell.Has("wpa_supplicant")),
    ];

    /// <summary>To build an image: what unpacks, packs and lays out, and what compiles the boot loaders.</summary>
    public static IReadOnlyList<Prerequisite> Image { get; } =
    [
        new("squashfs-tools", "the root slot", () => Shell.Has("mksquashfs")),
        new("mtools", "the boot partition", () => Shell.Has("mcopy")),
        new("dosfstools", "the boot partition", () => Shell.Has("mkfs.vfat")),
        new("fdisk", "the partition table", () => Shell.Has("sfdisk")),
        new("kmod", "the kernel's modules", () => Shell.Has("depmod")),
        new("cpio", "the initramfs", () => Shell.Has("cpio")),
        new("zstd", "compression", () => Shell.Has("zstd")),
        new("xz-utils", "compression", () => Shell.Has("xzcat")),
        new("systemd", "accounts and units of the image", () => Shell.Has("systemd-sysusers")),
        new("u-boot-tools", "the boot script", () => Shell.Has("mkimage")),
        new("qemu-user-static", "the library cache of the image", () => Shell.Has("qemu-aarch64-static")),
        new("debian-archive-keyring", "signatures of Debian's archive", () => File.Exists("/usr/share/keyrings/debian-archive-keyring.gpg")),
        new("gcc-aarch64-linux-gnu", "boot loaders", () => Shell.Has("aarch64-linux-gnu-gcc")),
        new("gcc", "boot loaders", () => Shell.Has("gcc")),
        new("libc6-dev", "boot loaders", () => File.Exists("/usr/include/stdio.h")),
        new("make", "boot loaders", () => Shell.Has("make")),
        new("patch", "boot loaders", () => Shell.Has("patch")),
        new("bison", "boot loaders", () => Shell.Has("bison")),
        new("flex", "boot loaders", () => Shell.Has("flex")),
        new("bc", "boot loaders", () => Shell.Has("bc")),
        new("bzip2", "boot loaders", () => Shell.Has("bzip2")),
        new("swig", "boot loaders", () => Shell.Has("swig")),
        new("python3-dev", "boot loaders", () => Directory.GetDirectories("/usr/include", "python3*").Length > 0),
        new("python3-setuptools", "boot loaders", () => Directory.Exists("/usr/lib/python3/dist-packages/setuptools")),
        new("python3-pyelftools", "boot loaders", () => Directory.Exists("/usr/lib/python3/dist-packages/elftools")),
        new("libssl-dev", "boot loaders", () => File.Exists("/usr/include/openssl/ssl.h")),
        new("libgnutls28-dev", "boot loaders", () => File.Exists("/usr/include/gnutls/gnutls.h")),
        new("uuid-dev", "boot loaders", () => File.Exists("/usr/include/uuid/uuid.h")),
        new("meson", "the updater", () => Shell.Has("meson")),
        new("ninja-build", "the updater", () => Shell.Has("ninja")),
        new("pkg-config", "the updater", () => Shell.Has("pkg-config")),
        new("libglib2.0-dev-bin", "the updater", () => Shell.Has("gdbus-codegen")),
    ];

    /// <summary>To make updates.</summary>
    public static IReadOnlyList<Prerequisite> Bundle { get; } =
    [
        new("rauc", "makes and signs bundles", () => Shell.Has("rauc")),
        new("squashfs-tools", "the bundle's filesystem", () => Shell.Has("mksquashfs")),
    ];

    /// <summary>To count instructions under emulation. The emulator must be the dynamic one: only that one loads plugins.</summary>
    public static IReadOnlyList<Prerequisite> Counting { get; } =
    [
        new("qemu-user-static", "runs the arm64 program", () => Shell.Has("qemu-aarch64-static")),
        new("qemu-user", "counts its instructions", () => Shell.Has("qemu-aarch64")),
        new("gcc", "compiles the counting plugin", () => Shell.Has("gcc")),
        new("libc6-dev", "compiles the counting plugin", () => File.Exists("/usr/include/stdio.h")),
    ];

    /// <summary>To boot images: the emulator, and what makes cards, device trees and a way in.</summary>
    public static IReadOnlyList<Prerequisite> Emulation { get; } =
    [
        new("qemu-system-arm", "emulates boards", () => Shell.Has("qemu-system-aarch64")),
        new("device-tree-compiler", "LEDs and buttons of emulated boards", () => Shell.Has("dtc")),
        new("mtools", "files on the card's FAT partition", () => Shell.Has("mcopy")),
        new("openssh-client", "a look into the boards", () => Shell.Has("ssh")),
        new("util-linux", "emulators end with their supervisor", () => Shell.Has("setpriv")),
    ];

    /// <summary>To set up an emulated board by its page: a browser.</summary>
    public static IReadOnlyList<Prerequisite> Setup { get; } =
    [
        .. Emulation,
        new("chromium", "fills in the setup page", () => Shell.Has("chromium")),
    ];

    /// <summary>To update emulated boards: bundles, and a relay between board and feed.</summary>
    public static IReadOnlyList<Prerequisite> Updates { get; } =
    [
        .. Emulation, .. Bundle,
        new("socat", "leads a board's connections to the feed", () => Shell.Has("socat")),
    ];

    /// <summary>The native peers of the crypto bench.</summary>
    public static async Task<IReadOnlyList<Prerequisite>> BenchPeersAsync(CancellationToken cancellationToken)
    {
        var peers = new List<Prerequisite> { new("libsodium23", "peer of the crypto bench", () => HasLibrary("libsodium.so.23")) };
        string[] secp256k1 = ["libsecp256k1.so.6", "libsecp256k1.so.5", "libsecp256k1.so.2", "libsecp256k1.so.1", "libsecp256k1.so.0"];
        if (!secp256k1.Any(HasLibrary))
        {
            peers.Add(new(await Secp256k1PackageAsync(cancellationToken), "peer of the crypto bench", () => secp256k1.Any(HasLibrary)));
        }

        return peers;
    }

    /// <summary>Debian numbers the package of libsecp256k1 by its ABI, so its name is looked up.</summary>
    public static async Task<string> Secp256k1PackageAsync(CancellationToken cancellationToken)
    {
        var search = await Shell.RunAsync("apt-cache", ["search", "--names-only", "^libsecp256k1-[0-9]+$"], cancellationToken);
        return search.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => l.Split(' ')[0]).LastOrDefault(l => l.StartsWith("libsecp256k1-", StringComparison.Ordinal)) ?? "libsecp256k1-1";
    }

    /// <summary>Installs what is missing, after saying so. Failing to is an error only for what is <paramref name="required"/>.</summary>
    public static async Task EnsureAsync(IReadOnlyList<Prerequisite> wanted, bool required, CancellationToken cancellationToken)
    {
        var missing = wanted.Where(p => !p.IsPresent()).ToList();
        if (missing.Count == 0)
        {
            return;
        }

        foreach (var p in missing)
        {
            AnsiConsole.MarkupLineInterpolated($"missing: [yellow]{p.Package}[/] ({p.Why}); installing with apt");
        }

        string[] prefix = Environment.UserName == "root" ? [] : ["sudo", "-n"];
        string[] Command(params string[] rest) => [.. prefix, "apt-get", .. rest];
        var environment = new Dictionary<string, string> { ["DEBIAN_FRONTEND"] = "noninteractive" };
        var update = Command("update", "-q");
        await Shell.RunAsync(update[0], update[1..], cancellationToken, environment: environment);
        // Another apt may be at work: a machine's own updates, most often.
        var install = Command(["-o", "DPkg::Lock::Timeout=300", "install", "-y", "-q", "--no-install-recommends", .. missing.Select(p => p.Package)]);
        var result = await Shell.RunAsync(install[0], install[1..], cancellationToken, environment: environment);
        var still = missing.Where(p => !p.IsPresent()).Select(p => p.Package).ToList();
        if (still.Count > 0 && required)
        {
            throw new WorkbenchException($"could not install {string.Join(", ", still)}: {Last(result.Output)}", $"run as root: apt-get install {string.Join(' ', still)}");
        }

        if (still.Count > 0)
        {
            AnsiConsole.MarkupLineInterpolated($"[yellow]not installed:[/] {string.Join(", ", still)}; what needs it is skipped and says so");
        }
    }

    private static string Last(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries).LastOrDefault() ?? "no output";

    private static bool HasLibrary(string name) => System.Runtime.InteropServices.NativeLibrary.TryLoad(name, out _);
}
