// RAUC from Debian's source with one patch: Debian 13's version refuses every verity bundle under the image's kernel.
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Skywire.ImageBuild.Packages;

namespace Skywire.ImageBuild.Root;

/// <summary>Cross-compiles the updater and keeps it, named by everything that went into it. Only the program is replaced; units and D-Bus policy stay Debian's.</summary>
internal sealed class RaucBuild(SourceTree tree, PackageSet packages)
{
    private const string Source = "rauc";

    private readonly List<string> _patches = [.. Directory.EnumerateFiles(tree.Input("rauc"), "*.patch").Order(StringComparer.Ordinal)];

    /// <summary>The program, from the cache or built now (half a minute); <paramref name="built"/> is told when it had to be built.</summary>
    public async Task<string> EnsureAsync(Action<string> progress, Action built, CancellationToken cancellationToken)
    {
        var source = new SourcePackage(packages, Source);
        var target = Path.Combine(tree.RaucCache, $"rauc-{await KeyAsync(source, cancellationToken)}");
        if (File.Exists(target))
        {
            return target;
        }

        built();
        Directory.CreateDirectory(tree.RaucCache);
        var work = Path.Combine(tree.RaucCache, "work");
        if (Directory.Exists(work))
        {
            Directory.Delete(work, recursive: true);
        }

        progress("unpacking the source and what it is compiled against");
        var date = await source.UnpackAsync(Path.Combine(work, "src"), _patches, cancellationToken);
        await UnpackDevelopmentFilesAsync(Path.Combine(work, "sysroot"), cancellationToken);
        progress("compiling");
        await CompileAsync(work, date, cancellationToken);

        // A rename last: a half-written program is never found by its name.
        File.Copy(Path.Combine(work, "out", "rauc"), target + ".new", overwrite: true);
        File.Move(target + ".new", target, overwrite: true);
        Directory.Delete(work, recursive: true);
        return target;
    }

    private async Task<string> KeyAsync(SourcePackage source, CancellationToken cancellationToken)
    {
        var text = new StringBuilder();
        foreach (var file in source.Files.Concat(packages.Lock.Packages.Where(p => p.Role == PackageRole.Build).OrderBy(p => p.Path, StringComparer.Ordinal)))
        {
            text.Append(file.Sha256).Append('\n');
        }

        foreach (var patch in _patches)
        {
            text.Append(await File.ReadAllTextAsync(patch, cancellationToken));
        }

        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())))[..16];
    }

    private async Task UnpackDevelopmentFilesAsync(string sysroot, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(Path.Combine(sysroot, "usr", "lib"));

        // The linker's scripts in libc6-dev name /lib.
        File.CreateSymbolicLink(Path.Combine(sysroot, "lib"), "usr/lib");
        foreach (var package in packages.Lock.Packages.Where(p => p.Role == PackageRole.Build))
        {
            await HostTool.RequireAsync("sh", ["-c", "dpkg-deb --fsys-tarfile \"$1\" | tar -x -C \"$2\" --no-same-owner --keep-directory-symlink", "sh", packages.PathOf(package), sysroot], cancellationToken);
        }
    }

    private static async Task CompileAsync(string work, long date, CancellationToken cancellationToken)
    {
        var sysroot = Path.Combine(work, "sysroot");
        var libraries = Path.Combine(sysroot, "usr/lib/aarch64-linux-gnu/pkgconfig");
        var cross = Path.Combine(work, "cross.ini");

        // Named outright, for a cross compiler's own C library, where the machine has one, would be found before the sysroot's.
        var headers = $"'-isystem{sysroot}/usr/include/aarch64-linux-gnu', '-isystem{sysroot}/usr/include'";
        var objects = $"'-B{sysroot}/usr/lib/aarch64-linux-gnu', '-L{sysroot}/usr/lib/aarch64-linux-gnu'";
        await File.WriteAllTextAsync(
            cross,
            $"""
            [binaries]
            c = 'aarch64-linux-gnu-gcc'
            ar = 'aarch64-linux-gnu-ar'
            strip = 'aarch64-linux-gnu-strip'
            pkgconfig = 'pkg-config'
            [built-in options]
            c_args = ['--sysroot={sysroot}', {headers}, '-ffile-prefix-map={work}=.', '-O2', '-D_FORTIFY_SOURCE=2', '-fstack-protector-strong', '-mbranch-protection=standard']
            c_link_args = ['--sysroot={sysroot}', {objects}, '-Wl,-z,relro', '-Wl,-z,now']
            [properties]
            sys_root = '{sysroot}'
            pkg_config_libdir = '{libraries}'
            [host_machine]
            system = 'linux'
            cpu_family = 'aarch64'
            cpu = 'aarch64'
            endian = 'little'

            """,
            cancellationToken);
        var environment = new Dictionary<string, string?> { ["SOURCE_DATE_EPOCH"] = date.ToString(CultureInfo.InvariantCulture) };
        var output = Path.Combine(work, "out");

        // As Debian configures it; its tests could not run here. What is missing is an error: nothing is fetched that no lock names.
        string[] options = ["--wrap-mode=nodownload", "--prefix=/usr", "--buildtype=plain", "-Dtests=false", "-Dgpt=enabled", "-Dstreaming=true"];
        await HostTool.RequireAsync("meson", ["setup", output, Path.Combine(work, "src"), "--cross-file", cross, .. options], cancellationToken, environment: environment);
        await HostTool.RequireAsync("ninja", ["-C", output, "rauc"], cancellationToken, environment: environment);
        await HostTool.RequireAsync("aarch64-linux-gnu-strip", [Path.Combine(output, "rauc")], cancellationToken, environment: environment);
    }
}
