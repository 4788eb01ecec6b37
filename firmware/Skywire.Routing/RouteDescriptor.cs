// Names a route group on both ends (spec 12 §2).
using System.Buffers.Binary;
using Skywire.Crypto;

namespace Skywire.Routing;

/// <summary>src key (33) || dst key (33) || src port (2) || dst port (2) (spec 12 §2).</summary>
public readonly record struct RouteDescriptor(PubKey SourceKey, PubKey DestinationKey, ushort SourcePort, ushort DestinationPort)
{
    /// <summary>Bytes of a descriptor.</summary>
    public const int Size = 70;

    /// <summary>Keys and ports exchanged.</summary>
    public RouteDescriptor Inverted => new(DestinationKey, SourceKey, DestinationPort, SourcePort);

    /// <summary>Reads exactly <see cref="Size"/> bytes; false when the length differs or a key is none. Never throws.</summary>
    public static bool TryRead(ReadOnlySpan<byte> source, out RouteDescriptor descriptor)
    {
        descriptor = default;
        if (source.Length != Size || !PubKey.TryParse(source[..PubKey.Size], out var from) || !PubKey.TryParse(source.Slice(PubKey.Size, PubKey.Size), out var to))
        {
            return false;
        }

        descriptor = new(from, to, BinaryPrimitives.ReadUInt16BigEndian(source[66..]), BinaryPrimitives.ReadUInt16BigEndian(source[68..]));
        return true;
    }

    /// <summary>Writes <see cref="Size"/> bytes.</summary>
    public void CopyTo(Span<byte> destination)
    {
        SourceKey.CopyTo(destination);
        DestinationKey.CopyTo(destination[PubKey.Size..]);
        BinaryPrimitives.WriteUInt16BigEndian(destination[66..], SourcePort);
        BinaryPrimitives.WriteUInt16BigEndian(destination[68..], DestinationPort);
    }

    /// <summary>The bytes in a new array.</summary>
    public byte[] ToBytes()
    {
        var bytes = new byte[Size];
        CopyTo(bytes);
        return bytes;
    }

    /// <summary>Short form for logs and tables: <c>key:port->key:port</c>.</summary>
    public override string ToString() => $"{SourceKey.ToShortString()}:{SourcePort}->{DestinationKey.ToShortString()}:{DestinationPort}";
}
