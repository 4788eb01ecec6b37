// Tags that do not follow their ciphertext, and nonces that are not Noise's.
using System.Runtime.CompilerServices;

namespace Skywire.Crypto;

public sealed partial class AeadKey
{
    /// <summary>
    /// Writes the ciphertext (as long as the plaintext) to <paramref name="ciphertext"/>, which may be the plaintext's place but must not overlap it otherwise,
    /// and the tag (16 bytes) to <paramref name="tag"/>, apart from both.
    /// </summary>
    /// <exception cref="ArgumentException">A buffer is too short.</exception>
    public void SealDetached(ulong counter, ReadOnlySpan<byte> plaintext, Span<byte> ciphertext, Span<byte> tag, ReadOnlySpan<byte> associatedData = default) =>
        SealAt(new ChaCha20Position(0, counter), plaintext, ciphertext, tag, associatedData);

    /// <summary>Opens what <see cref="SealDetached(ulong, ReadOnlySpan{byte}, Span{byte}, Span{byte}, ReadOnlySpan{byte})"/> wrote; false, and the plaintext untouched, when the tag is wrong or not 16 bytes.</summary>
    /// <exception cref="ArgumentException"><paramref name="plaintext"/> is shorter than the ciphertext.</exception>
    public bool OpenDetached(ulong counter, ReadOnlySpan<byte> ciphertext, ReadOnlySpan<byte> tag, Span<byte> plaintext, ReadOnlySpan<byte> associatedData = default) =>
        OpenAt(new ChaCha20Position(0, counter), ciphertext, tag, plaintext, associatedData);

    /// <summary>As the public form, with all 12 bytes of the nonce given.</summary>
    internal void SealDetached(ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> plaintext, Span<byte> ciphertext, Span<byte> tag, ReadOnlySpan<byte> associatedData) =>
        SealAt(Position(nonce), plaintext, ciphertext, tag, associatedData);

    /// <summary>As the public form, with all 12 bytes of the nonce given.</summary>
    internal bool OpenDetached(ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> ciphertext, ReadOnlySpan<byte> tag, Span<byte> plaintext, ReadOnlySpan<byte> associatedData) =>
        OpenAt(Position(nonce), ciphertext, tag, plaintext, associatedData);

    private static ChaCha20Position Position(ReadOnlySpan<byte> nonce) => nonce.Length == ChaCha20Position.NonceSize
        ? new ChaCha20Position(0, nonce)
        : throw new ArgumentException("a nonce must be 12 bytes", nameof(nonce));

    private static void Check(int needed, int given, [CallerArgumentExpression(nameof(given))] string? name = null)
    {
        if (given < needed)
        {
            throw new ArgumentException("too short", name);
        }
    }

    private void SealAt(in ChaCha20Position at, ReadOnlySpan<byte> plaintext, Span<byte> ciphertext, Span<byte> tag, ReadOnlySpan<byte> associatedData)
    {
        Check(plaintext.Length, ciphertext.Length);
        Check(TagSize, tag.Length);
        AeadConstruction.Seal(_kernel, ref Key, at, plaintext, ciphertext[..plaintext.Length], tag[..TagSize], associatedData);
    }

    private bool OpenAt(in ChaCha20Position at, ReadOnlySpan<byte> ciphertext, ReadOnlySpan<byte> tag, Span<byte> plaintext, ReadOnlySpan<byte> associatedData)
    {
        ref var key = ref Key;
        Check(ciphertext.Length, plaintext.Length);
        return tag.Length == TagSize && AeadConstruction.TryOpen(_kernel, ref key, at, ciphertext, tag, plaintext[..ciphertext.Length], associatedData);
    }
}
