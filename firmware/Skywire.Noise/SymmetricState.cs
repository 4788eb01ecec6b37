// The hash, chaining key and cipher every Noise handshake turns over (spec 02 §1).
using System.Security.Cryptography;
using Skywire.Crypto;

namespace Skywire.Noise;

/// <summary>Noise's SymmetricState over SHA-256 and ChaCha20-Poly1305. Not thread-safe; wiped on dispose.</summary>
internal sealed class SymmetricState : IDisposable
{
    /// <summary>Bytes of h, ck and k.</summary>
    public const int HashSize = 32;

    private readonly byte[] _hash = new byte[HashSize];
    private readonly byte[] _chainingKey = GC.AllocateUninitializedArray<byte>(HashSize, pinned: true);
    private AeadKey? _key;
    private ulong _counter;

    /// <summary>Starts from a protocol name longer than a hash: h = ck = SHA-256(name).</summary>
    public SymmetricState(ReadOnlySpan<byte> protocolName)
    {
        Sha256.HashData(protocolName, _hash);
        _hash.CopyTo(_chainingKey, 0);
    }

    /// <summary>h.</summary>
    public ReadOnlySpan<byte> Hash => _hash;

    /// <summary>ck; a secret.</summary>
    public ReadOnlySpan<byte> ChainingKey => _chainingKey;

    /// <summary>h = SHA-256(h || data).</summary>
    public void MixHash(ReadOnlySpan<byte> data) => Sha256.HashData(_hash, data, _hash);

    /// <summary>ck, k = HKDF(ck, input); the counter starts over.</summary>
    public void MixKey(ReadOnlySpan<byte> input)
    {
        Span<byte> key = stackalloc byte[HashSize];
        HmacSha256.Expand(_chainingKey, input, _chainingKey, key);
        _key?.Dispose();
        _key = new AeadKey(key);
        _counter = 0;
        CryptographicOperations.ZeroMemory(key);
    }

    /// <summary>Writes ciphertext || tag and mixes it into h; a key must have been mixed before.</summary>
    public int EncryptAndHash(ReadOnlySpan<byte> plaintext, Span<byte> destination)
    {
        var ciphertext = destination[..(plaintext.Length + AeadKey.TagSize)];
        _key!.Seal(_counter++, plaintext, ciphertext, _hash);
        MixHash(ciphertext);
        return ciphertext.Length;
    }

    /// <summary>Opens ciphertext || tag into <paramref name="destination"/> (16 bytes shorter) and mixes it into h; false when the tag is wrong.</summary>
    public bool TryDecryptAndHash(ReadOnlySpan<byte> ciphertext, Span<byte> destination)
    {
        if (!_key!.Open(_counter++, ciphertext, destination, _hash))
        {
            return false;
        }

        MixHash(ciphertext);
        return true;
    }

    /// <summary>The two transport keys (32 bytes each), which the caller wipes.</summary>
    public void Split(Span<byte> first, Span<byte> second) => HmacSha256.Expand(_chainingKey, [], first, second);

    /// <summary>Wipes keys. h is public and stays.</summary>
    public void Dispose()
    {
        _key?.Dispose();
        _key = null;
        CryptographicOperations.ZeroMemory(_chainingKey);
    }
}
