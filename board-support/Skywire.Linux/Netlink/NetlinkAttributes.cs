// Attributes: length (2, with these four bytes), type (2), value, padding. Values may be attributes again.
using System.Buffers.Binary;

namespace Skywire.Linux.Netlink;

/// <summary>Walks attributes with <c>foreach</c>. Ends where the rest is no attribute; nothing throws.</summary>
public ref struct NetlinkAttributes(ReadOnlySpan<byte> bytes)
{
    /// <summary>Size of struct nlattr.</summary>
    public const int HeaderSize = 4;

    // NLA_TYPE_MASK: the two highest bits say that the value is nested or in network order.
    private const int TypeMask = 0x3FFF;

    private ReadOnlySpan<byte> _rest = bytes;

    /// <summary>The attribute the walk stands at.</summary>
    public NetlinkAttribute Current { get; private set; }

    /// <summary>The walk itself.</summary>
    public readonly NetlinkAttributes GetEnumerator() => this;

    /// <summary>Goes on to the next; false at the end and where the rest is no attribute.</summary>
    public bool MoveNext()
    {
        var isThere = TryRead(out var attribute);
        Current = attribute;
        return isThere;
    }

    /// <summary>The next attribute; false at the end and where the rest is no attribute.</summary>
    public bool TryRead(out NetlinkAttribute attribute)
    {
        attribute = default;
        if (_rest.Length < HeaderSize)
        {
            return false;
        }

        int length = BinaryPrimitives.ReadUInt16LittleEndian(_rest);
        if (length < HeaderSize || length > _rest.Length)
        {
            _rest = default;
            return false;
        }

        attribute = new NetlinkAttribute((ushort)(BinaryPrimitives.ReadUInt16LittleEndian(_rest[2..]) & TypeMask), _rest[HeaderSize..length]);
        _rest = _rest[Math.Min(NetlinkMessage.Aligned(length), _rest.Length)..];
        return true;
    }

    /// <summary>The first attribute of this type from here on.</summary>
    public readonly bool TryFind(ushort type, out NetlinkAttribute attribute)
    {
        var walk = this;
        while (walk.TryRead(out attribute))
        {
            if (attribute.Type == type)
            {
                return true;
            }
        }

        attribute = default;
        return false;
    }
}
