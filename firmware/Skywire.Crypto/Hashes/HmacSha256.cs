// HMAC-SHA256 with the key's two padded blocks hashed once, and Noise's HKDF on it.
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Skywire.Crypto;

/// <summary>
/// HMAC (RFC 2104) over SHA-256 for one key: a message of up to 55 bytes costs two compressions instead of four. A value on the stack
/// that holds a secret: dispose it. Allocates nothing.
/// </summary>
public ref struct HmacSha256 : IDisposable
{
    /// <summary>Bytes of a tag.</summary>
    public const int HashSize = Sha256.HashSize;

    private Sha256State _inner;
    private Sha256State _outer;

    /// <summary>Takes a key of any length.</summary>
    public HmacSha256(ReadOnlySpan<byte> key)
    {
        Span<byte> padded = stackalloc byte[Sha256State.BlockSize];
        padded.Clear();
        if (key.Length > padded.Length)
        {
            Sha256.HashData(key, padded);
        }
        else
        {
            key.CopyTo(padded);
        }

        _inner = Sha256State.Initial;
        _outer = Sha256State.Initial;
        Pad(padded, 0x36);
        _inner.Append(padded);
        Pad(padded, 0x36 ^ 0x5C);
        _outer.Append(padded);
        CryptographicOperations.ZeroMemory(padded);
    }

    /// <summary>Writes the 32-byte tag of <paramref name="message"/>, which may overlap it.</summary>
    public readonly void HashData(ReadOnlySpan<byte> message, Span<byte> destination) => HashData(message, [], destination);

    /// <summary>Writes the 32-byte tag of <paramref name="first"/> || <paramref name="second"/>, either of which may overlap it.</summary>
    public readonly void HashData(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, Span<byte> destination)
    {
        if (destination.Length < HashSize)
        {
            throw new ArgumentException("shorter than a tag", nameof(destination));
        }

        Span<byte> digest = stackalloc byte[HashSize];
        var state = _inner;
        state.Append(first);
        state.Append(second);
        state.Finish(digest);
        state = _outer;
        state.Append(digest);
        state.Finish(destination);
        ConstantTime.Wipe(ref state);
        CryptographicOperations.ZeroMemory(digest);
    }

    /// <summary>
    /// Noise's HKDF with two outputs of 32 bytes (the Noise specification, section 4.3): extract with <paramref name="chainingKey"/>, expand twice. Outputs may be the chaining key's place.
    /// </summary>
    public static void Expand(ReadOnlySpan<byte> chainingKey, ReadOnlySpan<byte> input, Span<byte> first, Span<byte> second)
    {
        Span<byte> temporary = stackalloc byte[HashSize];
        using (var extract = new HmacSha256(chainingKey))
        {
            extract.HashData(input, temporary);
        }

        using var expand = new HmacSha256(temporary);
        expand.HashData([1], first);
        expand.HashData(first[..HashSize], [2], second);
        CryptographicOperations.ZeroMemory(temporary);
    }

    /// <summary>Wipes the key's states.</summary>
    public void Dispose()
    {
        ConstantTime.Wipe(ref _inner);
        ConstantTime.Wipe(ref _outer);
    }

    private static void Pad(Span<byte> block, byte value)
    {
        foreach (ref var word in MemoryMarshal.Cast<byte, ulong>(block))
        {
            word ^= value * 0x0101010101010101UL;
        }
    }
}
