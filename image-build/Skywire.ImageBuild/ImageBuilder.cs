// The whole build in order: packages, root tree, kernel, initramfs, slot, loaders, boot partition, card image, records.
using System.Diagnostics;
using System.Security.Cryptography;
using System.Text.Json;
using Skywire.ImageBuild.Boards;
using Skywire.ImageBuild.Boot;
using Skywire.ImageBuild.Disk;
using Skywire.ImageBuild.Packages;
using Skywire.ImageBuild.Records;
using Skywire.ImageBuild.Root;

namespace Skywire.ImageBuild;

/// <summary>Builds one image.</summary>
internal sealed class ImageBuilder(SourceTree tree, BuildSteps steps)
{
    private const string LoaderStep = "boot loaders";

    /// <summary>Runs the build. The scratch folder is removed at the end, the outputs lie in the request's folder.</summary>
    public async Task<BuildResult> BuildAsync(BuildRequest request, CancellationToken cancellationToken)
    {
        var watch = Stopwatch.StartNew();
        if (!File.Exists(request.Program))
        {
            throw new ImageException($"there is no program at {request.Program}", "tools/skyminer publish linux-arm64, or --program FILE");
        }

        var version = await SourceVersion.ReadAsync(tree, cancellationToken);
        var plan = ImagePlan.Create(request.Board, BoardData.ReadAll(tree));
        Directory.CreateDirectory(request.OutputFolder);
        var work = Directory.CreateTempSubdirectory("skyimage-").FullName;
        try
        {
            return await BuildAsync(request, version, plan, work, watch, cancellationToken);
        }
        finally
        {
            Directory.Delete(work, recursive: true);
        }
    }

