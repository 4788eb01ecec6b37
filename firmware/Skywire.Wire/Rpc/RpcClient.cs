// SCAFFOLD: signature only.
using Skywire.Wire.Gob;

namespace Skywire.Wire.Rpc;

/// <summary>Go net/rpc client with the gob codec (spec 04 §5, 13 §3). Owns the stream: disposing closes it and fails pending calls.</summary>
public sealed class RpcClient : IAsyncDisposable
{
    /// <summary>Starts reading replies from <paramref name="stream"/>.</summary>
    public RpcClient(IByteStream stream) => throw new NotImplementedException();

    /// <summary>Calls <c>Service.Method</c>. Calls may overlap. Throws <see cref="RpcException"/> with the remote's text, or <see cref="ProtocolException"/> when the stream ended first.</summary>
    public Task<GobValue> CallAsync(string method, GobType argumentType, GobValue argument, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>Closes the stream.</summary>
    public ValueTask DisposeAsync() => throw new NotImplementedException();
}

/// <summary>The remote method answered with an error text.</summary>
public sealed class RpcException(string message) : IOException(message)
{
    /// <summary>True for "can't find service/method": the peer does not know the call (spec 13 §2.1).</summary>
    public bool IsUnknownMethod => Message.StartsWith("rpc: can't find", StringComparison.Ordinal);
}
