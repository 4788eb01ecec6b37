// The handful of Debian arm64 libraries the product links to, unpacked in a folder, so that the arm64 program runs under user-mode emulation.
namespace Skywire.Workbench;

/// <summary>Fetches the libraries once, without touching the system's own package state.</summary>
internal static class Arm64Sysroot
{
    /// <summary>The folder to hand to the emulator with <c>-L</c>.</summary>
    public static string Folder => Path.Combine(Checkout.State, "arm64", "root");

    /// <summary>The emulator.</summary>
    public const string Emulator = "qemu-aarch64-static";

    /// <summary>Makes sure the folder is there. Returns null when all is well, otherwise why not.</summary>
    public static async Task<string?> EnsureAsync(CancellationToken cancellationToken)
    {
        if (!Shell.Has(Emulator))
        {
            return $"{Emulator} is not installed (package qemu-user-static)";
        }

        if (File.Exists(Path.Combine(Folder, ".complete")))
        {
            return null;
        }

        // Debian 13 renamed the OpenSSL package; one of the two names exists.
        if (await FetchAsync([["libc6", "libgcc-s1", "libstdc++6", "zlib1g", "libsqlite3-0"], ["libssl3", "libssl3t64"]], cancellationToken) is { } reason)
        {
            return reason;
        }

        await File.WriteAllTextAsync(Path.Combine(Folder, ".complete"), "", cancellationToken);
        return null;
    }

    /// <summary>Adds the native peers of the crypto bench. Returns null when all is well, otherwise why not; the bench can do without them.</summary>
    public static async Task<string?> EnsurePeersAsync(CancellationToken cancellationToken)
    {
        var done = Path.Combine(Folder, ".peers");
        if (File.Exists(done))
        {
            return null;
        }

        var reason = await FetchAsync([["libsodium23"], [await Prerequisites.Secp256k1PackageAsync(cancellationToken)]], cancellationToken);
        if (reason is null)
        {
            await File.WriteAllTextAsync(done, "", cancellationToken);
        }

        return reason;
    }

    // Of each group at least one package must be there to fetch.
    private static async Task<string?> FetchAsync(string[][] groups, CancellationToken cancellationToken)
    {
        var work = Path.Combine(Checkout.State, "arm64");
        foreach (var folder in new[] { "state/lists/partial", "cache/archives/partial", "debs", "root" })
        {
            Directory.CreateDirectory(Path.Combine(work, folder));
        }

        await File.WriteAllTextAsync(Path.Combine(work, "status"), "", cancellationToken);
        string[] options =
        [
            "-q", "-o", "APT::Architecture=arm64", "-o", "APT::Architectures=arm64", "-o", $"Dir::State={work}/state",
            "-o", $"Dir::State::status={work}/status", "-o", $"Dir::Cache={work}/cache", "-o", "APT::Sandbox::User=root",
        ];
        var update = await Shell.RunAsync("apt-get", [.. options, "update"], cancellationToken);
        if (!update.Ok)
        {
            return "the arm64 package lists could not be fetched: " + update.Output.Trim().Split('\n')[^1];
        }

        foreach (var packages in groups)
        {
            var any = false;
            foreach (var package in packages)
            {
                any |= (await Shell.RunAsync("apt-get", [.. options, "download", package], cancellationToken, folder: Path.Combine(work, "debs"))).Ok;
            }

            if (!any)
            {
                return $"none of {string.Join(", ", packages)} could be fetched for arm64";
            }
        }

        foreach (var deb in Directory.GetFiles(Path.Combine(work, "debs"), "*.deb"))
        {
            await Shell.RequireAsync("dpkg", ["-x", deb, Folder], cancellationToken);
        }

        return null;
    }
}
