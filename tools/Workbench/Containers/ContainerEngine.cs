// buildah and podman with a store of their own below .skyminer: nothing of the system's containers is seen or touched.
using System.Runtime.InteropServices;

namespace Skywire.Workbench.Containers;

/// <summary>Runs the two programs.</summary>
internal static class ContainerEngine
{
    /// <summary>Name of the image.</summary>
    public const string Image = "localhost/skywire:arm64";

    // crun refuses machines with both kinds of cgroups mounted; a view with only the new kind, private to the call, is enough for it.
    private const string HybridView = "umount -R /sys/fs/cgroup && mount -t cgroup2 none /sys/fs/cgroup && exec \"$0\" \"$@\"";
    private static readonly string Store = Path.Combine(Checkout.State, "container", "store");
    private static readonly string RunStore = Path.Combine(Path.GetTempPath(), $"skyminer-containers-{Environment.UserName}");

    /// <summary>Needed to build.</summary>
    public static IReadOnlyList<Prerequisite> ToBuild { get; } = [new("buildah", "builds the container", () => Shell.Has("buildah"))];

    /// <summary>Needed to run.</summary>
    public static IReadOnlyList<Prerequisite> ToRun { get; } =
    [
        new("podman", "runs the container", () => Shell.Has("podman")),
        new("crun", "starts its processes", () => Shell.Has("crun")),
        .. RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? (Prerequisite[])[] : [new("qemu-user-static", "emulates arm64", () => Shell.Has(Arm64Sysroot.Emulator))],
    ];

    /// <summary>True when the kernel starts arm64 programs, by itself or by a registered emulator.</summary>
    public static bool RunsArm64 => RuntimeInformation.ProcessArchitecture == Architecture.Arm64 || File.Exists("/proc/sys/fs/binfmt_misc/qemu-aarch64");

    private static bool HasHybridCgroups => Directory.Exists("/sys/fs/cgroup/unified") && Environment.UserName == "root";

    /// <summary>Builds the image from the context. All files get the time of the commit, so that one commit gives one image.</summary>
    public static async Task BuildAsync(CancellationToken cancellationToken)
    {
        var time = await Shell.RunAsync("git", ["-C", Checkout.Root, "show", "-s", "--format=%ct", "HEAD"], cancellationToken);
        string[] timestamp = time.Ok ? ["--timestamp", time.Output.Trim()] : [];

        // chroot isolation needs no namespaces; there is nothing to run while building.
        await Shell.RequireAsync(
            "buildah",
            [.. Storage, "bud", "--isolation", "chroot", "--platform", "linux/arm64", "--format", "docker", .. timestamp, "-q", "-f", Checkout.At("Dockerfile.arm64"), "-t", Image, ContainerContext.Folder],
            cancellationToken,
            "without root, buildah needs user namespaces (package uidmap, and an entry in /etc/subuid)");
    }

    /// <summary>Writes the image into one file that podman load and docker load take.</summary>
    public static async Task SaveAsync(string file, CancellationToken cancellationToken)
    {
        File.Delete(file);
        await Shell.RequireAsync("buildah", [.. Storage, "push", "-q", Image, $"docker-archive:{file}:{Image}"], cancellationToken);
    }

    /// <summary>Calls podman.</summary>
    public static Task<ShellResult> PodmanAsync(IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        string[] call = ["podman", .. Storage, "--cgroup-manager", "cgroupfs", "--log-level", "fatal", .. arguments];
        return HasHybridCgroups ? Shell.RunAsync("unshare", ["-m", "sh", "-c", HybridView, .. call], cancellationToken) : Shell.RunAsync(call[0], call[1..], cancellationToken);
    }

    private static string[] Storage => ["--root", Store, "--runroot", RunStore, "--storage-driver", "vfs"];
}
