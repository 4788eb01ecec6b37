// libsecp256k1, called from bytes to bytes as the firmware's own interface is.
using System.Runtime.InteropServices;

namespace Skywire.Bench.Peers;

/// <summary>Key agreement, signatures and keys by libsecp256k1. Keys are 33 bytes, signatures 64 or 65, parsed in every call.</summary>
internal sealed unsafe partial class Secp256k1 : IDisposable
{
    private const string Library = "libsecp256k1";
    private const uint SignAndVerify = 0x301;
    private const uint Compressed = 0x102;
    private const int Opaque = 64;

    private readonly nint _context = Create(SignAndVerify);

    /// <summary>SHA-256 of the compressed product, the library's default and the protocol's rule.</summary>
    public bool Ecdh(ReadOnlySpan<byte> secret, ReadOnlySpan<byte> peer, Span<byte> shared)
    {
        var key = stackalloc byte[Opaque];
        fixed (byte* s = secret, p = peer, d = shared)
        {
            return (ParseKey(_context, key, p, 33) & EcdhCore(_context, d, key, s, 0, 0)) == 1;
        }
    }

    /// <summary>r || s || recid with the nonce of RFC 6979, which is the library's default.</summary>
    public bool Sign(ReadOnlySpan<byte> secret, ReadOnlySpan<byte> digest, Span<byte> signature)
    {
        var opaque = stackalloc byte[Opaque + 1];
        int recid;
        fixed (byte* s = secret, z = digest, d = signature)
        {
            var ok = SignRecoverable(_context, opaque, z, s, 0, 0) & SerializeRecoverable(_context, d, &recid, opaque);
            d[64] = (byte)recid;
            return ok == 1;
        }
    }

    /// <summary>Verifies r || s.</summary>
    public bool Verify(ReadOnlySpan<byte> key, ReadOnlySpan<byte> digest, ReadOnlySpan<byte> signature)
    {
        var parsedKey = stackalloc byte[Opaque];
        var parsed = stackalloc byte[Opaque];
        fixed (byte* k = key, z = digest, s = signature)
        {
            return (ParseKey(_context, parsedKey, k, 33) & ParseSignature(_context, parsed, s)) == 1 && VerifyCore(_context, parsed, z, parsedKey) == 1;
        }
    }

    /// <summary>The key, compressed, that made r || s || recid.</summary>
    public bool Recover(ReadOnlySpan<byte> signature, ReadOnlySpan<byte> digest, Span<byte> key)
    {
        var opaque = stackalloc byte[Opaque];
        var parsed = stackalloc byte[Opaque + 1];
        nint length = 33;
        fixed (byte* s = signature, z = digest, d = key)
        {
            return ParseRecoverable(_context, parsed, s, s[64]) == 1 && RecoverCore(_context, opaque, parsed, z) == 1 && SerializeKey(_context, d, &length, opaque, Compressed) == 1;
        }
    }

    /// <summary>The public key, compressed, of a secret one.</summary>
    public bool PublicKey(ReadOnlySpan<byte> secret, Span<byte> key)
    {
        var opaque = stackalloc byte[Opaque];
        nint length = 33;
        fixed (byte* s = secret, d = key)
        {
            return CreateKey(_context, opaque, s) == 1 && SerializeKey(_context, d, &length, opaque, Compressed) == 1;
        }
    }

    public void Dispose() => Destroy(_context);

    [LibraryImport(Library, EntryPoint = "secp256k1_context_create")]
    private static partial nint Create(uint flags);

    [LibraryImport(Library, EntryPoint = "secp256k1_context_destroy")]
    private static partial void Destroy(nint context);

    [LibraryImport(Library, EntryPoint = "secp256k1_ec_pubkey_parse")]
    private static partial int ParseKey(nint context, byte* key, byte* input, nint length);

    [LibraryImport(Library, EntryPoint = "secp256k1_ec_pubkey_serialize")]
    private static partial int SerializeKey(nint context, byte* output, nint* length, byte* key, uint flags);

    [LibraryImport(Library, EntryPoint = "secp256k1_ec_pubkey_create")]
    private static partial int CreateKey(nint context, byte* key, byte* secret);

    [LibraryImport(Library, EntryPoint = "secp256k1_ecdh")]
    private static partial int EcdhCore(nint context, byte* output, byte* key, byte* secret, nint hash, nint data);

    [LibraryImport(Library, EntryPoint = "secp256k1_ecdsa_signature_parse_compact")]
    private static partial int ParseSignature(nint context, byte* signature, byte* input);

    [LibraryImport(Library, EntryPoint = "secp256k1_ecdsa_verify")]
    private static partial int VerifyCore(nint context, byte* signature, byte* digest, byte* key);

    [LibraryImport(Library, EntryPoint = "secp256k1_ecdsa_sign_recoverable")]
    private static partial int SignRecoverable(nint context, byte* signature, byte* digest, byte* secret, nint nonce, nint data);

    [LibraryImport(Library, EntryPoint = "secp256k1_ecdsa_recoverable_signature_serialize_compact")]
    private static partial int SerializeRecoverable(nint context, byte* output, int* recid, byte* signature);

    [LibraryImport(Library, EntryPoint = "secp256k1_ecdsa_recoverable_signature_parse_compact")]
    private static partial int ParseRecoverable(nint context, byte* signature, byte* input, int recid);

    [LibraryImport(Library, EntryPoint = "secp256k1_ecdsa_recover")]
    private static partial int RecoverCore(nint context, byte* key, byte* signature, byte* digest);
}
