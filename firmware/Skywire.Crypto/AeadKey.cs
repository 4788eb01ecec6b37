// The seam behind which the ChaCha20-Poly1305 kernels live.
using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Skywire.Crypto;

/// <summary>
/// One ChaCha20-Poly1305 key (RFC 8439) with Noise's nonce layout: 4 zero bytes, then the counter as 8 bytes little endian (spec 02 §1).
/// Not thread-safe: one owner per direction. Wiped on dispose.
/// </summary>
public sealed class AeadKey : IDisposable
{
    /// <summary>Bytes of a key.</summary>
    public const int KeySize = 32;

    /// <summary>Bytes a seal adds.</summary>
    public const int TagSize = 16;

    // Exactly one of the two is set.
    private readonly ChaCha20Poly1305? _platform;
    private readonly ChaCha20Poly1305Scalar? _scalar;
    private bool _disposed;

    /// <summary>Takes a copy of 32 key bytes.</summary>
    public AeadKey(ReadOnlySpan<byte> key)
        : this(key, portable: !ChaCha20Poly1305.IsSupported)
    {
    }

    /// <summary>As the public constructor, with the implementation chosen: the portable one or the platform's.</summary>
    internal AeadKey(ReadOnlySpan<byte> key, bool portable)
    {
        if (key.Length != KeySize)
        {
            throw new ArgumentException("a key must be 32 bytes", nameof(key));
        }

        if (portable)
        {
            _scalar = new ChaCha20Poly1305Scalar(key);
        }
        else
        {
            _platform = new ChaCha20Poly1305(key);
        }
    }

    /// <summary>Writes ciphertext || tag: <c>plaintext.Length + 16</c> bytes. <paramref name="destination"/> may start where the plaintext does; it must not overlap it otherwise.</summary>
    public void Seal(ulong counter, ReadOnlySpan<byte> plaintext, Span<byte> destination, ReadOnlySpan<byte> associatedData = default)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        Span<byte> nonce = stackalloc byte[ChaCha20Poly1305Scalar.NonceSize];
        WriteNonce(counter, nonce);
        var tag = destination.Slice(plaintext.Length, TagSize);
        if (_platform is not null)
        {
            _platform.Encrypt(nonce, plaintext, destination[..plaintext.Length], tag, associatedData);
        }
        else
        {
            _scalar!.Seal(nonce, plaintext, destination, tag, associatedData);
        }
    }

    /// <summary>
    /// Opens ciphertext || tag into <paramref name="destination"/> (16 bytes shorter), which may start where the input does. False, and nothing released,
    /// when the tag is wrong or the input is shorter than a tag; the destination's content is then undefined.
    /// </summary>
    public bool Open(ulong counter, ReadOnlySpan<byte> sealedBytes, Span<byte> destination, ReadOnlySpan<byte> associatedData = default)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (sealedBytes.Length < TagSize)
        {
            return false;
        }

        Span<byte> nonce = stackalloc byte[ChaCha20Poly1305Scalar.NonceSize];
        WriteNonce(counter, nonce);
        var ciphertext = sealedBytes[..^TagSize];
        var tag = sealedBytes[^TagSize..];
        destination = destination[..ciphertext.Length];
        if (_platform is null)
        {
            return _scalar!.TryOpen(nonce, ciphertext, tag, destination, associatedData);
        }

        try
        {
            _platform.Decrypt(nonce, ciphertext, tag, destination, associatedData);
            return true;
        }
        catch (AuthenticationTagMismatchException)
        {
            return false;
        }
    }

    /// <summary>Releases the key.</summary>
    public void Dispose()
    {
        _disposed = true;
        _platform?.Dispose();
        _scalar?.Dispose();
    }

    private static void WriteNonce(ulong counter, Span<byte> nonce)
    {
        // The stack is not cleared for us.
        nonce[..4].Clear();
        BinaryPrimitives.WriteUInt64LittleEndian(nonce[4..], counter);
    }
}
