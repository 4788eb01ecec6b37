// libsodium.
using System.Runtime.InteropServices;

namespace Skywire.Bench.Peers;

/// <summary>ChaCha20-Poly1305 (the IETF form) and SHA-256 by libsodium, without the change of GC mode around the calls.</summary>
internal static unsafe partial class Sodium
{
    private const string Library = "libsodium";

    /// <summary>The library's own words.</summary>
    public static string Version => "libsodium " + Marshal.PtrToStringUTF8(VersionText());

    /// <summary>Lets it choose its kernels; before anything else.</summary>
    [LibraryImport(Library, EntryPoint = "sodium_init")]
    public static partial int Initialize();

    /// <summary>Writes ciphertext || tag.</summary>
    public static void Seal(ReadOnlySpan<byte> key, ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> plaintext, Span<byte> destination)
    {
        fixed (byte* k = key, n = nonce, p = plaintext, d = destination)
        {
            _ = Encrypt(d, null, p, (ulong)plaintext.Length, null, 0, null, n, k);
        }
    }

    /// <summary>Opens ciphertext || tag; false when the tag is wrong.</summary>
    public static bool Open(ReadOnlySpan<byte> key, ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> input, Span<byte> destination)
    {
        fixed (byte* k = key, n = nonce, i = input, d = destination)
        {
            return Decrypt(d, null, null, i, (ulong)input.Length, null, 0, n, k) == 0;
        }
    }

    /// <summary>SHA-256.</summary>
    public static void Hash(ReadOnlySpan<byte> source, Span<byte> destination)
    {
        fixed (byte* s = source, d = destination)
        {
            _ = Sha256(d, s, (ulong)source.Length);
        }
    }

    [LibraryImport(Library, EntryPoint = "sodium_version_string")]
    private static partial nint VersionText();

    [LibraryImport(Library, EntryPoint = "crypto_aead_chacha20poly1305_ietf_encrypt"), SuppressGCTransition]
    private static partial int Encrypt(byte* c, ulong* written, byte* m, ulong length, byte* ad, ulong adLength, byte* none, byte* nonce, byte* key);

    [LibraryImport(Library, EntryPoint = "crypto_aead_chacha20poly1305_ietf_decrypt"), SuppressGCTransition]
    private static partial int Decrypt(byte* m, ulong* written, byte* none, byte* c, ulong length, byte* ad, ulong adLength, byte* nonce, byte* key);

    [LibraryImport(Library, EntryPoint = "crypto_hash_sha256"), SuppressGCTransition]
    private static partial int Sha256(byte* output, byte* input, ulong length);
}
