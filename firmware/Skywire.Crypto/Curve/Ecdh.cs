// Key agreement (spec 01 §4).
using System.Security.Cryptography;

namespace Skywire.Crypto;

/// <summary>SHA-256 of the compressed product of a secret key and a peer's public key.</summary>
internal static class Ecdh
{
    /// <summary>Bytes of a shared secret.</summary>
    internal const int SharedSize = 32;

    /// <summary>Computes the shared secret in constant time.</summary>
    /// <exception cref="ArgumentException">The peer key is null.</exception>
    internal static void Agree(ReadOnlySpan<byte> secret, PubKey peer, Span<byte> shared)
    {
        Span<byte> compressed = stackalloc byte[PubKey.Size];
        Multiply(secret, peer, compressed);
        SHA256.HashData(compressed, shared[..SharedSize]);
        CryptographicOperations.ZeroMemory(compressed);
    }

    /// <summary>The compressed product itself, 33 bytes: a secret. For key agreement and deterministic keys.</summary>
    /// <exception cref="ArgumentException">The peer key is null.</exception>
    internal static void Multiply(ReadOnlySpan<byte> secret, PubKey peer, Span<byte> compressed)
    {
        peer.CopyTo(compressed);
        if (!AffinePoint.TryRead(compressed[..PubKey.Size], out var point))
        {
            throw new ArgumentException("the null key names nobody to agree with", nameof(peer));
        }

        Scalar.Read(secret, out var k);
        PointMultiplication.Multiply(in point, in k, out var product);
        product.ToAffine(out var affine);
        affine.Write(compressed);
        ConstantTime.Wipe(ref k);
        ConstantTime.Wipe(ref product);
        ConstantTime.Wipe(ref affine);
    }
}
