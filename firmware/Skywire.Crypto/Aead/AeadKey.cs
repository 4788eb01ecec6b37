// The seam behind which the ChaCha20-Poly1305 kernels live.
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Skywire.Crypto;

/// <summary>
/// One ChaCha20-Poly1305 key (RFC 8439) with Noise's nonce layout: 4 zero bytes, then the counter as 8 bytes little endian (spec 02 §1).
/// Not thread-safe: one owner per direction. Wiped on dispose. No operation allocates.
/// </summary>
public sealed partial class AeadKey : IDisposable
{
    /// <summary>Bytes of a key.</summary>
    public const int KeySize = 32;

    /// <summary>Bytes a seal adds.</summary>
    public const int TagSize = Poly1305Scalar.TagSize;

    private readonly AeadKernel _kernel;

    // Pinned, so that the collector leaves no copies behind.
    private readonly uint[] _key = GC.AllocateUninitializedArray<uint>(ChaCha20Scalar.KeyWords, pinned: true);
    private bool _disposed;

    /// <summary>Takes a copy of 32 key bytes.</summary>
    public AeadKey(ReadOnlySpan<byte> key)
        : this(key, AeadKernels.Best)
    {
    }

    /// <summary>As the public constructor, with the kernel chosen: one of those <see cref="AeadKernels.IsSupported"/> here.</summary>
    internal AeadKey(ReadOnlySpan<byte> key, AeadKernel kernel)
    {
        if (key.Length != KeySize)
        {
            throw new ArgumentException("a key must be 32 bytes", nameof(key));
        }

        if (!AeadKernels.IsSupported(kernel))
        {
            throw new PlatformNotSupportedException("this processor cannot run the kernel");
        }

        _kernel = kernel;
        for (var i = 0; i < _key.Length; i++)
        {
            _key[i] = BinaryPrimitives.ReadUInt32LittleEndian(key[(i * sizeof(uint))..]);
        }
    }

    private ref uint Key
    {
        get
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            return ref MemoryMarshal.GetArrayDataReference(_key);
        }
    }

    /// <summary>Writes ciphertext || tag: <c>plaintext.Length + 16</c> bytes. <paramref name="destination"/> may start where the plaintext does; it must not overlap it otherwise.</summary>
    public void Seal(ulong counter, ReadOnlySpan<byte> plaintext, Span<byte> destination, ReadOnlySpan<byte> associatedData = default)
    {
        var tag = destination.Slice(plaintext.Length, TagSize);
        AeadConstruction.Seal(_kernel, ref Key, new ChaCha20Position(0, counter), plaintext, destination[..plaintext.Length], tag, associatedData);
    }

    /// <summary>
    /// Opens ciphertext || tag into <paramref name="destination"/> (16 bytes shorter), which may start where the input does. False, and
    /// the destination untouched, when the tag is wrong or the input is shorter than a tag.
    /// </summary>
    public bool Open(ulong counter, ReadOnlySpan<byte> sealedBytes, Span<byte> destination, ReadOnlySpan<byte> associatedData = default)
    {
        ref var key = ref Key;
        if (sealedBytes.Length < TagSize)
        {
            return false;
        }

        var ciphertext = sealedBytes[..^TagSize];
        return AeadConstruction.TryOpen(_kernel, ref key, new ChaCha20Position(0, counter), ciphertext, sealedBytes[^TagSize..], destination[..ciphertext.Length], associatedData);
    }

    /// <summary>Wipes the key.</summary>
    public void Dispose()
    {
        _disposed = true;
        CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(_key.AsSpan()));
    }
}
