// Makes one netlink message. The counterpart of NetlinkReader and NetlinkAttributes.
using System.Buffers.Binary;
using System.Text;

namespace Skywire.Linux.Netlink;

/// <summary>Writes one message: what the family puts first by <see cref="Raw"/>, then attributes. Methods give the writer back, so that a request reads as one expression.</summary>
public sealed class NetlinkWriter
{
    // NLA_F_NESTED.
    private const ushort NestedBit = 0x8000;

    private byte[] _bytes = new byte[256];
    private int _length = NetlinkMessage.HeaderSize;

    /// <summary>Begins a message.</summary>
    public NetlinkWriter(ushort type, NetlinkFlags flags = NetlinkFlags.None)
    {
        Type = type;
        Flags = flags;
    }

    /// <summary>Type of the message.</summary>
    public ushort Type { get; }

    /// <summary>Flags the request adds to those of its kind.</summary>
    public NetlinkFlags Flags { get; }

    /// <summary>Bytes as they are, padded.</summary>
    public NetlinkWriter Raw(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(Take(bytes.Length));
        return this;
    }

    /// <summary>An attribute with these bytes.</summary>
    public NetlinkWriter Bytes(ushort type, ReadOnlySpan<byte> value)
    {
        value.CopyTo(Attribute(type, value.Length));
        return this;
    }

    /// <summary>An attribute that is there or not.</summary>
    public NetlinkWriter Flag(ushort type) => Bytes(type, []);

    /// <summary>An attribute of one byte.</summary>
    public NetlinkWriter UInt8(ushort type, byte value) => Bytes(type, [value]);

    /// <summary>An attribute of two bytes.</summary>
    public NetlinkWriter UInt16(ushort type, ushort value)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(Attribute(type, sizeof(ushort)), value);
        return this;
    }

    /// <summary>An attribute of four bytes.</summary>
    public NetlinkWriter UInt32(ushort type, uint value)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(Attribute(type, sizeof(uint)), value);
        return this;
    }

    /// <summary>An attribute of eight bytes.</summary>
    public NetlinkWriter UInt64(ushort type, ulong value)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(Attribute(type, sizeof(ulong)), value);
        return this;
    }

    /// <summary>An attribute with a text and the zero that ends it.</summary>
    public NetlinkWriter Text(ushort type, string value)
    {
        var place = Attribute(type, Encoding.UTF8.GetByteCount(value) + 1);
        Encoding.UTF8.GetBytes(value, place);
        return this;
    }

    /// <summary>An attribute that holds what <paramref name="write"/> writes.</summary>
    public NetlinkWriter Nested(ushort type, Action<NetlinkWriter> write)
    {
        var start = _length;
        Take(NetlinkAttributes.HeaderSize);
        write(this);
        Head(start, (ushort)(type | NestedBit), _length - start);
        return this;
    }

    /// <summary>The message with its header.</summary>
    public byte[] ToMessage(NetlinkFlags flags, uint sequence)
    {
        var message = _bytes[.._length];
        BinaryPrimitives.WriteUInt32LittleEndian(message, (uint)_length);
        BinaryPrimitives.WriteUInt16LittleEndian(message.AsSpan(4), Type);
        BinaryPrimitives.WriteUInt16LittleEndian(message.AsSpan(6), (ushort)(Flags | flags));
        BinaryPrimitives.WriteUInt32LittleEndian(message.AsSpan(8), sequence);
        return message;
    }

    private Span<byte> Attribute(ushort type, int size)
    {
        var start = _length;
        var place = Take(NetlinkAttributes.HeaderSize + size)[NetlinkAttributes.HeaderSize..];
        Head(start, type, NetlinkAttributes.HeaderSize + size);
        return place;
    }

    private void Head(int start, ushort type, int length)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(_bytes.AsSpan(start), checked((ushort)length));
        BinaryPrimitives.WriteUInt16LittleEndian(_bytes.AsSpan(start + 2), type);
    }

    // The padding is zero: the buffer is new and only grows.
    private Span<byte> Take(int size)
    {
        var end = _length + NetlinkMessage.Aligned(size);
        if (end > _bytes.Length)
        {
            Array.Resize(ref _bytes, Math.Max(end, _bytes.Length * 2));
        }

        var place = _bytes.AsSpan(_length, size);
        _length = end;
        return place;
    }
}
