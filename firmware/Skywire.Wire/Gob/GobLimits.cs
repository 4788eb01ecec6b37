// What a peer may make a decoder hold.
namespace Skywire.Wire.Gob;

/// <summary>Limits on what a peer may make us hold.</summary>
public sealed record GobLimits
{
    /// <summary>The defaults.</summary>
    public static GobLimits Default { get; } = new();

    /// <summary>Largest message, the definitions before it included; control messages of this protocol are below 100 KiB.</summary>
    public int MaxMessage { get; init; } = 1 << 20;

    /// <summary>Deepest nesting.</summary>
    public int MaxDepth { get; init; } = 16;

    /// <summary>Most type definitions on one stream.</summary>
    public int MaxTypes { get; init; } = 256;

    /// <summary>Most fields of a struct; the widest of the protocol has about 30.</summary>
    public int MaxFields { get; init; } = 256;

    /// <summary>Most values in one message, elements and fields counted one by one: a byte on the wire can cost a hundred in memory.</summary>
    public int MaxValues { get; init; } = 1 << 16;
}
