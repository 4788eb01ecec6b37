// Memory as O_DIRECT wants it: page-aligned, and never moved by the collector.
using System.Runtime.InteropServices;

namespace Skywire.Workbench.Flashing;

/// <summary>One block of page-aligned memory. Owned by who made it; not usable after <see cref="Dispose"/>.</summary>
internal sealed unsafe class AlignedBlock : IDisposable
{
    /// <summary>4 MiB: large enough that a card's controller writes whole erase blocks, small enough that progress and Ctrl-C are prompt.</summary>
    public const int Size = 4 << 20;

    private const int Page = 4096;
    private void* _memory = NativeMemory.AlignedAlloc(Size, Page);

    /// <summary>Bytes of it that are filled.</summary>
    public int Length { get; private set; }

    /// <summary>All of it.</summary>
    public Span<byte> Whole => _memory is null ? throw new ObjectDisposedException(nameof(AlignedBlock)) : new Span<byte>(_memory, Size);

    /// <summary>The filled part.</summary>
    public Span<byte> Filled => Whole[..Length];

    /// <summary>Fills it from a stream until full or at the end. Returns the number of bytes.</summary>
    public int FillFrom(Stream stream)
    {
        Length = stream.ReadAtLeast(Whole, Size, throwOnEndOfStream: false);
        return Length;
    }

    /// <summary>The filled part up to the next page, as disks with large sectors want it, but no longer than <paramref name="room"/>. What is added is zero.</summary>
    public Span<byte> Padded(long room)
    {
        var padded = (int)Math.Min((Length + Page - 1) & ~(Page - 1), Math.Max(room, Length));
        Whole[Length..padded].Clear();
        return Whole[..padded];
    }

    /// <summary>Says how much of it is filled.</summary>
    public void SetLength(int length) => Length = length;

    /// <inheritdoc/>
    public void Dispose()
    {
        NativeMemory.AlignedFree(_memory);
        _memory = null;
    }
}
