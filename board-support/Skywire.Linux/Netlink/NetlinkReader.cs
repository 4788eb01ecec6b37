// Takes a netlink datagram apart. Lengths are checked against what is there: a datagram that lies ends early, nothing throws.
using System.Buffers.Binary;

namespace Skywire.Linux.Netlink;

/// <summary>Reads the messages of a datagram one after the other.</summary>
public ref struct NetlinkReader(ReadOnlySpan<byte> datagram)
{
    private ReadOnlySpan<byte> _rest = datagram;

    /// <summary>The next message; false at the end and where the rest is no message.</summary>
    public bool TryRead(out NetlinkMessage message)
    {
        message = default;
        if (_rest.Length < NetlinkMessage.HeaderSize)
        {
            return false;
        }

        var length = BinaryPrimitives.ReadUInt32LittleEndian(_rest);
        if (length < NetlinkMessage.HeaderSize || length > (uint)_rest.Length)
        {
            _rest = default;
            return false;
        }

        var whole = (int)length;
        message = new NetlinkMessage(
            BinaryPrimitives.ReadUInt16LittleEndian(_rest[4..]),
            (NetlinkFlags)BinaryPrimitives.ReadUInt16LittleEndian(_rest[6..]),
            BinaryPrimitives.ReadUInt32LittleEndian(_rest[8..]),
            _rest[NetlinkMessage.HeaderSize..whole]);
        // The last one may leave its padding out.
        _rest = _rest[Math.Min(NetlinkMessage.Aligned(whole), _rest.Length)..];
        return true;
    }
}
