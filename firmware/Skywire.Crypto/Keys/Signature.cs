// Recoverable ECDSA signatures as the protocol carries them (spec 01 §3).
using System.Security.Cryptography;
using System.Text.Json.Serialization;

namespace Skywire.Crypto;

/// <summary>65 bytes: r (32) || s (32) || recid (1). Contents are judged at verification, not at parsing.</summary>
[JsonConverter(typeof(SignatureJsonConverter))]
public readonly struct Signature : IEquatable<Signature>
{
    /// <summary>Bytes of a signature.</summary>
    public const int Size = 65;

    [System.Runtime.CompilerServices.InlineArray(Size)]
    private struct Buffer
    {
        private byte _first;
    }

    private readonly Buffer _bytes;

    private Signature(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(_bytes);
    }

    /// <summary>Takes 65 bytes; false for another length.</summary>
    public static bool TryParse(ReadOnlySpan<byte> bytes, out Signature signature)
    {
        signature = bytes.Length == Size ? new Signature(bytes) : default;
        return bytes.Length == Size;
    }

    /// <summary>Takes 130 hex digits.</summary>
    public static bool TryParseHex(ReadOnlySpan<char> text, out Signature signature)
    {
        signature = default;
        Span<byte> bytes = stackalloc byte[Size];
        return text.Length == Size * 2 && Convert.FromHexString(text, bytes, out _, out _) == System.Buffers.OperationStatus.Done && TryParse(bytes, out signature);
    }

    /// <summary>True when all rules of spec 01 §3 hold for this key and digest. Never throws. Variable time: all inputs are public.</summary>
    public bool Verify(PubKey key, ReadOnlySpan<byte> digest)
    {
        ReadOnlySpan<byte> bytes = _bytes;
        return !key.IsNull && digest.Length == 32 && (bytes[32] & 0x80) == 0 && bytes[64] < 4
            && Ecdsa.TryRecoverVartime(bytes, digest, out var recovered) && recovered == key;
    }

    /// <summary><see cref="Verify"/> over SHA-256 of <paramref name="payload"/>.</summary>
    public bool VerifyPayload(PubKey key, ReadOnlySpan<byte> payload)
    {
        Span<byte> digest = stackalloc byte[32];
        SHA256.HashData(payload, digest);
        return Verify(key, digest);
    }

    /// <summary>Writes the 65 bytes.</summary>
    public void CopyTo(Span<byte> destination) => ((ReadOnlySpan<byte>)_bytes).CopyTo(destination);

    /// <summary>130 lower-case hex digits.</summary>
    public override string ToString() => Convert.ToHexStringLower(_bytes);

    /// <inheritdoc/>
    public bool Equals(Signature other) => ((ReadOnlySpan<byte>)_bytes).SequenceEqual(other._bytes);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Signature other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => BitConverter.ToInt32(_bytes);

    /// <summary>Equality of all 65 bytes.</summary>
    public static bool operator ==(Signature left, Signature right) => left.Equals(right);

    /// <summary>Inequality.</summary>
    public static bool operator !=(Signature left, Signature right) => !left.Equals(right);
}
