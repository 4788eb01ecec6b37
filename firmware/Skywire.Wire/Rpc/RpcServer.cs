// SCAFFOLD: signature only.
using Skywire.Wire.Gob;

namespace Skywire.Wire.Rpc;

/// <summary>Go net/rpc server with the gob codec (spec 04 §5, 13 §3). Register methods, then serve any number of streams.</summary>
public sealed class RpcServer
{
    /// <summary>A method body: argument in, reply out; an <see cref="RpcException"/> thrown here becomes the error text of the reply.</summary>
    public delegate Task<GobValue> Method(GobValue argument, CancellationToken cancellationToken);

    /// <summary>Registers <c>Service.Method</c> with the type its replies have.</summary>
    public void Register(string name, GobType replyType, Method method) => throw new NotImplementedException();

    /// <summary>Serves one stream until it ends or is cancelled; each call runs on its own. Disposes the stream. Never throws for what the peer sends.</summary>
    public Task ServeAsync(IByteStream stream, CancellationToken cancellationToken) => throw new NotImplementedException();
}
