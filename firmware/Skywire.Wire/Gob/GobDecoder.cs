// SCAFFOLD: signature only.
using System.Buffers;

namespace Skywire.Wire.Gob;

/// <summary>Reads one gob stream. Type ids are taken from the stream. Never throws for input; limits are those of <see cref="GobLimits"/>.</summary>
public sealed class GobDecoder
{
    /// <summary>
    /// Reads definitions and the next value. <see cref="OperationStatus.Done"/>: <paramref name="value"/> is set and <paramref name="consumed"/> bytes were used.
    /// <see cref="OperationStatus.NeedMoreData"/>: nothing was consumed. <see cref="OperationStatus.InvalidData"/>: the stream is broken for good.
    /// </summary>
    public OperationStatus TryDecode(ReadOnlySpan<byte> input, out GobValue value, out int consumed) => throw new NotImplementedException();
}

/// <summary>Limits on what a peer may make us hold.</summary>
public sealed record GobLimits
{
    /// <summary>Largest message; control messages of this protocol are below 100 KiB.</summary>
    public int MaxMessage { get; init; } = 1 << 20;

    /// <summary>Deepest nesting.</summary>
    public int MaxDepth { get; init; } = 16;

    /// <summary>Most type definitions on one stream.</summary>
    public int MaxTypes { get; init; } = 256;
}
