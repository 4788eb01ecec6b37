// The secret half of an identity; owns its bytes and wipes them.
using System.Security.Cryptography;

namespace Skywire.Crypto;

/// <summary>A secp256k1 secret key (32 bytes, big-endian scalar, 1 &lt;= d &lt; n). Pinned, wiped on dispose, never printed.</summary>
public sealed class SecKey : IDisposable
{
    /// <summary>Bytes of a secret key.</summary>
    public const int Size = 32;

    private readonly byte[] _bytes = GC.AllocateUninitializedArray<byte>(Size, pinned: true);
    private bool _disposed;

    private SecKey(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(_bytes);
        PublicKey = ComputePublicKey(bytes);
    }

    /// <summary>The public key of this secret key.</summary>
    public PubKey PublicKey { get; }

    internal ReadOnlySpan<byte> Bytes
    {
        get
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            return _bytes;
        }
    }

    /// <summary>Parses 32 bytes; false when zero or not below the group order.</summary>
    public static bool TryParse(ReadOnlySpan<byte> bytes, out SecKey? key)
    {
        key = bytes.Length == Size && IsValid(bytes) ? new SecKey(bytes) : null;
        return key is not null;
    }

    /// <summary>Parses 64 hex digits.</summary>
    public static bool TryParseHex(ReadOnlySpan<char> text, out SecKey? key)
    {
        key = null;
        Span<byte> bytes = stackalloc byte[Size];
        var ok = text.Length == Size * 2 && Convert.FromHexString(text, bytes, out _, out _) == System.Buffers.OperationStatus.Done && TryParse(bytes, out key);
        CryptographicOperations.ZeroMemory(bytes);
        return ok;
    }

    /// <summary>Draws a key from <paramref name="entropy"/>, repeating until the scalar is valid.</summary>
    public static SecKey Generate(IEntropy entropy)
    {
        Span<byte> bytes = stackalloc byte[Size];
        do
        {
            entropy.Fill(bytes);
        }
        while (!IsValid(bytes));
        var key = new SecKey(bytes);
        CryptographicOperations.ZeroMemory(bytes);
        return key;
    }

    /// <summary>SHA-256 of the compressed product point (spec 01 §4); 32 bytes into <paramref name="shared"/>. The peer key must not be null.</summary>
    public void Ecdh(PubKey peer, Span<byte> shared) => Crypto.Ecdh.Agree(Bytes, peer, shared);

    /// <summary>Signs a 32-byte digest: r || s || recid, low s, deterministic k (RFC 6979) (spec 01 §3). The digest must not be all zero.</summary>
    public Signature Sign(ReadOnlySpan<byte> digest) => Ecdsa.Sign(Bytes, PublicKey, digest);

    /// <summary>Signs with a nonce from <paramref name="entropy"/>, as the reference does; verifiers cannot tell the two forms apart. The digest must not be all zero.</summary>
    public Signature SignRandomized(ReadOnlySpan<byte> digest, IEntropy entropy) => Ecdsa.SignRandomized(Bytes, PublicKey, digest, entropy);

    /// <summary>Signs SHA-256 of <paramref name="payload"/>.</summary>
    public Signature SignPayload(ReadOnlySpan<byte> payload)
    {
        Span<byte> digest = stackalloc byte[32];
        SHA256.HashData(payload, digest);
        return Sign(digest);
    }

    /// <summary>Copies the 32 bytes out, for storage only; the caller wipes them.</summary>
    public void Export(Span<byte> destination) => Bytes.CopyTo(destination);

    /// <summary>Wipes the key.</summary>
    public void Dispose()
    {
        CryptographicOperations.ZeroMemory(_bytes);
        _disposed = true;
    }

    /// <summary>The public key of a secret (32 bytes, 1 &lt;= d &lt; n), in constant time and without allocation.</summary>
    internal static PubKey ComputePublicKey(ReadOnlySpan<byte> secret)
    {
        Scalar.Read(secret, out var scalar);
        GeneratorTable.Multiply(in scalar, out var product);
        var key = PubKey.FromPoint(in product);
        ConstantTime.Wipe(ref scalar);
        ConstantTime.Wipe(ref product);
        return key;
    }

    /// <summary>True for 1 &lt;= value &lt; n. Constant time up to the answer, which is no news about a key in use.</summary>
    internal static bool IsValid(ReadOnlySpan<byte> bytes)
    {
        var bad = Scalar.Read(bytes, out var scalar) | scalar.ZeroMask;
        ConstantTime.Wipe(ref scalar);
        return bad == 0;
    }

    /// <summary>Names the public key only.</summary>
    public override string ToString() => $"secret key of {PublicKey.ToShortString()}";
}
