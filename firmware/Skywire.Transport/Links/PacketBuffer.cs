// Turns the plaintext of a link into packets, in place. Small while the link is idle, large while it carries bulk data: the cost of a relay is per
// read, and a board may hold hundreds of idle links.
using System.Buffers;
using Skywire.Noise;

namespace Skywire.Transport.Links;

/// <summary>One owner: the read loop. Call <see cref="Prepare"/>, read into <see cref="Free"/>, <see cref="Commit"/>, then take packets until there is none.</summary>
internal sealed class PacketBuffer : IDisposable
{
    /// <summary>Holds two noise frames; packets of an idle link (pings) are far smaller.</summary>
    internal const int Small = 8 * 1024;

    /// <summary>From 64 KiB to 256 KiB the cost per byte of a relay falls by a third (measured); above, hardly.</summary>
    internal const int Large = 256 * 1024;

    /// <summary>Reads that would all have fitted into a small buffer, until it is made small again.</summary>
    private const int QuietReads = 64;

    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(Small);
    private int _start;
    private int _end;
    private int _quietReads;
    private bool _filled;

    /// <summary>Where the next bytes go.</summary>
    internal Memory<byte> Free => _buffer.AsMemory(_end);

    /// <summary>Size held now, in bytes.</summary>
    internal int Capacity => _buffer.Length;

    /// <summary>Moves the rest to the front and makes room: for the whole packet that has begun, and for a full noise frame in any case.</summary>
    internal void Prepare()
    {
        var rest = _end - _start;
        var needed = rest + NoiseFrame.MaxPlaintext;
        if (rest >= PacketHeader.Size)
        {
            needed = Math.Max(needed, PacketHeader.Read(_buffer.AsSpan(_start)).PacketSize);
        }

        var size = _buffer.Length;
        if (_filled && size < Large)
        {
            size = Math.Min(size * 4, Large);
        }
        else if (_quietReads >= QuietReads && size > Small)
        {
            size = Small;
            _quietReads = 0;
        }

        size = Math.Max(size, needed);
        if (size > _buffer.Length || size < _buffer.Length / 2)
        {
            var other = ArrayPool<byte>.Shared.Rent(size);
            _buffer.AsSpan(_start, rest).CopyTo(other);
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = other;
        }
        else if (_start > 0)
        {
            _buffer.AsSpan(_start, rest).CopyTo(_buffer);
        }

        _start = 0;
        _end = rest;
        _filled = false;
    }

    /// <summary>Takes over <paramref name="count"/> bytes read into <see cref="Free"/>.</summary>
    internal void Commit(int count)
    {
        // A reader that fills whole frames leaves less than one frame's room unused.
        _filled = count > _buffer.Length - _end - NoiseFrame.MaxPlaintext;
        _quietReads = count <= Small / 2 ? _quietReads + 1 : 0;
        _end += count;
    }

    /// <summary>The next complete packet, where it lies; false when more bytes are needed. Stays the same until <see cref="Consume"/>.</summary>
    internal bool TryPeek(out PacketHeader header, out Span<byte> packet)
    {
        var rest = _end - _start;
        if (rest >= PacketHeader.Size)
        {
            header = PacketHeader.Read(_buffer.AsSpan(_start));
            if (rest >= header.PacketSize)
            {
                packet = _buffer.AsSpan(_start, header.PacketSize);
                return true;
            }
        }

        header = default;
        packet = default;
        return false;
    }

    /// <summary>Goes past a packet of this size.</summary>
    internal void Consume(int size) => _start += size;

    /// <summary>Gives the buffer back.</summary>
    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
    }
}
