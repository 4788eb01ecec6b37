// The error text of a remote call.
namespace Skywire.Wire.Rpc;

/// <summary>The remote method answered with an error text.</summary>
public sealed class RpcException(string message) : IOException(message)
{
    /// <summary>True for "can't find service/method": the peer does not know the call (spec 13 §2.1).</summary>
    public bool IsUnknownMethod => Message.StartsWith("rpc: can't find", StringComparison.Ordinal);
}
