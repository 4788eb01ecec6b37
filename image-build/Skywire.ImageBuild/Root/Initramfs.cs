// The initramfs: busybox, our init, the modules between the kernel and the slot. Same inputs, same bytes.
using System.Diagnostics;

namespace Skywire.ImageBuild.Root;

/// <summary>Builds <c>initrd.img</c>.</summary>
internal static class Initramfs
{
    /// <summary>Builds into <paramref name="target"/> from the kernel in <paramref name="modules"/>; <paramref name="work"/> is a scratch folder of its own.</summary>
    public static async Task BuildAsync(SourceTree tree, KernelModules modules, string busyboxPackage, string work, string target, CancellationToken cancellationToken)
    {
        var root = Path.Combine(work, "root");
        foreach (var folder in new[] { "bin", "proc", "sys", "dev", "run", "root", "slot", "ram", "etc", "usr/lib" })
        {
            Directory.CreateDirectory(Path.Combine(root, folder));
        }

        // depmod reads below usr/lib, busybox below lib.
        File.CreateSymbolicLink(Path.Combine(root, "lib"), "usr/lib");
        var unpacked = Path.Combine(work, "busybox");
        await HostTool.RequireAsync("dpkg-deb", ["-x", busyboxPackage, unpacked], cancellationToken);
        File.Copy(Path.Combine(unpacked, "usr/bin/busybox"), Path.Combine(root, "bin/busybox"));
        var init = Path.Combine(root, "init");
        File.Copy(tree.Input("initramfs", "init"), init);
        File.SetUnixFileMode(init, (UnixFileMode)0x1ed);
        File.SetUnixFileMode(Path.Combine(root, "bin/busybox"), (UnixFileMode)0x1ed);
        await CopyModulesAsync(tree, modules, root, cancellationToken);
        await PackAsync(root, target, cancellationToken);
    }

    // Uncompressed: busybox cannot read xz modules, and the whole is compressed anyway.
    private static async Task CopyModulesAsync(SourceTree tree, KernelModules modules, string root, CancellationToken cancellationToken)
    {
        var names = File.ReadLines(tree.Input("initramfs", "modules.txt")).Select(l => l.Split('#')[0].Trim()).Where(l => l.Length > 0);
        var folder = Path.Combine(root, "usr/lib/modules", modules.Version);
        await Parallel.ForEachAsync(modules.Named(names), cancellationToken, async (module, token) =>
        {
            var target = Path.Combine(folder, module.EndsWith(".xz", StringComparison.Ordinal) ? module[..^3] : module);
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            await using var file = File.Create(target);
            var source = Path.Combine(modules.Folder, module);
            await HostTool.PipeAsync(module.EndsWith(".xz", StringComparison.Ordinal) ? "xzcat" : "cat", [source], stream => stream.CopyToAsync(file, token), token);
        });
        foreach (var index in new[] { "modules.order", "modules.builtin", "modules.builtin.modinfo" })
        {
            File.Copy(Path.Combine(modules.Folder, index), Path.Combine(folder, index));
        }

        await KernelModules.DepmodAsync(root, modules.Version, cancellationToken);
        // busybox reads the text indexes only.
        foreach (var binary in Directory.GetFiles(folder, "modules.*.bin").Concat(Directory.GetFiles(folder, "modules.builtin.modinfo")))
        {
            File.Delete(binary);
        }
    }

    private static async Task PackAsync(string root, string target, CancellationToken cancellationToken)
    {
        // Times would be those of this build; the kernel ignores them, the comparison of two builds does not.
        foreach (var path in Directory.EnumerateFileSystemEntries(root, "*", SearchOption.AllDirectories).Append(root))
        {
            if (new FileInfo(path).LinkTarget is null)
            {
                File.SetLastWriteTimeUtc(path, DateTime.UnixEpoch);
            }
        }

        await HostTool.RequireAsync("touch", ["-h", "-d", "@0", Path.Combine(root, "lib")], cancellationToken);
        var names = Directory.EnumerateFileSystemEntries(root, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0 }).Select(p => Path.GetRelativePath(root, p)).Order(StringComparer.Ordinal);
        var cpio = Path.Combine(Path.GetDirectoryName(root)!, "initrd.cpio");
        await using (var file = File.Create(cpio))
        {
            using var process = new Process { StartInfo = new ProcessStartInfo(HostTool.Find("cpio") ?? "cpio") { WorkingDirectory = root, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true } };
            foreach (var argument in new[] { "-o", "-H", "newc", "--reproducible", "-R", "0:0", "--quiet" })
            {
                process.StartInfo.ArgumentList.Add(argument);
            }

            process.Start();
            var errors = process.StandardError.ReadToEndAsync(cancellationToken);
            var copy = process.StandardOutput.BaseStream.CopyToAsync(file, cancellationToken);
            await process.StandardInput.WriteAsync(string.Join('\n', names.Prepend(".")) + "\n");
            process.StandardInput.Close();
            await copy;
            await process.WaitForExitAsync(cancellationToken);
            if (process.ExitCode != 0)
            {
                throw new ImageException($"cpio failed: {await errors}", "the text is the tool's own");
            }
        }

        await HostTool.RequireAsync("zstd", ["-q", "-f", "-19", "-T1", cpio, "-o", target], cancellationToken);
    }
}
