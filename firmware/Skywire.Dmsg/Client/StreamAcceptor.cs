// Answers stream requests that a server passes on (spec 03 §5, "Accept").
using Skywire.Dmsg.Objects;
using Skywire.Dmsg.Sessions;
using Skywire.Noise;
using Skywire.Wire;

namespace Skywire.Dmsg.Client;

/// <summary>Handles each incoming stream on a task of its own, with a deadline: whatever one stream does, the session and the other streams go on.</summary>
internal sealed class StreamAcceptor(ClientContext context, PortTable ports, OwnedTasks tasks, CancellationToken stop)
{
    private int _pending;

    /// <summary>Takes a stream over.</summary>
    public void Handle(DmsgSession session, IByteStream stream) => tasks.Run(() => AcceptAsync(session, stream));

    private async Task AcceptAsync(DmsgSession session, IByteStream stream)
    {
        var isHandedOver = false;
        var cause = ProtocolError.LimitReached;
        if (Interlocked.Increment(ref _pending) <= context.Options.MaxPendingAccepts)
        {
            using var timeout = new CancellationTokenSource(context.Options.AcceptTimeout, context.Time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, stop);
            try
            {
                cause = await NegotiateAsync(session, stream, either.Token);
                isHandedOver = cause == ProtocolError.None;
            }
            catch (OperationCanceledException)
            {
                cause = stop.IsCancellationRequested ? ProtocolError.ShuttingDown : ProtocolError.HandshakeTimeout;
            }
            catch (IOException e)
            {
                cause = (e as ProtocolException)?.Error ?? ProtocolError.SessionClosed;
            }
            catch (ObjectDisposedException)
            {
                cause = ProtocolError.SessionClosed;
            }
        }

        Interlocked.Decrement(ref _pending);
        if (!isHandedOver)
        {
            context.Causes.Add(cause);
            Log.StreamRefused(context.Log, session.RemoteKey.ToShortString(), cause.ToString());
            await stream.DisposeAsync();
        }
    }

    private async Task<ProtocolError> NegotiateAsync(DmsgSession session, IByteStream stream, CancellationToken cancellationToken)
    {
        var signed = (await session.Objects.ReadAsync(stream, markerAllowed: false, cancellationToken)).Object;
        if (signed is null)
        {
            return ProtocolError.TruncatedFrame;
        }

        var code = StreamRequest.TryParse(signed, out var request);
        if (code == DmsgErrorCode.None && request!.Destination.Key != context.Key.PublicKey)
        {
            code = DmsgErrorCode.RequestDestinationKey;
        }

        if (code != DmsgErrorCode.None)
        {
            return code.ToProtocolError();
        }

        using var handshake = new HandshakeState(HandshakePattern.KK, initiator: false, context.Key, request!.Source.Key, context.Entropy);
        if (!handshake.TryReadMessage(request.NoiseMessage))
        {
            return ProtocolError.BadHandshake;
        }

        var hash = StreamResponse.HashOf(signed);
        var listener = ports.Find(request.Destination.Port);
        if (listener is null || !listener.TryReserve())
        {
            // The reference closes without a word; a signed refusal spares the dialer the guessing, and is understood by all versions.
            code = listener is null ? DmsgErrorCode.NoListener : DmsgErrorCode.AcceptQueueFull;
            await session.Objects.WriteAsync(stream, new StreamResponse(hash, Accepted: false, code, []).Sign(context.Key), cancellationToken);
            return code.ToProtocolError();
        }

        var isQueued = false;
        try
        {
            var message = new byte[HandshakeState.MaxMessage];
            var n = handshake.WriteMessage([], message);
            var response = new StreamResponse(hash, Accepted: true, DmsgErrorCode.None, message[..n]).Sign(context.Key);
            await session.Objects.WriteAsync(stream, response, cancellationToken);
            var accepted = new DmsgStream(stream, handshake, request.Destination.Port, request.Source.Port, reservation: null);
            isQueued = listener.Enqueue(accepted);
            if (!isQueued)
            {
                await accepted.DisposeAsync();
                return ProtocolError.NoListener;
            }

            return ProtocolError.None;
        }
        finally
        {
            if (!isQueued)
            {
                listener.CancelReservation();
            }
        }
    }
}
