// What the kernel says about one disk, as far as it matters for writing a card.
using System.Globalization;

namespace Skywire.Workbench.Flashing;

/// <summary>How a disk is attached.</summary>
internal enum DiskTransport
{
    /// <summary>None of the others.</summary>
    Other,

    /// <summary>Stick, card reader, enclosure.</summary>
    Usb,

    /// <summary>An SD card in a slot of this machine.</summary>
    SdCard,

    /// <summary>Soldered flash on the SD bus: never taken for a card.</summary>
    Emmc,

    /// <summary>SATA.</summary>
    Sata,

    /// <summary>NVMe.</summary>
    Nvme,

    /// <summary>A disk of a virtual machine.</summary>
    Virtio,

    /// <summary>A file shown as a disk.</summary>
    Loop,

    /// <summary>Made by the kernel of something else: RAID, LVM, encryption, memory.</summary>
    Virtual,
}

/// <summary>One reason why a disk is busy.</summary>
/// <param name="Text">For a person: <c>sdb1 is mounted at /media/me/BOOT</c>.</param>
/// <param name="Remedy">The command that ends the use.</param>
/// <param name="IsSystem">True when this machine runs from it.</param>
internal sealed record DiskUse(string Text, string Remedy, bool IsSystem);

/// <summary>One disk.</summary>
internal sealed record BlockDevice
{
    /// <summary>The kernel's name, for example <c>sdb</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Bytes; 0 for a reader without a card.</summary>
    public required long Size { get; init; }

    /// <summary>Maker, where known.</summary>
    public string Vendor { get; init; } = "";

    /// <summary>Model, where known.</summary>
    public string Model { get; init; } = "";

    /// <summary>How it is attached.</summary>
    public DiskTransport Transport { get; init; }

    /// <summary>The kernel's removable flag: the medium can be taken out of the drive.</summary>
    public bool HasRemovableMedium { get; init; }

    /// <summary>True with the lock slider on, or for a disk without writes.</summary>
    public bool IsReadOnly { get; init; }

    /// <summary>False for optical drives and floppies.</summary>
    public bool IsDisk { get; init; } = true;

    /// <summary>For a partition: the disk it lies on.</summary>
    public string? PartitionOf { get; init; }

    /// <summary>Who uses it, its partitions, or what is made of them.</summary>
    public IReadOnlyList<DiskUse> Uses { get; init; } = [];

    /// <summary>The device file.</summary>
    public string Path => "/dev/" + Name.Replace('!', '/');

    /// <summary>True for what a person takes out and puts into a board: sticks, cards, readers. Not what is soldered or screwed in.</summary>
    public bool IsRemovable => IsDisk && Transport is not (DiskTransport.Emmc or DiskTransport.Virtual or DiskTransport.Loop) && (HasRemovableMedium || Transport is DiskTransport.Usb or DiskTransport.SdCard);

    /// <summary>True when this machine runs from it.</summary>
    public bool IsSystem => Uses.Any(u => u.IsSystem);

    /// <summary>Maker and model in one, never empty.</summary>
    public string Title => (Vendor + " " + Model).Trim() is { Length: > 0 } title ? title : "unnamed";

    /// <summary>The transport in a word.</summary>
    public string TransportName => Transport switch
    {
        DiskTransport.Usb => "USB",
        DiskTransport.SdCard => "SD",
        DiskTransport.Emmc => "eMMC",
        DiskTransport.Sata => "SATA",
        DiskTransport.Nvme => "NVMe",
        DiskTransport.Virtio => "virtio",
        DiskTransport.Loop => "loop",
        DiskTransport.Virtual => "virtual",
        _ => "other",
    };

    /// <summary>Bytes as cards are labelled: powers of ten.</summary>
    public static string FormatSize(long bytes) => bytes switch
    {
        >= 1_000_000_000 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e9:0.0} GB"),
        >= 1_000_000 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e6:0} MB"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e3:0.#} kB"),
    };
}
