// Many packets in one call: what a sender has queued for one peer.
namespace Skywire.Crypto;

public sealed partial class AeadKey
{
    /// <summary>
    /// Seals packets that lie one after the other in <paramref name="plaintexts"/>, of the given lengths (bytes), with consecutive counters from
    /// <paramref name="firstCounter"/>. Writes each as ciphertext || tag, one after the other, and returns the bytes written:
    /// <c>plaintexts.Length + 16 * lengths.Length</c>. The buffers must not overlap, since every tag moves what follows.
    /// </summary>
    /// <exception cref="ArgumentException">The lengths do not add up to the plaintexts, or the destination is too short; nothing was written.</exception>
    /// <exception cref="OverflowException">The counters would pass 2^64 - 1; nothing was written.</exception>
    public int SealBatch(ulong firstCounter, ReadOnlySpan<int> lengths, ReadOnlySpan<byte> plaintexts, Span<byte> destination)
    {
        long sum = 0;
        foreach (var length in lengths)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(length, nameof(lengths));
            sum += length;
        }

        if (sum != plaintexts.Length)
        {
            throw new ArgumentException("the lengths do not add up to the plaintexts", nameof(lengths));
        }

        var needed = sum + ((long)lengths.Length * TagSize);
        if (destination.Length < needed)
        {
            throw new ArgumentException("shorter than the packets", nameof(destination));
        }

        // A counter that wrapped would repeat a nonce.
        _ = checked(firstCounter + (ulong)lengths.Length);
        ref var key = ref Key;
        var counter = firstCounter;
        foreach (var length in lengths)
        {
            AeadConstruction.Seal(_kernel, ref key, new ChaCha20Position(0, counter), plaintexts[..length], destination[..length], destination.Slice(length, TagSize), default);
            plaintexts = plaintexts[length..];
            destination = destination[(length + TagSize)..];
            counter++;
        }

        return (int)needed;
    }
}
