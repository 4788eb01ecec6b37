// Where rewards go (spec 01 §6).
using System.Runtime.CompilerServices;
using System.Security.Cryptography;

namespace Skywire.Crypto;

/// <summary>An address in Skycoin's form: RIPEMD160(SHA256(SHA256(key))), then a version byte of 0, then a checksum of 4 bytes; base58 as text (spec 01 §6).</summary>
public readonly struct SkycoinAddress : IEquatable<SkycoinAddress>
{
    /// <summary>Bytes of the binary form: 20 of hash, 1 of version, 4 of checksum.</summary>
    public const int Size = Ripemd160.HashSize + 1 + ChecksumSize;

    private const int ChecksumSize = 4;
    private const byte Version = 0;

    [InlineArray(Ripemd160.HashSize)]
    private struct Buffer
    {
        private byte _first;
    }

    private readonly Buffer _hash;

    private SkycoinAddress(ReadOnlySpan<byte> hash)
    {
        hash.CopyTo(_hash);
    }

    /// <summary>The address of a public key.</summary>
    /// <exception cref="ArgumentException">The key is null.</exception>
    public static SkycoinAddress Of(PubKey key)
    {
        if (key.IsNull)
        {
            throw new ArgumentException("the null key has no address", nameof(key));
        }

        Span<byte> bytes = stackalloc byte[PubKey.Size];
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        Span<byte> hash = stackalloc byte[Ripemd160.HashSize];
        key.CopyTo(bytes);
        SHA256.HashData(bytes, digest);
        SHA256.HashData(digest, digest);
        Ripemd160.HashData(digest, hash);
        return new SkycoinAddress(hash);
    }

    /// <summary>Reads 25 bytes; false for another length, a wrong checksum or a version other than 0.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out SkycoinAddress address)
    {
        address = default;
        if (bytes.Length != Size)
        {
            return false;
        }

        Span<byte> expected = stackalloc byte[Size];
        var candidate = new SkycoinAddress(bytes[..Ripemd160.HashSize]);
        candidate.CopyTo(expected);
        if (!bytes.SequenceEqual(expected))
        {
            return false;
        }

        address = candidate;
        return true;
    }

    /// <summary>Reads the base58 text.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out SkycoinAddress address)
    {
        address = default;
        Span<byte> bytes = stackalloc byte[Size];
        return Base58.TryDecode(text, bytes) && TryRead(bytes, out address);
    }

    /// <summary>Writes the 25 bytes.</summary>
    public void CopyTo(Span<byte> destination)
    {
        ((ReadOnlySpan<byte>)_hash).CopyTo(destination);
        destination[Ripemd160.HashSize] = Version;
        Span<byte> checksum = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(destination[..(Ripemd160.HashSize + 1)], checksum);
        checksum[..ChecksumSize].CopyTo(destination[(Ripemd160.HashSize + 1)..]);
    }

    /// <summary>The base58 text.</summary>
    public override string ToString()
    {
        Span<byte> bytes = stackalloc byte[Size];
        CopyTo(bytes);
        return Base58.Encode(bytes);
    }

    /// <inheritdoc/>
    public bool Equals(SkycoinAddress other) => ((ReadOnlySpan<byte>)_hash).SequenceEqual(other._hash);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is SkycoinAddress other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => BitConverter.ToInt32(_hash);

    /// <summary>Equality of addresses.</summary>
    public static bool operator ==(SkycoinAddress left, SkycoinAddress right) => left.Equals(right);

    /// <summary>Inequality of addresses.</summary>
    public static bool operator !=(SkycoinAddress left, SkycoinAddress right) => !left.Equals(right);
}
