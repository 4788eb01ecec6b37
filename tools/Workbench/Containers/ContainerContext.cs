// What Dockerfile.arm64 copies: the program, and of Debian's arm64 packages just the libraries it loads. Made without a registry and without root.
using System.Globalization;

namespace Skywire.Workbench.Containers;

/// <summary>Makes the build context.</summary>
internal static class ContainerContext
{
    /// <summary>User and group of the program in the container; a number nobody else has.</summary>
    public const int User = 65532;

    private const string Triplet = "aarch64-linux-gnu";

    private static readonly string[] LibraryFolders = ["lib", "usr/lib"];

    // Linked: loader to libstdc++. Loaded when first used: TLS, the services' store, names by DNS.
    private static readonly string[] Libraries =
    [
        "ld-linux-aarch64.so.1", "libc.so.6", "libm.so.6", "libdl.so.2", "libpthread.so.0", "librt.so.1", "libgcc_s.so.1", "libstdc++.so.6",
        "libssl.so.3", "libcrypto.so.3", "libz.so.1", "libsqlite3.so.0", "libresolv.so.2", "libnss_dns.so.2", "libnss_files.so.2",
    ];

    /// <summary>The folder.</summary>
    public static string Folder => Path.Combine(Checkout.State, "container", "context");

    /// <summary>Makes it anew.</summary>
    /// <param name="program">The published arm64 program.</param>
    /// <param name="cancellationToken">Stops the downloads.</param>
    public static async Task MakeAsync(string program, CancellationToken cancellationToken)
    {
        if (await Arm64Sysroot.EnsureAsync(cancellationToken) is { } reason)
        {
            throw new WorkbenchException(reason, "the libraries come from Debian's arm64 packages: is there a network?");
        }

        if (Directory.Exists(Folder))
        {
            Directory.Delete(Folder, recursive: true);
        }

        string root = Path.Combine(Folder, "root"), libraries = Path.Combine(root, "usr", "lib", Triplet);
        foreach (var folder in new[] { libraries, Path.Combine(root, "etc", "ssl", "certs"), Path.Combine(root, "tmp"), Path.Combine(root, "run"), Path.Combine(Folder, "state") })
        {
            Directory.CreateDirectory(folder);
        }

        foreach (var name in Libraries)
        {
            var source = LibraryFolders.Select(f => Path.Combine(Arm64Sysroot.Folder, f, Triplet, name)).FirstOrDefault(File.Exists)
                ?? throw new WorkbenchException($"{name} is in none of the arm64 packages fetched", $"remove {Arm64Sysroot.Folder} and run this again");
            File.Copy(File.ResolveLinkTarget(source, returnFinalTarget: true)?.FullName ?? source, Path.Combine(libraries, name));
        }

        // The loader's fixed place, and Debian's merged /usr.
        File.CreateSymbolicLink(Path.Combine(root, "lib"), "usr/lib");
        File.CreateSymbolicLink(Path.Combine(root, "usr", "lib", "ld-linux-aarch64.so.1"), Triplet + "/ld-linux-aarch64.so.1");
        var user = User.ToString(CultureInfo.InvariantCulture);
        await File.WriteAllTextAsync(Path.Combine(root, "etc", "passwd"), $"root:x:0:0::/:/none\nskywire:x:{user}:{user}::/var/lib/skywire:/none\n", cancellationToken);
        await File.WriteAllTextAsync(Path.Combine(root, "etc", "group"), $"root:x:0:\nskywire:x:{user}:\n", cancellationToken);
        await File.WriteAllTextAsync(Path.Combine(root, "etc", "nsswitch.conf"), "hosts: files dns\n", cancellationToken);
        File.Copy("/etc/ssl/certs/ca-certificates.crt", Path.Combine(root, "etc", "ssl", "certs", "ca-certificates.crt"));
        File.Copy(program, Path.Combine(Folder, "skywire"));
        File.SetUnixFileMode(Path.Combine(Folder, "skywire"), (UnixFileMode)0b111_101_101);
    }
}
