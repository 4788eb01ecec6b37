// Randomness comes from outside, so that a mesh can be replayed from one seed.
using System.Security.Cryptography;

namespace Skywire.Crypto;

/// <summary>A source of random bytes.</summary>
public interface IEntropy
{
    /// <summary>Fills <paramref name="destination"/> whole.</summary>
    void Fill(Span<byte> destination);
}

/// <summary>The kernel's generator.</summary>
public sealed class SystemEntropy : IEntropy
{
    /// <summary>The one instance.</summary>
    public static SystemEntropy Instance { get; } = new();

    /// <inheritdoc/>
    public void Fill(Span<byte> destination) => RandomNumberGenerator.Fill(destination);
}
