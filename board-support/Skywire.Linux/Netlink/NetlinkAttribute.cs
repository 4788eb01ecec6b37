// One attribute. Its value has the size the sender gave it, so every reading of it can fail.
using System.Buffers.Binary;
using System.Text;

namespace Skywire.Linux.Netlink;

/// <summary>One attribute where it lies in its message.</summary>
public readonly ref struct NetlinkAttribute(ushort type, ReadOnlySpan<byte> value)
{
    /// <summary>Type, without the bits for nesting and byte order.</summary>
    public ushort Type { get; } = type;

    /// <summary>Its bytes, without padding.</summary>
    public ReadOnlySpan<byte> Value { get; } = value;

    /// <summary>The attributes in it.</summary>
    public NetlinkAttributes Nested => new(Value);

    /// <summary>One byte.</summary>
    public bool TryUInt8(out byte number)
    {
        var isThere = Value.Length >= 1;
        number = isThere ? Value[0] : (byte)0;
        return isThere;
    }

    /// <summary>Two bytes.</summary>
    public bool TryUInt16(out ushort number) => BinaryPrimitives.TryReadUInt16LittleEndian(Value, out number);

    /// <summary>Four bytes.</summary>
    public bool TryUInt32(out uint number) => BinaryPrimitives.TryReadUInt32LittleEndian(Value, out number);

    /// <summary>Four bytes with a sign.</summary>
    public bool TryInt32(out int number) => BinaryPrimitives.TryReadInt32LittleEndian(Value, out number);

    /// <summary>Eight bytes; the kernel sends four where it can.</summary>
    public bool TryUInt64(out ulong number)
    {
        if (Value.Length is >= 4 and < 8)
        {
            number = BinaryPrimitives.ReadUInt32LittleEndian(Value);
            return true;
        }

        return BinaryPrimitives.TryReadUInt64LittleEndian(Value, out number);
    }

    /// <summary>A text up to its zero; false for none, or when it holds anything but printable ASCII.</summary>
    public bool TryText(out string text)
    {
        var end = Value.IndexOf((byte)0);
        var bytes = end < 0 ? Value : Value[..end];
        var isText = bytes.Length > 0 && !bytes.ContainsAnyExceptInRange((byte)' ', (byte)'~');
        text = isText ? Encoding.ASCII.GetString(bytes) : "";
        return isText;
    }

    /// <summary>A hardware address of six bytes, "02:00:00:00:00:00".</summary>
    public bool TryHardwareAddress(out string address)
    {
        address = Value.Length == HardwareAddress.Size ? HardwareAddress.Text(Value) : "";
        return address.Length > 0;
    }
}
