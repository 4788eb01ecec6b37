// A node's identity on every wire of the protocol (spec 01).
using System.Buffers.Binary;
using System.Text.Json.Serialization;

namespace Skywire.Crypto;

/// <summary>A secp256k1 public key in SEC1 compressed form: 33 bytes, first byte 02 or 03 (spec 01 §1). The default value is the null key (all zero).</summary>
[JsonConverter(typeof(PubKeyJsonConverter))]
public readonly struct PubKey : IEquatable<PubKey>, IComparable<PubKey>
{
    /// <summary>Bytes of the compressed form.</summary>
    public const int Size = 33;

    private readonly byte _prefix;
    private readonly ulong _x0;
    private readonly ulong _x1;
    private readonly ulong _x2;
    private readonly ulong _x3;

    private PubKey(ReadOnlySpan<byte> bytes)
    {
        _prefix = bytes[0];
        _x0 = BinaryPrimitives.ReadUInt64BigEndian(bytes[1..]);
        _x1 = BinaryPrimitives.ReadUInt64BigEndian(bytes[9..]);
        _x2 = BinaryPrimitives.ReadUInt64BigEndian(bytes[17..]);
        _x3 = BinaryPrimitives.ReadUInt64BigEndian(bytes[25..]);
    }

    /// <summary>True for the all-zero key, which names nobody.</summary>
    public bool IsNull => _prefix == 0;

    /// <summary>Strict parse: exactly 33 bytes, prefix 02/03, x below p, point on the curve. Never throws.</summary>
    public static bool TryParse(ReadOnlySpan<byte> bytes, out PubKey key)
    {
        key = default;
        if (!AffinePoint.TryRead(bytes, out _))
        {
            return false;
        }

        key = new PubKey(bytes);
        return true;
    }

    /// <summary>Strict parse of 66 hex digits, either case.</summary>
    public static bool TryParseHex(ReadOnlySpan<char> text, out PubKey key)
    {
        key = default;
        Span<byte> bytes = stackalloc byte[Size];
        return text.Length == Size * 2 && Convert.FromHexString(text, bytes, out _, out _) == System.Buffers.OperationStatus.Done && TryParse(bytes, out key);
    }

    /// <summary>The lenient text rule of JSON inputs (spec 01 §1): an empty string, or one of zero digits only, is the null key.</summary>
    public static bool TryParseLenient(ReadOnlySpan<char> text, out PubKey key)
    {
        key = default;
        return text.TrimStart('0').IsEmpty || TryParseHex(text, out key);
    }

    /// <summary>Parses text the program itself wrote or an operator typed; throws <see cref="FormatException"/>.</summary>
    public static PubKey Parse(string text) => TryParseHex(text, out var key) ? key : throw new FormatException("not a public key: expected 66 hex digits of a compressed secp256k1 point");

    /// <summary>The key that is this point, which must not be infinity.</summary>
    internal static PubKey FromPoint(in JacobianPoint point)
    {
        point.ToAffine(out var affine);
        return FromPoint(in affine);
    }

    /// <summary>The same for a point whose Z is public too, as in verification.</summary>
    internal static PubKey FromPointVartime(in JacobianPoint point)
    {
        point.ToAffineVartime(out var affine);
        return FromPoint(in affine);
    }

    private static PubKey FromPoint(in AffinePoint affine)
    {
        Span<byte> bytes = stackalloc byte[Size];
        affine.Write(bytes);
        return new PubKey(bytes);
    }

    /// <summary>Writes the 33 bytes; the null key is 33 zero bytes.</summary>
    public void CopyTo(Span<byte> destination)
    {
        destination[0] = _prefix;
        BinaryPrimitives.WriteUInt64BigEndian(destination[1..], _x0);
        BinaryPrimitives.WriteUInt64BigEndian(destination[9..], _x1);
        BinaryPrimitives.WriteUInt64BigEndian(destination[17..], _x2);
        BinaryPrimitives.WriteUInt64BigEndian(destination[25..], _x3);
    }

    /// <summary>The 33 bytes in a new array.</summary>
    public byte[] ToBytes()
    {
        var bytes = new byte[Size];
        CopyTo(bytes);
        return bytes;
    }

    /// <inheritdoc/>
    public bool Equals(PubKey other) => _x3 == other._x3 && _x2 == other._x2 && _x1 == other._x1 && _x0 == other._x0 && _prefix == other._prefix;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is PubKey other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => (int)(_x3 ^ (_x2 >> 32) ^ _prefix);

    /// <summary>Bytewise order of the 33 bytes (spec 01 §1, transport edges).</summary>
    public int CompareTo(PubKey other)
    {
        var c = _prefix.CompareTo(other._prefix);
        c = c != 0 ? c : _x0.CompareTo(other._x0);
        c = c != 0 ? c : _x1.CompareTo(other._x1);
        c = c != 0 ? c : _x2.CompareTo(other._x2);
        return c != 0 ? c : _x3.CompareTo(other._x3);
    }

    /// <summary>66 lower-case hex digits.</summary>
    public override string ToString()
    {
        Span<byte> bytes = stackalloc byte[Size];
        CopyTo(bytes);
        return Convert.ToHexStringLower(bytes);
    }

    /// <summary>The first eight hex digits, for tables and logs.</summary>
    public string ToShortString() => ToString()[..8];

    /// <summary>Equality of keys.</summary>
    public static bool operator ==(PubKey left, PubKey right) => left.Equals(right);

    /// <summary>Inequality of keys.</summary>
    public static bool operator !=(PubKey left, PubKey right) => !left.Equals(right);

    /// <summary>Bytewise order.</summary>
    public static bool operator <(PubKey left, PubKey right) => left.CompareTo(right) < 0;

    /// <summary>Bytewise order.</summary>
    public static bool operator >(PubKey left, PubKey right) => left.CompareTo(right) > 0;

    /// <summary>Bytewise order.</summary>
    public static bool operator <=(PubKey left, PubKey right) => left.CompareTo(right) <= 0;

    /// <summary>Bytewise order.</summary>
    public static bool operator >=(PubKey left, PubKey right) => left.CompareTo(right) >= 0;
}
