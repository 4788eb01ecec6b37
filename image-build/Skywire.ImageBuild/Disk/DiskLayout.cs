// Where everything lies on the card. Fixed for ever: updates write into slots of cards that were laid out by older versions.
using System.Globalization;

namespace Skywire.ImageBuild.Disk;

/// <summary>Offsets and sizes in bytes.</summary>
internal static class DiskLayout
{
    /// <summary>Disk identity in the MBR; partitions are found by it, whatever the kernel calls the disk.</summary>
    public const string DiskId = "5ca1ab1e";

    /// <summary>Where Allwinner's boot ROM looks; right behind the MBR's end, and before the slot state.</summary>
    public const long SunxiOffset = 8 << 10;

    /// <summary>The two copies of the slot state.</summary>
    public const long SlotStateOffset = 3 << 20, SlotStateCopyOffset = SlotStateOffset + (64 << 10);

    /// <summary>FAT partition.</summary>
    public const long BootOffset = 4 << 20, BootSize = 64 << 20;

    /// <summary>Slots A and B, one behind the other. Three times what a slot needs today: it cannot grow on cards in the field.</summary>
    public const long SlotSize = 512 << 20, SlotAOffset = BootOffset + BootSize, SlotBOffset = SlotAOffset + SlotSize;

    /// <summary>Data partition; grown to the end of the card at first boot. What the image has of it is zero, so that no older filesystem shows through.</summary>
    public const long DataOffset = SlotBOffset + SlotSize, DataSize = 4 << 20;

    /// <summary>Size of the whole image.</summary>
    public const long ImageSize = DataOffset + DataSize;

    /// <summary>The table in sfdisk's own words.</summary>
    public static string PartitionScript
    {
        get
        {
            static string Line(int number, long offset, long size, string type) => string.Create(CultureInfo.InvariantCulture, $"{number} : start={offset / 512}, size={size / 512}, type={type}\n");
            return $"label: dos\nlabel-id: 0x{DiskId}\nunit: sectors\n\n"
                + Line(1, BootOffset, BootSize, "c, bootable") + Line(2, SlotAOffset, SlotSize, "83") + Line(3, SlotBOffset, SlotSize, "83") + Line(4, DataOffset, DataSize, "83");
        }
    }
}
