// Assembles the whole card as a sparse file: no loop device, no mount, no root.
namespace Skywire.ImageBuild.Disk;

/// <summary>What goes where. Null parts stay empty.</summary>
internal sealed record DiskParts(string? SunxiLoader, byte[] SlotState, string BootPartition, string SlotA);

/// <summary>Writes the image file.</summary>
internal static class DiskImage
{
    /// <summary>Assembles <paramref name="parts"/> into <paramref name="target"/>.</summary>
    public static async Task AssembleAsync(DiskParts parts, string target, CancellationToken cancellationToken)
    {
        File.Delete(target);
        await using (var image = File.Create(target))
        {
            image.SetLength(DiskLayout.ImageSize);
        }

        await HostTool.RequireAsync("sfdisk", ["--quiet", target], cancellationToken, input: DiskLayout.PartitionScript);
        await using var file = new FileStream(target, FileMode.Open, FileAccess.Write);
        if (parts.SunxiLoader is { } loader)
        {
            await PlaceAsync(file, loader, DiskLayout.SunxiOffset, DiskLayout.SlotStateOffset - DiskLayout.SunxiOffset, "the boot loader", cancellationToken);
        }

        foreach (var offset in new[] { DiskLayout.SlotStateOffset, DiskLayout.SlotStateCopyOffset })
        {
            file.Position = offset;
            await file.WriteAsync(parts.SlotState, cancellationToken);
        }

        await PlaceAsync(file, parts.BootPartition, DiskLayout.BootOffset, DiskLayout.BootSize, "the boot partition", cancellationToken);
        await PlaceAsync(file, parts.SlotA, DiskLayout.SlotAOffset, DiskLayout.SlotSize, "the root slot", cancellationToken);
    }

    // Blocks of zeroes are left out: the file stays sparse.
    private static async Task PlaceAsync(FileStream target, string source, long offset, long room, string what, CancellationToken cancellationToken)
    {
        await using var from = File.OpenRead(source);
        if (from.Length > room)
        {
            throw new ImageException($"{what} has {BuildSteps.Size(from.Length)} but its place on the card only {BuildSteps.Size(room)}", "image-build/packages.txt and trim.txt say what goes in");
        }

        var buffer = new byte[1 << 20];
        for (var position = offset; ; position += buffer.Length)
        {
            var read = await from.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken);
            if (buffer.AsSpan(0, read).ContainsAnyExcept((byte)0))
            {
                target.Position = position;
                await target.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
            }

            if (read < buffer.Length)
            {
                return;
            }
        }
    }
}
