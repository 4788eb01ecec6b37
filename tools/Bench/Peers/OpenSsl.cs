// OpenSSL's EVP interface, called as a program would that seals packet after packet under one key.
using System.Runtime.InteropServices;

namespace Skywire.Bench.Peers;

/// <summary>ChaCha20-Poly1305 by EVP: the key schedule stays in the context, nonce and tag are set for every packet.</summary>
internal sealed unsafe partial class OpenSsl : IDisposable
{
    private const string Library = "libcrypto";
    private const int GetTag = 0x10;
    private const int SetTag = 0x11;

    private readonly nint _seal = NewContext();
    private readonly nint _open = NewContext();

    /// <summary>Takes the key into a context per direction.</summary>
    public OpenSsl(ReadOnlySpan<byte> key)
    {
        fixed (byte* k = key)
        {
            Require(EncryptInit(_seal, ChaCha20Poly1305(), 0, k, null));
            Require(DecryptInit(_open, ChaCha20Poly1305(), 0, k, null));
        }
    }

    /// <summary>The library's own words.</summary>
    public static string Version => Marshal.PtrToStringUTF8(VersionText(0)) ?? "?";

    /// <summary>Writes ciphertext || tag.</summary>
    public void Seal(ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> plaintext, Span<byte> destination)
    {
        int written;
        fixed (byte* n = nonce, p = plaintext, d = destination)
        {
            var ok = EncryptInit(_seal, 0, 0, null, n)
                & EncryptUpdate(_seal, d, &written, p, plaintext.Length)
                & EncryptFinal(_seal, d + plaintext.Length, &written)
                & Control(_seal, GetTag, 16, d + plaintext.Length);
            Require(ok);
        }
    }

    /// <summary>Opens ciphertext || tag; false when the tag is wrong.</summary>
    public bool Open(ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> input, Span<byte> destination)
    {
        int written;
        var length = input.Length - 16;
        fixed (byte* n = nonce, i = input, d = destination)
        {
            return (DecryptInit(_open, 0, 0, null, n)
                & Control(_open, SetTag, 16, i + length)
                & DecryptUpdate(_open, d, &written, i, length)
                & DecryptFinal(_open, d + length, &written)) == 1;
        }
    }

    public void Dispose()
    {
        FreeContext(_seal);
        FreeContext(_open);
    }

    private static void Require(int ok)
    {
        if (ok != 1)
        {
            throw new InvalidOperationException("OpenSSL refused");
        }
    }

    // Without the change of GC mode: a thing of the binding, not of the library. Nothing else runs in this process meanwhile.
    [LibraryImport(Library, EntryPoint = "EVP_CIPHER_CTX_new")]
    private static partial nint NewContext();

    [LibraryImport(Library, EntryPoint = "EVP_CIPHER_CTX_free")]
    private static partial void FreeContext(nint context);

    [LibraryImport(Library, EntryPoint = "EVP_chacha20_poly1305")]
    private static partial nint ChaCha20Poly1305();

    [LibraryImport(Library, EntryPoint = "OpenSSL_version")]
    private static partial nint VersionText(int type);

    [LibraryImport(Library, EntryPoint = "EVP_EncryptInit_ex"), SuppressGCTransition]
    private static partial int EncryptInit(nint context, nint cipher, nint engine, byte* key, byte* iv);

    [LibraryImport(Library, EntryPoint = "EVP_EncryptUpdate"), SuppressGCTransition]
    private static partial int EncryptUpdate(nint context, byte* output, int* written, byte* input, int length);

    [LibraryImport(Library, EntryPoint = "EVP_EncryptFinal_ex"), SuppressGCTransition]
    private static partial int EncryptFinal(nint context, byte* output, int* written);

    [LibraryImport(Library, EntryPoint = "EVP_DecryptInit_ex"), SuppressGCTransition]
    private static partial int DecryptInit(nint context, nint cipher, nint engine, byte* key, byte* iv);

    [LibraryImport(Library, EntryPoint = "EVP_DecryptUpdate"), SuppressGCTransition]
    private static partial int DecryptUpdate(nint context, byte* output, int* written, byte* input, int length);

    [LibraryImport(Library, EntryPoint = "EVP_DecryptFinal_ex"), SuppressGCTransition]
    private static partial int DecryptFinal(nint context, byte* output, int* written);

    [LibraryImport(Library, EntryPoint = "EVP_CIPHER_CTX_ctrl"), SuppressGCTransition]
    private static partial int Control(nint context, int type, int argument, void* pointer);
}
