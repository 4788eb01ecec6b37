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

    private readonly ChaCha20Poly1305 _aead;

    /// <summary>Takes a copy of 32 key bytes.</summary>
    public AeadKey(ReadOnlySpan<byte> key)
    {
        _aead = new ChaCha20Poly1305(key);
    }

    /// <summary>Writes ciphertext || tag: <c>plaintext.Length + 16</c> bytes. <paramref name="destination"/> may start where the plaintext does.</summary>
    public void Seal(ulong counter, ReadOnlySpan<byte> plaintext, Span<byte> destination, ReadOnlySpan<byte> associatedData = default)
    {
        Span<byte> nonce = stackalloc byte[12];
        nonce.Clear();
        BinaryPrimitives.WriteUInt64LittleEndian(nonce[4..], counter);
        _aead.Encrypt(nonce, plaintext, destination[..plaintext.Length], destination.Slice(plaintext.Length, TagSize), associatedData);
    }

    /// <summary>Opens ciphertext || tag into <paramref name="destination"/> (16 bytes shorter). False, and nothing released, when the tag is wrong or the input is shorter than a tag.</summary>
    public bool Open(ulong counter, ReadOnlySpan<byte> sealedBytes, Span<byte> destination, ReadOnlySpan<byte> associatedData = default)
    {
        if (sealedBytes.Length < TagSize)
        {
            return false;
        }

        Span<byte> nonce = stackalloc byte[12];
        nonce.Clear();
        BinaryPrimitives.WriteUInt64LittleEndian(nonce[4..], counter);
        var n = sealedBytes.Length - TagSize;
        try
        {
            _aead.Decrypt(nonce, sealedBytes[..n], sealedBytes[n..], destination[..n], associatedData);
            return true;
        }
        catch (AuthenticationTagMismatchException)
        {
            return false;
        }
    }

    /// <summary>Releases the key.</summary>
    public void Dispose() => _aead.Dispose();
}
