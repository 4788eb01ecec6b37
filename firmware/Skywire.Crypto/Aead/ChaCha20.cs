// The bare cipher, for formats that authenticate elsewhere.
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Skywire.Crypto;

/// <summary>ChaCha20 (RFC 8439 section 2.4) without authentication. Allocates nothing.</summary>
public static class ChaCha20
{
    /// <summary>Bytes of a key.</summary>
    public const int KeySize = 32;

    /// <summary>Bytes of a nonce.</summary>
    public const int NonceSize = ChaCha20Position.NonceSize;

    /// <summary>
    /// <c>destination = source ^ key stream</c> from block <paramref name="counter"/> on: encrypts and decrypts. The destination, at least as long as the
    /// source, may be the source's place; it must not overlap it otherwise.
    /// </summary>
    /// <exception cref="ArgumentException">Key or nonce of a wrong length, a short destination, or more blocks than the 32-bit counter has left.</exception>
    public static void Xor(ReadOnlySpan<byte> key, ReadOnlySpan<byte> nonce, uint counter, ReadOnlySpan<byte> source, Span<byte> destination) =>
        Xor(AeadKernels.Best, key, nonce, counter, source, destination);

    /// <summary>As the public form, with the kernel chosen.</summary>
    internal static void Xor(AeadKernel kernel, ReadOnlySpan<byte> key, ReadOnlySpan<byte> nonce, uint counter, ReadOnlySpan<byte> source, Span<byte> destination)
    {
        if (key.Length != KeySize)
        {
            throw new ArgumentException("a key must be 32 bytes", nameof(key));
        }

        if (nonce.Length != NonceSize)
        {
            throw new ArgumentException("a nonce must be 12 bytes", nameof(nonce));
        }

        if (destination.Length < source.Length)
        {
            throw new ArgumentException("shorter than the source", nameof(destination));
        }

        var blocks = ((ulong)source.Length + ChaCha20Scalar.BlockSize - 1) / ChaCha20Scalar.BlockSize;
        if (counter + blocks > 1UL << 32)
        {
            throw new ArgumentException("more blocks than the counter has left", nameof(counter));
        }

        Span<uint> words = stackalloc uint[ChaCha20Scalar.KeyWords];
        for (var i = 0; i < words.Length; i++)
        {
            words[i] = BinaryPrimitives.ReadUInt32LittleEndian(key[(i * sizeof(uint))..]);
        }

        Span<byte> scratch = stackalloc byte[ChaCha20Stream.MaxPassSize];
        var dirty = ChaCha20Stream.Xor(
            kernel,
            ref MemoryMarshal.GetReference(words),
            new ChaCha20Position(counter, nonce),
            ref MemoryMarshal.GetReference(source),
            ref MemoryMarshal.GetReference(destination),
            source.Length,
            ref MemoryMarshal.GetReference(scratch));
        CryptographicOperations.ZeroMemory(scratch[..dirty]);
        CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(words));
    }
}
