// Frames on their way to the layer below, gathered so that many go out in one write.
using System.Buffers;

namespace Skywire.Wire.Yamux;

/// <summary>
/// One batch of frames: room for control frames at the front, data frames behind, so that window updates and pings ride ahead of data already gathered.
/// Rents its array with the first frame and grows it; <see cref="Release"/> gives it back. Not thread-safe.
/// </summary>
internal sealed class SendBuffer
{
    /// <summary>Control frames that fit ahead of the data of one batch.</summary>
    public const int MaxControlFrames = 64;

    private const int Headroom = MaxControlFrames * YamuxFrame.Size;
    private const int FirstSize = 4096;

    private byte[] _buffer = [];
    private int _start = Headroom;
    private int _end = Headroom;
    private int _expected = FirstSize;

    /// <summary>Bytes gathered behind the headroom.</summary>
    public int Count => _end - Headroom;

    /// <summary>True with neither control nor data frames.</summary>
    public bool IsEmpty => _start == _end;

    /// <summary>The whole batch.</summary>
    public ReadOnlyMemory<byte> Batch => _buffer.AsMemory(_start, _end - _start);

    /// <summary>Room for so many control frames ahead of the data; call once per batch and write them in order.</summary>
    public Span<byte> ReserveControl(int frames)
    {
        Ensure(_end);
        _start = Headroom - (frames * YamuxFrame.Size);
        return _buffer.AsSpan(_start, Headroom - _start);
    }

    /// <summary>Appends a frame.</summary>
    public void Append(YamuxFrame frame, ReadOnlySpan<byte> payload)
    {
        Ensure(_end + YamuxFrame.Size + payload.Length);
        frame.WriteTo(_buffer.AsSpan(_end));
        payload.CopyTo(_buffer.AsSpan(_end + YamuxFrame.Size));
        _end += YamuxFrame.Size + payload.Length;
    }

    /// <summary>Empties the buffer and gives the array back; the next one is rented as large as this batch was.</summary>
    public void Release()
    {
        if (_buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
        }

        _expected = Math.Max(_end, FirstSize);
        _buffer = [];
        _start = _end = Headroom;
    }

    private void Ensure(int size)
    {
        if (size <= _buffer.Length)
        {
            return;
        }

        var larger = ArrayPool<byte>.Shared.Rent(_buffer.Length == 0 ? Math.Max(size, _expected) : Math.Max(size, _buffer.Length * 2));
        _buffer.AsSpan(0, Math.Min(_end, _buffer.Length)).CopyTo(larger);
        if (_buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
        }

        _buffer = larger;
    }
}
