// Signature nonces without randomness: a weak generator or a repeated nonce would give the secret key away.
using System.Security.Cryptography;

namespace Skywire.Crypto;

/// <summary>The HMAC-SHA256 generator of RFC 6979 section 3.2 for a 256-bit group order. Holds secrets: dispose it.</summary>
internal ref struct Rfc6979Nonce : IDisposable
{
    private const int HashSize = 32;

    /// <summary>Bytes of working space a caller lends; wiped on dispose.</summary>
    internal const int WorkSize = HashSize + HashSize + 1 + Scalar.Size + HashSize;

    private readonly Span<byte> _work;
    private readonly Span<byte> _k;
    private readonly Span<byte> _v;
    private bool _isUsed;

    /// <summary>Starts from the secret key and the digest, 32 bytes each.</summary>
    internal Rfc6979Nonce(ReadOnlySpan<byte> secret, ReadOnlySpan<byte> digest, Span<byte> work)
    {
        _work = work[..WorkSize];
        _k = _work[..HashSize];

        // V lies where each HMAC input V || byte || secret || digest begins.
        _v = _work.Slice(HashSize, HashSize);
        _k.Clear();
        _v.Fill(1);
        secret.CopyTo(_work[(2 * HashSize + 1)..]);
        Scalar.Read(digest, out var reduced);
        reduced.Write(_work[(2 * HashSize + 1 + Scalar.Size)..]);
        for (byte step = 0; step < 2; step++)
        {
            _work[2 * HashSize] = step;
            HMACSHA256.HashData(_k, _work[HashSize..], _k);
            HMACSHA256.HashData(_k, _v, _v);
        }
    }

    /// <summary>The next candidate, 32 bytes; the caller checks its range.</summary>
    internal void Next(Span<byte> nonce)
    {
        if (_isUsed)
        {
            _work[2 * HashSize] = 0;
            HMACSHA256.HashData(_k, _work.Slice(HashSize, HashSize + 1), _k);
            HMACSHA256.HashData(_k, _v, _v);
        }

        HMACSHA256.HashData(_k, _v, _v);
        _v.CopyTo(nonce);
        _isUsed = true;
    }

    /// <inheritdoc/>
    public readonly void Dispose() => CryptographicOperations.ZeroMemory(_work);
}
