// Header of a yamux frame, both ways (spec 03 §3).
using System.Buffers.Binary;

namespace Skywire.Wire.Yamux;

/// <summary>What a frame carries.</summary>
internal enum YamuxFrameType : byte
{
    /// <summary>As many bytes as <see cref="YamuxFrame.Length"/> says.</summary>
    Data = 0,

    /// <summary>Credit of <see cref="YamuxFrame.Length"/> bytes.</summary>
    WindowUpdate = 1,

    /// <summary>Opaque value in <see cref="YamuxFrame.Length"/>.</summary>
    Ping = 2,

    /// <summary>Reason in <see cref="YamuxFrame.Length"/>.</summary>
    GoAway = 3,
}

/// <summary>Flags of a frame.</summary>
[Flags]
internal enum YamuxFlags : ushort
{
    None = 0,

    /// <summary>Opens a stream; on a ping: a question.</summary>
    Syn = 1,

    /// <summary>Accepts a stream; on a ping: the answer.</summary>
    Ack = 2,

    /// <summary>The sender writes no more.</summary>
    Fin = 4,

    /// <summary>The stream is gone.</summary>
    Rst = 8,
}

/// <summary>version(1) = 0, type(1), flags(2), stream id(4), length(4), all big endian.</summary>
internal readonly record struct YamuxFrame(YamuxFrameType Type, YamuxFlags Flags, uint StreamId, uint Length)
{
    /// <summary>Bytes of a header.</summary>
    public const int Size = 12;

    /// <summary>Credit each side of a new stream has.</summary>
    public const int InitialWindow = 256 * 1024;

    /// <summary>Reasons of a go-away.</summary>
    public const uint NormalEnd = 0;

    /// <summary>The peer broke the protocol.</summary>
    public const uint ProtocolBroken = 1;

    private const byte Version = 0;

    /// <summary>True when the flag is set; as <see cref="Enum.HasFlag"/>, which makes objects in a debug build.</summary>
    public bool Has(YamuxFlags flag) => (Flags & flag) != 0;

    /// <summary>Reads 12 bytes. False for another version or an unknown type. Unknown flags are ignored, as in the reference.</summary>
    public static bool TryRead(ReadOnlySpan<byte> header, out YamuxFrame frame)
    {
        frame = new YamuxFrame(
            (YamuxFrameType)header[1],
            (YamuxFlags)BinaryPrimitives.ReadUInt16BigEndian(header[2..]),
            BinaryPrimitives.ReadUInt32BigEndian(header[4..]),
            BinaryPrimitives.ReadUInt32BigEndian(header[8..]));
        return header[0] == Version && frame.Type <= YamuxFrameType.GoAway;
    }

    /// <summary>Writes 12 bytes.</summary>
    public void WriteTo(Span<byte> header)
    {
        header[0] = Version;
        header[1] = (byte)Type;
        BinaryPrimitives.WriteUInt16BigEndian(header[2..], (ushort)Flags);
        BinaryPrimitives.WriteUInt32BigEndian(header[4..], StreamId);
        BinaryPrimitives.WriteUInt32BigEndian(header[8..], Length);
    }
}
