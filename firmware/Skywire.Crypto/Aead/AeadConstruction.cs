// RFC 8439's AEAD over whichever kernels were chosen: cipher and authenticator meet here and nowhere else.
using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Skywire.Crypto;

/// <summary>
/// Seal and open with a detached tag (RFC 8439 section 2.8). Input and output are the same place or do not overlap. The scratch on the stack holds key stream
/// and the one-time key; it is wiped before each return, as far as it was written.
/// </summary>
internal static class AeadConstruction
{
    private const int TagSize = Poly1305Scalar.TagSize;

    /// <summary>Encrypts, then writes the tag (16 bytes). <paramref name="ciphertext"/> is as long as the plaintext.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Seal(
        AeadKernel kernel, ref uint key, in ChaCha20Position at, ReadOnlySpan<byte> plaintext, Span<byte> ciphertext, Span<byte> tag, ReadOnlySpan<byte> associatedData)
    {
        Debug.Assert(ciphertext.Length == plaintext.Length && tag.Length == TagSize, "a buffer has the wrong length");
        Span<byte> scratch = stackalloc byte[ChaCha20Stream.ScratchSize];
        ref var first = ref MemoryMarshal.GetReference(scratch);
        ref var source = ref MemoryMarshal.GetReference(plaintext);
        ref var destination = ref MemoryMarshal.GetReference(ciphertext);
        var done = ChaCha20Stream.DirectSize(kernel, plaintext.Length);
        var dirty = ChaCha20Scalar.BlockSize;
        if (done > 0)
        {
            ChaCha20Stream.BeginDirect(done, ref key, at, ref source, ref destination, ref first);
        }
        else
        {
            dirty = ChaCha20Stream.Begin(kernel, ref key, at, plaintext.Length, ref first, out done);
            ChaCha20Stream.Apply(ref Unsafe.Add(ref first, ChaCha20Scalar.BlockSize), ref source, ref destination, done);
        }

        if (done < plaintext.Length)
        {
            // The one-time key stays where it is; the rest of the scratch serves again.
            var left = ChaCha20Stream.Xor(
                kernel,
                ref key,
                at.At(1 + ((uint)done / ChaCha20Scalar.BlockSize)),
                ref Unsafe.Add(ref source, done),
                ref Unsafe.Add(ref destination, done),
                plaintext.Length - done,
                ref Unsafe.Add(ref first, ChaCha20Scalar.BlockSize));
            dirty = Math.Max(dirty, ChaCha20Scalar.BlockSize + left);
        }

        Poly1305.Authenticate(kernel, scratch[..Poly1305Scalar.KeySize], associatedData, ciphertext, tag);
        CryptographicOperations.ZeroMemory(scratch[..dirty]);
    }

    /// <summary>Checks the tag and only then decrypts; false leaves <paramref name="plaintext"/> untouched.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static bool TryOpen(
        AeadKernel kernel, ref uint key, in ChaCha20Position at, ReadOnlySpan<byte> ciphertext, ReadOnlySpan<byte> tag, Span<byte> plaintext, ReadOnlySpan<byte> associatedData)
    {
        Debug.Assert(ciphertext.Length == plaintext.Length && tag.Length == TagSize, "a buffer has the wrong length");
        Span<byte> scratch = stackalloc byte[ChaCha20Stream.ScratchSize];
        ref var first = ref MemoryMarshal.GetReference(scratch);
        var dirty = ChaCha20Stream.Begin(kernel, ref key, at, ciphertext.Length, ref first, out var ready);

        // In the unused half of the first block, so that one wipe takes it too: the tag that should have been is a forgery in the making.
        var expected = scratch.Slice(Poly1305Scalar.KeySize, TagSize);
        Poly1305.Authenticate(kernel, scratch[..Poly1305Scalar.KeySize], associatedData, ciphertext, expected);
        var isAuthentic = IsEqual(expected, tag);
        if (isAuthentic)
        {
            ref var source = ref MemoryMarshal.GetReference(ciphertext);
            ref var destination = ref MemoryMarshal.GetReference(plaintext);
            ref var stream = ref Unsafe.Add(ref first, ChaCha20Scalar.BlockSize);
            ChaCha20Stream.Apply(ref stream, ref source, ref destination, ready);
            if (ready < ciphertext.Length)
            {
                var left = ChaCha20Stream.Xor(
                    kernel,
                    ref key,
                    at.At(1 + ((uint)ready / ChaCha20Scalar.BlockSize)),
                    ref Unsafe.Add(ref source, ready),
                    ref Unsafe.Add(ref destination, ready),
                    ciphertext.Length - ready,
                    ref stream);
                dirty = Math.Max(dirty, ChaCha20Scalar.BlockSize + left);
            }
        }

        CryptographicOperations.ZeroMemory(scratch[..dirty]);
        return isAuthentic;
    }

    // As CryptographicOperations.FixedTimeEquals, whose byte loop is kept from the optimiser and costs as much as three blocks of Poly1305.
    // One decision, on all 16 bytes at once: where tags differ cannot be told from the time.
    private static bool IsEqual(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b)
    {
        Debug.Assert(a.Length == TagSize && b.Length == TagSize, "a tag has the wrong length");
        var low = MemoryMarshal.Read<ulong>(a) ^ MemoryMarshal.Read<ulong>(b);
        var high = MemoryMarshal.Read<ulong>(a[sizeof(ulong)..]) ^ MemoryMarshal.Read<ulong>(b[sizeof(ulong)..]);
        return (low | high) == 0;
    }
}
