// A piece of a bundle.
namespace Skywire.Update.Blocks;

/// <summary>Bytes from <paramref name="Start"/> on, <paramref name="Length"/> of them.</summary>
public readonly record struct ByteRange(long Start, long Length)
{
    /// <summary>The first byte behind it.</summary>
    public long End => Start + Length;
}
