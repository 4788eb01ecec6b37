// The unit that travels on a transport (spec 12 §1). It lives here, below routing, because the transport's one read loop parses it in place.
using System.Buffers.Binary;

namespace Skywire.Transport;

/// <summary>Packet types (spec 12 §1.1).</summary>
public enum PacketType : byte
{
    /// <summary>Application bytes.</summary>
    Data = 0,

    /// <summary>End of a route; 1-byte code.</summary>
    Close = 1,

    /// <summary>Refreshes rules.</summary>
    KeepAlive = 2,

    /// <summary>Start of a route group; 1-byte flag: 1 = encrypt.</summary>
    Handshake = 3,

    /// <summary>timestamp (8), throughput (8).</summary>
    Ping = 4,

    /// <summary>timestamp (8), zero (8).</summary>
    Pong = 5,

    /// <summary>UTF-8 text.</summary>
    Error = 6,

    /// <summary>2026: 8 bytes echoed on the transport itself; route ID 0.</summary>
    TransportPing = 8,

    /// <summary>2026: the echo.</summary>
    TransportPong = 9,
}

/// <summary>type (1) || route ID (4) || payload size (2), big endian (spec 12 §1).</summary>
public readonly record struct PacketHeader(PacketType Type, uint RouteId, ushort PayloadSize)
{
    /// <summary>Bytes of a header.</summary>
    public const int Size = 7;

    /// <summary>Largest payload.</summary>
    public const int MaxPayload = ushort.MaxValue;

    /// <summary>Largest packet.</summary>
    public const int MaxPacket = Size + MaxPayload;

    /// <summary>Header and payload.</summary>
    public int PacketSize => Size + PayloadSize;

    /// <summary>Reads a header; any seven bytes are one.</summary>
    public static PacketHeader Read(ReadOnlySpan<byte> source) => new((PacketType)source[0], BinaryPrimitives.ReadUInt32BigEndian(source[1..]), BinaryPrimitives.ReadUInt16BigEndian(source[5..]));

    /// <summary>Writes the header.</summary>
    public void Write(Span<byte> destination)
    {
        destination[0] = (byte)Type;
        BinaryPrimitives.WriteUInt32BigEndian(destination[1..], RouteId);
        BinaryPrimitives.WriteUInt16BigEndian(destination[5..], PayloadSize);
    }

    /// <summary>Puts another route ID into a packet already in memory.</summary>
    public static void Restamp(Span<byte> packet, uint routeId) => BinaryPrimitives.WriteUInt32BigEndian(packet[1..], routeId);
}
