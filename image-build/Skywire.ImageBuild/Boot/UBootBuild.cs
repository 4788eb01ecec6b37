// U-Boot from Debian's source package: Debian builds none for the Orange Pi Prime and PC2, and none of its own reads squashfs.
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Skywire.ImageBuild.Boards;
using Skywire.ImageBuild.Packages;

namespace Skywire.ImageBuild.Boot;

/// <summary>Builds boot loaders and keeps them, named by everything that went into them.</summary>
internal sealed class UBootBuild(SourceTree tree, PackageSet packages)
{
    private const string Compiler = "aarch64-linux-gnu-";

    private readonly SourcePackage _source = new(packages, "u-boot");

    /// <summary>The loader of <paramref name="board"/>, from the cache or built now; <paramref name="built"/> is told when it had to be built.</summary>
    public async Task<string> EnsureAsync(BoardData board, Action<string> progress, Action built, CancellationToken cancellationToken)
    {
        var uboot = board.Boot.UBoot ?? throw new ImageException($"{board.Name} has no boot.u_boot in its board.json", "docs/boards.md describes the fields");
        var fragments = new[] { "common.config", board.Boot.Firmware.ToString().ToLowerInvariant() + ".config" }.Select(f => tree.Input("uboot", f)).Where(File.Exists).ToList();
        var target = Path.Combine(tree.UBootCache, $"{board.Name}-{await KeyAsync(uboot, fragments, cancellationToken)}.bin");
        if (File.Exists(target))
        {
            return target;
        }

        built();
        progress($"{board.Name}: unpacking the source");
        var work = Path.Combine(tree.UBootCache, "work-" + board.Name);
        if (Directory.Exists(work))
        {
            Directory.Delete(work, recursive: true);
        }

        var source = Path.Combine(work, "src");
        var date = await _source.UnpackAsync(source, [], cancellationToken);
        progress($"{board.Name}: compiling");
        await CompileAsync(source, date, uboot, fragments, work, cancellationToken);
        var output = Path.Combine(work, "out", board.Boot.Firmware == BoardFirmware.Sunxi ? "u-boot-sunxi-with-spl.bin" : "u-boot.bin");
        // A rename last: a half-written loader is never found by its name.
        File.Copy(output, target + ".new", overwrite: true);
        File.Move(target + ".new", target, overwrite: true);
        Directory.Delete(work, recursive: true);
        return target;
    }

    private async Task<string> KeyAsync(BoardUBoot uboot, IReadOnlyList<string> fragments, CancellationToken cancellationToken)
    {
        var text = new StringBuilder();
        foreach (var file in _source.Files.Concat(packages.Lock.Packages.Where(p => p.Name == "arm-trusted-firmware")).OrderBy(p => p.Path, StringComparer.Ordinal))
        {
            text.Append(file.Sha256).Append('\n');
        }

        text.Append(uboot.Defconfig).Append('\n').Append(uboot.TrustedFirmware).Append('\n');
        foreach (var fragment in fragments)
        {
            text.Append(await File.ReadAllTextAsync(fragment, cancellationToken));
        }

        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())))[..16];
    }

    private async Task CompileAsync(string source, long date, BoardUBoot uboot, IReadOnlyList<string> fragments, string work, CancellationToken cancellationToken)
    {
        var output = Path.Combine(work, "out");
        var environment = new Dictionary<string, string?> { ["SOURCE_DATE_EPOCH"] = date.ToString(CultureInfo.InvariantCulture), ["KBUILD_BUILD_USER"] = "skyminer", ["KBUILD_BUILD_HOST"] = "skyminer" };
        List<string> make = ["O=" + output, "CROSS_COMPILE=" + Compiler, "-s"];
        if (uboot.TrustedFirmware is { } platform)
        {
            var firmware = Path.Combine(work, "tf-a");
            await HostTool.RequireAsync("dpkg-deb", ["-x", packages.Tool("arm-trusted-firmware"), firmware], cancellationToken);
            // SCP: the H5's power processor would need a firmware of its own; without it suspend is missing, which no board here uses.
            make.AddRange(["BL31=" + Path.Combine(firmware, "usr/lib/arm-trusted-firmware", platform, "bl31.bin"), "SCP=/dev/null"]);
        }

        await HostTool.RequireAsync("make", [.. make, uboot.Defconfig], cancellationToken, folder: source, environment: environment);
        await HostTool.RequireAsync("sh", [Path.Combine(source, "scripts/kconfig/merge_config.sh"), "-O", output, "-m", Path.Combine(output, ".config"), .. fragments], cancellationToken, folder: source, environment: environment);
        await HostTool.RequireAsync("make", [.. make, "olddefconfig"], cancellationToken, folder: source, environment: environment);
        await RequireOptionsAsync(Path.Combine(output, ".config"), fragments, cancellationToken);
        await HostTool.RequireAsync("make", [.. make, "-j" + Environment.ProcessorCount.ToString(CultureInfo.InvariantCulture)], cancellationToken, folder: source, environment: environment);
    }

    // Kconfig drops an option silently when what it needs is missing; a loader without squashfs would be found out only on the board.
    private static async Task RequireOptionsAsync(string config, IReadOnlyList<string> fragments, CancellationToken cancellationToken)
    {
        var have = (await File.ReadAllLinesAsync(config, cancellationToken)).ToHashSet(StringComparer.Ordinal);
        foreach (var fragment in fragments)
        {
            var missing = (await File.ReadAllLinesAsync(fragment, cancellationToken)).Where(l => l.StartsWith("CONFIG_", StringComparison.Ordinal) && !have.Contains(l)).ToList();
            if (missing.Count > 0)
            {
                throw new ImageException($"U-Boot does not take {string.Join(", ", missing)} from {Path.GetFileName(fragment)}", "an option it depends on is off, or it was renamed in this version");
            }
        }
    }
}
