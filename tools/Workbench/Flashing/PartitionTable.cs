// The MBR: tells a disk image from anything else, shows one that was cut short, and where the boot partition is.
using System.Buffers.Binary;

namespace Skywire.Workbench.Flashing;

/// <summary>One primary partition.</summary>
/// <param name="Number">1 to 4.</param>
/// <param name="Type">Type byte.</param>
/// <param name="Offset">First byte.</param>
/// <param name="Size">Bytes.</param>
internal sealed record Partition(int Number, byte Type, long Offset, long Size)
{
    /// <summary>True for the types of FAT filesystems.</summary>
    public bool IsFat => Type is 0x01 or 0x04 or 0x06 or 0x0b or 0x0c or 0x0e;
}

/// <summary>The first sector of an image.</summary>
internal sealed class PartitionTable
{
    /// <summary>Type of the one partition with which a GPT disk guards itself.</summary>
    public const byte GptGuard = 0xee;

    private const int Sector = 512, EntriesOffset = 446, EntrySize = 16, SignatureOffset = 510;

    private PartitionTable(IReadOnlyList<Partition> partitions) => Partitions = partitions;

    /// <summary>Partitions that are there, in order of their number.</summary>
    public IReadOnlyList<Partition> Partitions { get; }

    /// <summary>End of the last partition in bytes; 0 when none says (GPT).</summary>
    public long End => Partitions.Where(p => p.Type != GptGuard).Select(p => p.Offset + p.Size).DefaultIfEmpty(0).Max();

    /// <summary>The boot partition: the first one with FAT.</summary>
    public Partition? Boot => Partitions.FirstOrDefault(p => p.IsFat);

    /// <summary>Null when this is not a partition table, or an empty one.</summary>
    public static PartitionTable? Parse(ReadOnlySpan<byte> sector)
    {
        if (sector.Length < Sector || BinaryPrimitives.ReadUInt16LittleEndian(sector[SignatureOffset..]) != 0xaa55)
        {
            return null;
        }

        var partitions = new List<Partition>();
        for (var number = 1; number <= 4; number++)
        {
            // status 1, CHS 3, type 1, CHS 3, first sector 4, sectors 4
            var entry = sector.Slice(EntriesOffset + ((number - 1) * EntrySize), EntrySize);
            var sectors = BinaryPrimitives.ReadUInt32LittleEndian(entry[12..]);
            if ((entry[0] & 0x7f) != 0)
            {
                return null;
            }

            if (entry[4] != 0 && sectors > 0)
            {
                partitions.Add(new Partition(number, entry[4], BinaryPrimitives.ReadUInt32LittleEndian(entry[8..]) * (long)Sector, sectors * (long)Sector));
            }
        }

        return partitions.Count > 0 ? new PartitionTable(partitions) : null;
    }
}
