// The headers of Go net/rpc (spec 04 §5).
using Skywire.Wire.Gob;

namespace Skywire.Wire.Rpc;

/// <summary>Types of the two headers.</summary>
internal static class RpcMessages
{
    public const string ServiceMethod = "ServiceMethod";
    public const string Seq = "Seq";
    public const string Error = "Error";

    public static GobType Request { get; } = new GobType.Struct("Request", new(ServiceMethod, GobType.String), new(Seq, GobType.UInt));

    public static GobType Response { get; } = new GobType.Struct("Response", new(ServiceMethod, GobType.String), new(Seq, GobType.UInt), new(Error, GobType.String));

    public static GobValue MakeRequest(string method, ulong seq) => GobValue.OfStruct((ServiceMethod, GobValue.Of(method)), (Seq, GobValue.Of(seq)));

    public static GobValue MakeResponse(string method, ulong seq, string error) =>
        GobValue.OfStruct((ServiceMethod, GobValue.Of(method)), (Seq, GobValue.Of(seq)), (Error, GobValue.Of(error)));
}
