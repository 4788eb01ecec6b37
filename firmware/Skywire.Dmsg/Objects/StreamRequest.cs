// What a dialer sends first on a new stream (spec 03 §4).
using Skywire.Crypto;
using Skywire.Wire.Gob;

namespace Skywire.Dmsg.Objects;

/// <summary>A key and one of its ports.</summary>
internal readonly record struct DmsgAddress(PubKey Key, ushort Port);

/// <summary>A request to open a stream from <paramref name="Source"/> to <paramref name="Destination"/>, or, with <paramref name="IsAddressLookup"/>, to name the caller's own address.</summary>
/// <param name="Timestamp">Unix nanoseconds.</param>
/// <param name="Source">The dialer and its ephemeral port.</param>
/// <param name="Destination">The target and its port.</param>
/// <param name="NoiseMessage">KK message 1.</param>
/// <param name="IsAddressLookup">The server itself is asked (2026).</param>
internal sealed record StreamRequest(long Timestamp, DmsgAddress Source, DmsgAddress Destination, byte[] NoiseMessage, bool IsAddressLookup = false)
{
    private static readonly GobType KeyType = new GobType.Opaque("PubKey");

    private static readonly GobType AddressType = new GobType.Struct("Addr", new("PK", KeyType), new("Port", GobType.UInt));

    private static readonly GobType RequestType = new GobType.Struct(
        "StreamRequest",
        new("Timestamp", GobType.Int),
        new("SrcAddr", AddressType),
        new("DstAddr", AddressType),
        new("NoiseMsg", GobType.Bytes));

    /// <summary>The signed object, in the form every version of the reference reads.</summary>
    public byte[] Sign(SecKey key) => SignedObject.Make(
        RequestType,
        GobValue.OfStruct(
            ("Timestamp", GobValue.Of(Timestamp)),
            ("SrcAddr", Encode(Source)),
            ("DstAddr", Encode(Destination)),
            ("NoiseMsg", GobValue.Of(NoiseMessage))),
        key);

    /// <summary>Decodes and checks in the reference's order; the signature, which costs most, last.</summary>
    public static DmsgErrorCode TryParse(ReadOnlySpan<byte> signed, out StreamRequest? request)
    {
        request = null;
        var code = SignedObject.TryDecode(signed, out var value);
        if (code != DmsgErrorCode.None)
        {
            return code;
        }

        if (!TryDecode(value["SrcAddr"], out var source) || !TryDecode(value["DstAddr"], out var destination))
        {
            return DmsgErrorCode.Malformed;
        }

        var parsed = new StreamRequest(value["Timestamp"].AsInt, source, destination, value["NoiseMsg"].AsBytes, value["IPinfo"].AsBool);
        code = parsed.Check();
        if (code == DmsgErrorCode.None && !SignedObject.Verify(signed, source.Key))
        {
            code = DmsgErrorCode.RequestSignature;
        }

        request = code == DmsgErrorCode.None ? parsed : null;
        return code;
    }

    private static GobValue Encode(DmsgAddress address) =>
        GobValue.OfStruct(("PK", GobValue.Of(address.Key.ToBytes())), ("Port", GobValue.Of((ulong)address.Port)));

    // A null key may be left out or sent as zeros; both are judged by Check.
    private static bool TryDecode(GobValue value, out DmsgAddress address)
    {
        var bytes = value["PK"].AsBytes;
        var port = value["Port"].AsUInt;
        var key = default(PubKey);
        var ok = port <= ushort.MaxValue
            && (bytes.Length == 0 || (bytes.Length == PubKey.Size && !bytes.AsSpan().ContainsAnyExcept((byte)0)) || PubKey.TryParse(bytes, out key));
        address = ok ? new DmsgAddress(key, (ushort)port) : default;
        return ok;
    }

    private DmsgErrorCode Check() => this switch
    {
        { Source.Key.IsNull: true } => DmsgErrorCode.RequestSourceKey,
        { Source.Port: 0 } => DmsgErrorCode.RequestSourcePort,
        { Destination.Key.IsNull: true } => DmsgErrorCode.RequestDestinationKey,
        { Destination.Port: 0 } => DmsgErrorCode.RequestDestinationPort,
        { Timestamp: <= 0 } => DmsgErrorCode.RequestTimestamp,
        _ => DmsgErrorCode.None,
    };
}
