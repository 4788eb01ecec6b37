// Fractions and orders drawn from an entropy source: what jitter and the choice among equals need.
using Skywire.Crypto;

namespace Skywire.Wire;

/// <summary>Draws from an entropy source. Not for keys: the fractions are coarse.</summary>
public static class EntropyDraws
{
    /// <summary>A number in [0, 1).</summary>
    public static double NextFraction(this IEntropy entropy)
    {
        Span<byte> bytes = stackalloc byte[sizeof(uint)];
        entropy.Fill(bytes);
        return BitConverter.ToUInt32(bytes) / (uint.MaxValue + 1.0);
    }

    /// <summary>Shuffles in place.</summary>
    public static void Shuffle<T>(this IEntropy entropy, IList<T> items)
    {
        for (var i = items.Count - 1; i > 0; i--)
        {
            var j = (int)(entropy.NextFraction() * (i + 1));
            (items[i], items[j]) = (items[j], items[i]);
        }
    }
}
