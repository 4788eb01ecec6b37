// The record that two visors agree on, that the transport discovery lists and the routing rules name (spec 10 §3).
using System.Security.Cryptography;
using System.Text;
using Skywire.Crypto;

namespace Skywire.Discovery;

/// <summary>Transport type names on the wire (spec 10 §2).</summary>
public static class TransportTypes
{
    /// <summary>A dmsg stream.</summary>
    public const string Dmsg = "dmsg";

    /// <summary>TCP, addresses from a table.</summary>
    public const string Stcp = "stcp";

    /// <summary>TCP, addresses from the resolver.</summary>
    public const string Stcpr = "stcpr";
}

/// <summary>Transport labels (spec 10 §3.3).</summary>
public static class TransportLabels
{
    /// <summary>Asked for by the operator, or accepted.</summary>
    public const string User = "user";

    /// <summary>Made by the visor itself.</summary>
    public const string Automatic = "automatic";

    /// <summary>Made by the transport-setup service.</summary>
    public const string Skycoin = "skycoin";
}

/// <summary>16 bytes naming a transport; text form is the 8-4-4-4-12 hex in network order (spec 10 §3.2).</summary>
public readonly record struct TransportId(UInt128 Value) : IComparable<TransportId>
{
    /// <summary>Bytes of an ID.</summary>
    public const int Size = 16;

    /// <summary>True for the all-zero ID.</summary>
    public bool IsNull => Value == 0;

    /// <summary>Reads 16 bytes in network order.</summary>
    public static TransportId Read(ReadOnlySpan<byte> bytes) => new(System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(bytes));

    /// <summary>Writes 16 bytes in network order.</summary>
    public void CopyTo(Span<byte> destination) => System.Buffers.Binary.BinaryPrimitives.WriteUInt128BigEndian(destination, Value);

    /// <summary>The ID of the transport of this type between two keys, in any order.</summary>
    public static TransportId Of(PubKey a, PubKey b, string type)
    {
        var (low, high) = a <= b ? (a, b) : (b, a);
        var preimage = new byte[16 + (2 * PubKey.Size) + Encoding.ASCII.GetByteCount(type)];
        low.CopyTo(preimage.AsSpan(16));
        high.CopyTo(preimage.AsSpan(16 + PubKey.Size));
        Encoding.ASCII.GetBytes(type, preimage.AsSpan(16 + (2 * PubKey.Size)));
        Span<byte> hash = stackalloc byte[32];
        SHA256.HashData(preimage, hash);
        hash[6] &= 0x0F;
        hash[8] = (byte)((hash[8] & 0x3F) | 0x80);
        return Read(hash);
    }

    /// <summary>Parses the 36-character text form.</summary>
    public static bool TryParse(string? text, out TransportId id)
    {
        id = default;
        if (!Guid.TryParseExact(text, "D", out var guid))
        {
            return false;
        }

        Span<byte> bytes = stackalloc byte[Size];
        guid.TryWriteBytes(bytes, bigEndian: true, out _);
        id = Read(bytes);
        return true;
    }

    /// <inheritdoc/>
    public int CompareTo(TransportId other) => Value.CompareTo(other.Value);

    /// <summary>Lower-case 8-4-4-4-12.</summary>
    public override string ToString()
    {
        Span<byte> bytes = stackalloc byte[Size];
        CopyTo(bytes);
        return new Guid(bytes, bigEndian: true).ToString("D");
    }

    /// <summary>Order of the 16 bytes.</summary>
    public static bool operator <(TransportId left, TransportId right) => left.CompareTo(right) < 0;

    /// <summary>Order of the 16 bytes.</summary>
    public static bool operator >(TransportId left, TransportId right) => left.CompareTo(right) > 0;

    /// <summary>Order of the 16 bytes.</summary>
    public static bool operator <=(TransportId left, TransportId right) => left.CompareTo(right) <= 0;

    /// <summary>Order of the 16 bytes.</summary>
    public static bool operator >=(TransportId left, TransportId right) => left.CompareTo(right) >= 0;
}

/// <summary>A transport between two keys: ID, ordered edges, type, label. The label is neither signed nor compared.</summary>
public sealed record TransportEntry(TransportId Id, PubKey Edge0, PubKey Edge1, string Type, string Label)
{
    /// <summary>Builds the entry of a transport between two keys, in any order.</summary>
    public static TransportEntry Create(PubKey a, PubKey b, string type, string label)
    {
        var (low, high) = a <= b ? (a, b) : (b, a);
        return new TransportEntry(TransportId.Of(a, b, type), low, high, type, label);
    }

    /// <summary>True when the key is one of the edges.</summary>
    public bool HasEdge(PubKey key) => Edge0 == key || Edge1 == key;

    /// <summary>The other edge; the key itself for a transport to oneself.</summary>
    public PubKey RemoteOf(PubKey key) => Edge0 == key ? Edge1 : Edge0;

    /// <summary>True when ID and edge order are what keys and type make them.</summary>
    public bool IsConsistent => Edge0 <= Edge1 && TransportId.Of(Edge0, Edge1, Type) == Id;

    /// <summary>What both edges sign: <c>id || edge0 || edge1 || type</c> (spec 10 §3.4).</summary>
    public byte[] SignedPayload()
    {
        var payload = new byte[TransportId.Size + (2 * PubKey.Size) + Encoding.ASCII.GetByteCount(Type)];
        Id.CopyTo(payload);
        Edge0.CopyTo(payload.AsSpan(TransportId.Size));
        Edge1.CopyTo(payload.AsSpan(TransportId.Size + PubKey.Size));
        Encoding.ASCII.GetBytes(Type, payload.AsSpan(TransportId.Size + (2 * PubKey.Size)));
        return payload;
    }
}

/// <summary>An entry with up to two signatures; a missing one is all zero. <c>Signatures[i]</c> belongs to edge i.</summary>
public sealed record SignedTransportEntry(TransportEntry Entry, Signature Signature0, Signature Signature1)
{
    /// <summary>Returns a copy signed by <paramref name="key"/>, which must be an edge. A transport to oneself gets both.</summary>
    public SignedTransportEntry Sign(SecKey key)
    {
        var signature = key.SignPayload(Entry.SignedPayload());
        var result = this;
        if (Entry.Edge0 == key.PublicKey)
        {
            result = result with { Signature0 = signature };
        }

        return Entry.Edge1 == key.PublicKey ? result with { Signature1 = signature } : result;
    }

    /// <summary>True when the signature of this edge is present and right.</summary>
    public bool IsSignedBy(PubKey edge) => (Entry.Edge0 == edge && Signature0.VerifyPayload(edge, Entry.SignedPayload())) || (Entry.Edge1 == edge && Signature1.VerifyPayload(edge, Entry.SignedPayload()));
}

/// <summary>One hop of a path: over this transport, from one visor to the next (spec 11 §5, 13 §2).</summary>
public readonly record struct RouteHop(TransportId TransportId, PubKey From, PubKey To);
