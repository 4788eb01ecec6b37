// Transports over dmsg streams: no network handshake and no noise of their own, the stream carries both (spec 10 §5).
using Skywire.Crypto;
using Skywire.Discovery;
using Skywire.Dmsg;
using Skywire.Wire;

namespace Skywire.Transport.Dmsg;

/// <summary>Dials and accepts on dmsg port 45. The dmsg client stays the caller's.</summary>
public sealed class DmsgNetwork(IDmsg dmsg) : ITransportNetwork
{
    private IDmsgListener? _listener;

    /// <inheritdoc/>
    public string Type => TransportTypes.Dmsg;

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        _listener = dmsg.Listen(DmsgPorts.Transport);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public async Task<TransportLink> DialAsync(PubKey remote, CancellationToken cancellationToken)
    {
        try
        {
            return new TransportLink(await dmsg.DialAsync(remote, DmsgPorts.Transport, cancellationToken), remote);
        }
        catch (IOException e) when (e is not ProtocolException)
        {
            throw new ProtocolException(ProtocolError.DialFailed, e.Message, e);
        }
    }

    /// <inheritdoc/>
    public async ValueTask<TransportLink> AcceptAsync(CancellationToken cancellationToken)
    {
        var stream = await (_listener ?? throw new InvalidOperationException("not started")).AcceptAsync(cancellationToken);
        return new TransportLink(stream, stream.RemoteKey);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _listener?.DisposeAsync() ?? ValueTask.CompletedTask;
}
