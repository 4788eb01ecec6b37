// Go declarations of the values in gob.json, as GobType.
using Skywire.Wire.Gob;

namespace Skywire.Wire.Tests.Gob;

internal static class GobTypes
{
    public static GobType PubKey { get; } = new GobType.Opaque("PubKey");

    public static GobType Addr { get; } = new GobType.Struct("Addr", new("PK", PubKey), new("Port", GobType.UInt));

    public static GobType WinSize { get; } = new GobType.Struct("WinSize", new("X", GobType.UInt), new("Y", GobType.UInt), new("Rows", GobType.UInt), new("Cols", GobType.UInt));

    public static GobType CommandReq { get; } = new GobType.Struct("CommandReq", new("Name", GobType.String), new("Arg", new GobType.Slice("[]string", GobType.String)), new("Size", WinSize));

    public static GobType KeyList { get; } = new GobType.Slice("", PubKey);

    public static GobType Request2024 { get; } = new GobType.Struct("StreamRequest", new("Timestamp", GobType.Int), new("SrcAddr", Addr), new("DstAddr", Addr), new("NoiseMsg", GobType.Bytes));

    private static readonly GobType Hash = new GobType.Array("SHA256", GobType.UInt, 32);

    /// <summary>The type of an item of gob.json by its name.</summary>
    public static GobType Of(string name) => name switch
    {
        "dmsg.StreamRequest 2024" => Request2024,
        "dmsg.StreamRequest 2026" or "dmsg.StreamRequest 2026 ip lookup" => new GobType.Struct(
            "StreamRequest", new("Timestamp", GobType.Int), new("SrcAddr", Addr), new("DstAddr", Addr), new("IPinfo", GobType.Bool), new("GeoInfo", GobType.Bool), new("NoiseMsg", GobType.Bytes)),
        "dmsg.StreamResponse 2024 accepted" or "dmsg.StreamResponse 2024 refused" => new GobType.Struct(
            "StreamResponse", new("ReqHash", Hash), new("Accepted", GobType.Bool), new("ErrCode", GobType.UInt), new("NoiseMsg", GobType.Bytes)),
        "dmsg.StreamResponse 2026 ip" => new GobType.Struct(
            "StreamResponse", new("ReqHash", Hash), new("Accepted", GobType.Bool), new("IP", GobType.Bytes), new("GeoCountry", GobType.String), new("GeoRegion", GobType.String),
            new("GeoLat", GobType.Float), new("GeoLon", GobType.Float), new("ErrCode", GobType.UInt), new("NoiseMsg", GobType.Bytes)),
        "dmsg.PeerAnnounce 2026" => new GobType.Struct("PeerAnnounce", new("Timestamp", GobType.Int), new("SrcPK", PubKey)),
        "int 0" or "int 1" or "int 256" or "int -129" or "int64 min" => GobType.Int,
        "bytes" => GobType.Bytes,
        "string" => GobType.String,
        "bool true" => GobType.Bool,
        "uint64 max" => GobType.UInt,
        "float64 13.25" => GobType.Float,
        "empty struct" => GobType.Empty,
        "map[string]int" => new GobType.Map("", GobType.String, GobType.Int),
        "[]string" => new GobType.Slice("", GobType.String),
        "rpc.Request" or "rpc.Request seq 0" => Skywire.Wire.Rpc.RpcMessages.Request,
        "rpc.Response" or "rpc.Response error" => Skywire.Wire.Rpc.RpcMessages.Response,
        "pty.CommandReq" or "pty.CommandReq size" => CommandReq,
        "pty.WinSize" or "two messages" => WinSize,
        "[]cipher.PubKey" => KeyList,
        "cipher.PubKey" => new GobType.Opaque(""),
        _ => throw new ArgumentOutOfRangeException(nameof(name), name, "no type for this vector"),
    };
}
