// Reproducible randomness for tests.
using Skywire.Crypto;

namespace Skywire.Testing;

/// <summary>Random bytes from a seed; the same seed gives the same bytes. Not for keys that guard anything.</summary>
public sealed class SeededEntropy(int seed) : IEntropy
{
    private readonly Random _random = new(seed);

    /// <inheritdoc/>
    public void Fill(Span<byte> destination) => _random.NextBytes(destination);
}
