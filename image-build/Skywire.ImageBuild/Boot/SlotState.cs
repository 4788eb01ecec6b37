// The slot state: U-Boot's environment block without redundancy flag: CRC-32 (little endian) of the rest, then name=value strings, zero padded.
using System.Buffers.Binary;
using System.Text;

namespace Skywire.ImageBuild.Boot;

/// <summary>Which slot is next and how many starts each may still try. The boot script and libubootenv's fw_setenv read and write the same block.</summary>
internal sealed record SlotState(string Order, int LeftA, int LeftB)
{
    /// <summary>Size of the block in bytes; /etc/fw_env.config and boot.cmd say the same.</summary>
    public const int Size = 0x1000;

    /// <summary>Tries of a slot that is believed good.</summary>
    public const int FullTries = 3;

    /// <summary>State of a fresh card: slot A holds the system, slot B is empty and has no tries.</summary>
    public static SlotState Fresh { get; } = new("A B", FullTries, 0);

    /// <summary>The block.</summary>
    public byte[] Encode()
    {
        var block = new byte[Size];
        Encoding.ASCII.GetBytes($"BOOT_ORDER={Order}\0BOOT_A_LEFT={LeftA}\0BOOT_B_LEFT={LeftB}\0\0", block.AsSpan(4));
        BinaryPrimitives.WriteUInt32LittleEndian(block, Crc32(block.AsSpan(4)));
        return block;
    }

    /// <summary>Reads a block; null when its CRC or form is wrong.</summary>
    public static SlotState? TryDecode(ReadOnlySpan<byte> block)
    {
        if (block.Length < Size || BinaryPrimitives.ReadUInt32LittleEndian(block) != Crc32(block[4..Size]))
        {
            return null;
        }

        var values = Encoding.ASCII.GetString(block[4..Size]).Split('\0', StringSplitOptions.RemoveEmptyEntries).Select(v => v.Split('=', 2)).Where(f => f.Length == 2).ToDictionary(f => f[0], f => f[1]);
        return values.TryGetValue("BOOT_ORDER", out var order) && int.TryParse(values.GetValueOrDefault("BOOT_A_LEFT"), out var a) && int.TryParse(values.GetValueOrDefault("BOOT_B_LEFT"), out var b)
            ? new SlotState(order, a, b) : null;
    }

    private static uint Crc32(ReadOnlySpan<byte> data)
    {
        var crc = uint.MaxValue;
        foreach (var value in data)
        {
            crc ^= value;
            for (var bit = 0; bit < 8; bit++)
            {
                crc = (crc >> 1) ^ (0xEDB88320 & (0 - (crc & 1)));
            }
        }

        return ~crc;
    }
}