    private async Task<BuildResult> BuildAsync(BuildRequest request, SourceVersion version, ImagePlan plan, string work, Stopwatch watch, CancellationToken cancellationToken)
    {
        var packages = new PackageSet(tree, request.Packages);
        await steps.RunAsync("packages", progress => packages.PrepareAsync(progress, steps.Warn, cancellationToken));
        var root = Directory.CreateDirectory(Path.Combine(work, "root")).FullName;
        var owners = new OwnershipTable();
        await steps.RunAsync("unpack", progress => UnpackAsync(packages, root, owners, progress, cancellationToken));
        KernelModules? kernel = null;
        await steps.RunAsync("kernel", async progress =>
        {
            kernel = await KernelModules.ReadAsync(root, tree.KernelCache, packages.Lock.Packages.Single(p => p.Role == PackageRole.Root && p.Name.StartsWith("linux-modules-", StringComparison.Ordinal) && p.Name.Contains('+', StringComparison.Ordinal)).Sha256, cancellationToken);
            var kept = await kernel.TrimAsync(PathRules.Parse("image-build/modules.txt", File.ReadLines(tree.Input("modules.txt"))), cancellationToken);
            PlaceKernel(kernel, root, work, plan.AllBoards);
            return $"{kernel.Version}, {kept} modules";
        });
        await steps.RunAsync("system", async progress =>
        {
            await new SystemFiles(tree, root, owners).CompleteAsync(version.Time, cancellationToken);
            await OwnFilesAsync(request, version, plan, packages, root, cancellationToken);
            return "accounts, units, boards, program " + BuildSteps.Size(new FileInfo(request.Program).Length);
        });
        await steps.RunAsync("updater", async progress =>
        {
            var built = false;
            var program = await new RaucBuild(tree, packages).EnsureAsync(progress, () => built = true, cancellationToken);
            File.Copy(program, Path.Combine(root, "usr/bin/rauc"), overwrite: true);
            await UpdaterFiles.WriteAsync(root, plan.Name, request.Keyrings, cancellationToken);
            return built ? "rauc built" : "rauc from the cache";
        });
        await steps.RunAsync("initramfs", async progress =>
        {
            var target = Path.Combine(root, "boot", "initrd.img");
            await Initramfs.BuildAsync(tree, kernel!, packages.Tool("busybox-static"), Directory.CreateDirectory(Path.Combine(work, "initramfs")).FullName, target, cancellationToken);
            return BuildSteps.Size(new FileInfo(target).Length);
        });
        var name = $"skyminer-{plan.Name}-{version.Version}";
        string Out(string suffix) => Path.Combine(Path.GetFullPath(request.OutputFolder), name + suffix);
        var slot = Out(".squashfs");
        await steps.RunAsync("root slot", async progress =>
        {
            await SlotImage.MakeAsync(root, owners, slot, request.Release ? SlotImage.ReleaseLevel : SlotImage.QuickLevel, version.Time, work, cancellationToken);
            return BuildSteps.Size(new FileInfo(slot).Length);
        });
        var loaders = await LoadersAsync(plan, packages, cancellationToken);
        var fat = Path.Combine(work, "boot.fat");
        var deviceTrees = Path.Combine(work, "dtb");
        await steps.RunAsync("boot partition", async progress =>
        {
            await new BootPartition(tree, packages).MakeAsync(plan, deviceTrees, loaders.RaspberryPi, fat, version.Time, work, cancellationToken);
            return "FAT32 " + BuildSteps.Size(DiskLayout.BootSize);
        });
        var image = Out(".img");
        await steps.RunAsync("image", async progress =>
        {
            await DiskImage.AssembleAsync(new DiskParts(loaders.Sunxi, SlotState.Fresh.Encode(), fat, slot), image, cancellationToken);
            return BuildSteps.Size(DiskLayout.ImageSize);
        });
        var compressed = image + ".zst";
        await steps.RunAsync("compress", async progress =>
        {
            await HostTool.RequireAsync("zstd", ["-q", "-f", request.Release ? "-15" : "-3", "-T0", image, "-o", compressed], cancellationToken);
            return BuildSteps.Size(new FileInfo(compressed).Length);
        });
        var hashes = new Dictionary<string, string>();
        await steps.RunAsync("records", async progress =>
        {
            foreach (var file in new[] { image, compressed, slot, request.Program })
            {
                hashes[file] = await Sha256Async(file, cancellationToken);
            }

            await File.WriteAllTextAsync(Out(".spdx.json"), Sbom.Create(name, version, packages.Lock, packages.List, hashes[request.Program], hashes[image]), cancellationToken);
            await File.WriteAllTextAsync(Out(".packages.tsv"), packages.Lock.Format(), cancellationToken);
            await File.WriteAllTextAsync(Out(".imager.json"), ImagerCatalogue.Create(plan, version, Path.GetFileName(compressed), new FileInfo(compressed).Length, hashes[compressed], DiskLayout.ImageSize, hashes[image]), cancellationToken);
            await File.WriteAllTextAsync(Out(".sha256"), $"{hashes[compressed]}  {name}.img.zst\n{hashes[image]}  {name}.img\n{hashes[slot]}  {name}.squashfs\n", cancellationToken);
            return $"SBOM of {packages.Lock.Packages.Count(packages.List.IsInRoot)} packages, Imager catalogue, sha256 {hashes[image][..16]}…";
        });
        // The harness starts boards from these; they lie beside the image like everything else that belongs to it.
        var virtualLoader = await KeepAsync(loaders.Virtual, Out(".u-boot-qemu.bin"), cancellationToken);
        var piLoader = await KeepAsync(loaders.RaspberryPi, Out(".u-boot-rpi.bin"), cancellationToken);
        var keptTrees = Out(".dtb");
        if (Directory.Exists(keptTrees))
        {
            Directory.Delete(keptTrees, recursive: true);
        }

        foreach (var tree in plan.AllBoards.SelectMany(b => b.Boot.DeviceTrees ?? []).Distinct())
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(keptTrees, tree))!);
            File.Copy(Path.Combine(deviceTrees, tree), Path.Combine(keptTrees, tree));
        }

        var result = new BuildResult
        {
            Image = image,
            Compressed = compressed,
            Slot = slot,
            Sbom = Out(".spdx.json"),
            Catalogue = Out(".imager.json"),
            VirtualLoader = virtualLoader,
            RaspberryPiLoader = piLoader,
            DeviceTrees = keptTrees,
            Plan = plan.Name,
            Version = version.Version,
            Commit = version.Commit,
            DataSchema = version.DataSchema,
            Kernel = kernel!.Version,
            ImageBytes = DiskLayout.ImageSize,
            CompressedBytes = new FileInfo(compressed).Length,
            SlotBytes = new FileInfo(slot).Length,
            ImageSha256 = hashes[image],
            SlotSha256 = hashes[slot],
            Release = request.Release,
            Seconds = Math.Round(watch.Elapsed.TotalSeconds, 1),
            UBootSeconds = loaders.Built ? steps.Done.Single(s => s.Name == LoaderStep).Seconds : 0,
            Steps = steps.Done,
        };
        await File.WriteAllTextAsync(Out(".build.json"), JsonSerializer.Serialize(result, BuildJson.Default.BuildResult), cancellationToken);
        await File.WriteAllTextAsync(Path.Combine(Path.GetFullPath(request.OutputFolder), $"latest-{plan.Name}.json"), JsonSerializer.Serialize(result, BuildJson.Default.BuildResult), cancellationToken);
        return result;
    }

    private async Task<string> UnpackAsync(PackageSet packages, string root, OwnershipTable owners, Action<string> progress, CancellationToken cancellationToken)
    {
        var unpacker = new PackageUnpacker(root, PathRules.Parse("image-build/trim.txt", File.ReadLines(tree.Input("trim.txt"))), owners);
        var wanted = packages.Lock.Packages.Where(packages.List.IsInRoot).OrderByDescending(p => p.Size).ToList();
        // First of all the links /bin, /sbin, /lib; the rest in any order, as no two packages own one file. The largest first: it decides the end.
        await unpacker.UnpackAsync(packages.PathOf(wanted.Single(p => p.Name == "base-files")), cancellationToken);
        var done = 0;
        await Parallel.ForEachAsync(wanted.Where(p => p.Name != "base-files"), cancellationToken, async (package, token) =>
        {
            await unpacker.UnpackAsync(packages.PathOf(package), token);
            progress($"{Interlocked.Increment(ref done)} of {wanted.Count}");
        });
        await PackageRecords.WriteAsync(root, wanted, packages.PathOf, cancellationToken);
        return $"{wanted.Count} packages";
    }

    // Kernel and device trees lie in the slot: a slot is complete by itself, and an update replaces all of it at once.
    private static void PlaceKernel(KernelModules kernel, string root, string work, IReadOnlyList<BoardData> boards)
    {
        var boot = Path.Combine(root, "boot");
        Directory.CreateDirectory(boot);
        File.Move(Path.Combine(kernel.Folder, "vmlinuz"), Path.Combine(boot, "Image"));
        File.Delete(Path.Combine(kernel.Folder, "System.map"));
        Directory.Move(Path.Combine(kernel.Folder, "dtb"), Path.Combine(work, "dtb"));
        foreach (var name in boards.SelectMany(b => b.Boot.DeviceTrees ?? []).Distinct())
        {
            var from = Path.Combine(work, "dtb", name);
            var to = Path.Combine(boot, "dtb", name);
            Directory.CreateDirectory(Path.GetDirectoryName(to)!);
            File.Copy(File.Exists(from) ? from : throw new ImageException($"the kernel {kernel.Version} has no device tree {name}", "board-support/boards names it; has it been renamed?"), to);
        }
    }

    private async Task OwnFilesAsync(BuildRequest request, SourceVersion version, ImagePlan plan, PackageSet packages, string root, CancellationToken cancellationToken)
    {
        var program = Path.Combine(root, "usr/bin/skywire");
        File.Copy(request.Program, program, overwrite: true);
        File.SetUnixFileMode(program, (UnixFileMode)0x1ed);
        var own = Directory.CreateDirectory(Path.Combine(root, "usr/lib/skyminer")).FullName;
        foreach (var board in plan.AllBoards)
        {
            var folder = Directory.CreateDirectory(Path.Combine(own, "boards", board.Name)).FullName;
            File.Copy(Path.Combine(tree.Boards, board.Name, "board.json"), Path.Combine(folder, "board.json"));
        }

        await File.WriteAllTextAsync(
            Path.Combine(own, "release.json"),
            JsonSerializer.Serialize(new ReleaseFile(version.Version, version.Commit, plan.Name, version.DataSchema, version.Time.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture)), BuildJson.Default.ReleaseFile) + "\n",
            cancellationToken);
    }

    private async Task<(string? Sunxi, string? RaspberryPi, string? Virtual, bool Built)> LoadersAsync(ImagePlan plan, PackageSet packages, CancellationToken cancellationToken)
    {
        var uboot = new UBootBuild(tree, packages);
        Directory.CreateDirectory(tree.UBootCache);
        string? sunxi = null, pi = null, emulated = null;
        var built = 0;
        await steps.RunAsync(LoaderStep, async progress =>
        {
            Task<string> Ensure(BoardData board) => uboot.EnsureAsync(board, progress, () => built++, cancellationToken);
            sunxi = plan.Sunxi is { } s ? await Ensure(s) : null;
            pi = plan.RaspberryPi is { } r ? await Ensure(r) : null;
            emulated = plan.Boards.FirstOrDefault(b => b.Boot is { Firmware: BoardFirmware.Qemu, UBoot: not null }) is { } q ? await Ensure(q) : null;
            return built > 0 ? $"{built} built" : "from the cache";
        });
        return (sunxi, pi, emulated, built > 0);
    }

    private static async Task<string?> KeepAsync(string? from, string to, CancellationToken cancellationToken)
    {
        if (from is null)
        {
            return null;
        }

        await using var source = File.OpenRead(from);
        await using var target = File.Create(to);
        await source.CopyToAsync(target, cancellationToken);
        return to;
    }

    private static async Task<string> Sha256Async(string file, CancellationToken cancellationToken)
    {
        await using var stream = File.OpenRead(file);
        return Convert.ToHexStringLower(await SHA256.HashDataAsync(stream, cancellationToken));
    }
}
