// Bytes received on a stream and not yet read.
using System.Buffers;
using System.Numerics;

namespace Skywire.Wire.Yamux;

/// <summary>A ring over one pooled array that starts small and doubles. Owns the array until <see cref="Release"/>. Not thread-safe. A mutable struct: never copy it.</summary>
internal struct ReceiveRing
{
    private const int FirstSize = 4096;

    private byte[]? _buffer;
    private int _head;

    /// <summary>Bytes held.</summary>
    public int Count { get; private set; }

    /// <summary>Appends; the caller keeps <see cref="Count"/> within the window.</summary>
    public void Append(ReadOnlySpan<byte> data)
    {
        if (_buffer is null || Count + data.Length > _buffer.Length)
        {
            Grow(Count + data.Length);
        }

        var buffer = _buffer!;
        var tail = _head + Count;
        tail = tail >= buffer.Length ? tail - buffer.Length : tail;
        var first = Math.Min(data.Length, buffer.Length - tail);
        data[..first].CopyTo(buffer.AsSpan(tail));
        data[first..].CopyTo(buffer);
        Count += data.Length;
    }

    /// <summary>Takes up to the length of <paramref name="destination"/>; returns how many.</summary>
    public int Read(Span<byte> destination)
    {
        var count = Math.Min(Count, destination.Length);
        if (count == 0)
        {
            return 0;
        }

        var buffer = _buffer!;
        var first = Math.Min(count, buffer.Length - _head);
        buffer.AsSpan(_head, first).CopyTo(destination);
        buffer.AsSpan(0, count - first).CopyTo(destination[first..]);
        Count -= count;
        _head += count;
        _head = Count == 0 ? 0 : _head >= buffer.Length ? _head - buffer.Length : _head;
        return count;
    }

    /// <summary>Forgets the content and gives the array back.</summary>
    public void Release()
    {
        if (_buffer is { } buffer)
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        _buffer = null;
        _head = 0;
        Count = 0;
    }

    private void Grow(int needed)
    {
        var larger = ArrayPool<byte>.Shared.Rent((int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(needed, FirstSize)));
        var count = Count;
        Read(larger);
        Release();
        _buffer = larger;
        Count = count;
    }
}
