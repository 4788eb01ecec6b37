// Keys from a seed, so that a wallet or a test mesh can be made again (spec 01 §5).
using System.Security.Cryptography;

namespace Skywire.Crypto;

/// <summary>The deterministic key sequence of spec 01 §5.</summary>
public static class DeterministicKeys
{
    /// <summary>Bytes of the seed for the next key.</summary>
    public const int NextSeedSize = SHA256.HashSizeInBytes;

    /// <summary>Makes one key from a seed of any length from 1, and the seed of the key after it. <paramref name="nextSeed"/> (32 bytes, secret like the key) may lie on the seed.</summary>
    /// <exception cref="ArgumentException">The seed is empty.</exception>
    public static void Next(ReadOnlySpan<byte> seed, out SecKey key, Span<byte> nextSeed)
    {
        if (seed.IsEmpty)
        {
            throw new ArgumentException("a seed must have at least one byte", nameof(seed));
        }

        // Secrets lie side by side here, to be wiped together: hash (32) || compressed product (33) || scratch (32) || mix (32).
        const int ProductAt = SHA256.HashSizeInBytes;
        const int ScratchAt = ProductAt + PubKey.Size;
        const int MixAt = ScratchAt + SHA256.HashSizeInBytes;
        Span<byte> work = stackalloc byte[MixAt + SHA256.HashSizeInBytes];
        var hash = work[..ProductAt];
        var scratch = work[ScratchAt..MixAt];
        var mix = work[MixAt..];

        SHA256.HashData(seed, hash);
        SHA256.HashData(hash, scratch);
        using (var other = Step(scratch))
        using (var first = Step(hash))
        {
            Ecdh.Multiply(first.Bytes, other.PublicKey, work[ProductAt..ScratchAt]);
        }

        SHA256.HashData(seed, hash);
        SHA256.HashData(work[..ScratchAt], mix);

        using (var joined = IncrementalHash.CreateHash(HashAlgorithmName.SHA256))
        {
            joined.AppendData(seed);
            joined.AppendData(mix);
            joined.GetHashAndReset(scratch);
        }

        key = Step(scratch);
        mix.CopyTo(nextSeed);
        CryptographicOperations.ZeroMemory(work);
    }

    // At least one hash, then more until it is a valid key. The start is overwritten.
    private static SecKey Step(Span<byte> value)
    {
        SecKey? key;
        do
        {
            SHA256.HashData(value, value);
        }
        while (!SecKey.TryParse(value, out key));
        return key!;
    }
}
