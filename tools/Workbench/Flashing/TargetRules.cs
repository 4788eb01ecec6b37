// Which disk may be overwritten. The dearest mistake this tool could make is prevented here, so the rules have no IO and are tested one by one.
namespace Skywire.Workbench.Flashing;

/// <summary>Why a target is not written.</summary>
/// <param name="Code">Stable name for scripts.</param>
/// <param name="Reason">For a person.</param>
/// <param name="Remedy">What to do.</param>
internal sealed record Refusal(string Code, string Reason, string Remedy);

/// <summary>Judges a target.</summary>
internal static class TargetRules
{
    /// <summary>Null when the disk may be written, otherwise why not. The system's own disk is refused whatever is asked for.</summary>
    /// <param name="device">The disk.</param>
    /// <param name="imageSize">Bytes to be written; null when not known yet.</param>
    /// <param name="forceFixed">True when a person said that a disk that is not removable is meant.</param>
    public static Refusal? Judge(BlockDevice device, long? imageSize, bool forceFixed)
    {
        if (device.IsSystem)
        {
            return new("system_disk", $"{device.Path} belongs to this running system: {device.Uses.First(u => u.IsSystem).Text}", "choose another disk: tools/skyminer flash IMAGE lists those that can be written");
        }

        if (device.PartitionOf is { } disk)
        {
            return new("partition", $"{device.Path} is a partition; an image has partitions of its own and goes onto the whole disk", $"if you mean the whole disk: /dev/{disk}");
        }

        if (!device.IsDisk)
        {
            return new("not_a_disk", $"{device.Path} ({device.Title}) is not a disk or card", "choose another one: tools/skyminer flash IMAGE lists those that can be written");
        }

        if (device.Size == 0)
        {
            return new("no_medium", $"{device.Path} ({device.Title}) has no card in it", "put the card in and try again");
        }

        if (device.Uses.Count > 0)
        {
            var remedies = device.Uses.Select(u => u.Remedy).Distinct().ToList();
            return new("in_use", $"{device.Path} is in use: {string.Join("; ", device.Uses.Select(u => u.Text))}", string.Join("; ", remedies));
        }

        if (device.IsReadOnly)
        {
            return new("read_only", $"{device.Path} ({device.Title}) is write-protected", "push the card's lock slider towards its contacts, or try another adapter");
        }

        if (device.Transport == DiskTransport.Virtual)
        {
            return new("virtual", $"{device.Path} is made by the kernel of other disks or of memory", "name the disk itself");
        }

        if (imageSize > device.Size)
        {
            return new("too_small", $"{device.Path} holds {BlockDevice.FormatSize(device.Size)}, the image needs {BlockDevice.FormatSize(imageSize.Value)} ({imageSize - device.Size:N0} bytes more)", "take a larger card");
        }

        return device.IsRemovable || forceFixed
            ? null
            : new("not_removable", $"{device.Path} ({device.Title}, {device.TransportName}, {BlockDevice.FormatSize(device.Size)}) is not removable: it may be this machine's own disk", "if it is meant: --force-fixed");
    }
}
