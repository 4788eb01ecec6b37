// One SOCKS5 connection at the server: handshake, dial, copy.
using System.Buffers;
using System.Net;
using System.Net.Sockets;
using Skywire.Wire;

namespace Skywire.Apps.Skysocks;

/// <summary>Serves one stream of a client. Does not own the stream.</summary>
internal sealed class SocksConnection(IByteStream stream, INetwork network, TimeProvider time, SkysocksServerOptions options, Passcode? passcode, AppCounters counters)
{
    // A message, and what a hasty client sends behind it.
    private const int BufferSize = 2048;

    private readonly ArrayBufferWriter<byte> _reply = new(Socks5.ReplySize * 2);

    /// <summary>Runs to the end of the connection. Throws nothing; says why it failed.</summary>
    public async Task<ProtocolError> RunAsync(CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            var handshake = new Socks5Handshake(passcode);
            var (cause, early) = await ShakeHandsAsync(handshake, buffer, cancellationToken);
            if (cause != ProtocolError.None)
            {
                counters.StreamFailed();
                return cause;
            }

            return await ConnectAsync(handshake.Request, early, cancellationToken);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or OperationCanceledException)
        {
            counters.StreamFailed();
            return cancellationToken.IsCancellationRequested ? ProtocolError.None : ProtocolError.StreamReset;
        }
        finally
        {
            // It may have held a password.
            buffer.AsSpan().Clear();
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private async Task<(ProtocolError Cause, ReadOnlyMemory<byte> Early)> ShakeHandsAsync(Socks5Handshake handshake, byte[] buffer, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(options.HandshakeLimit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        var end = 0;
        try
        {
            while (true)
            {
                var status = handshake.Process(buffer.AsSpan(0, end), _reply, out var consumed);
                await SendReplyAsync(either.Token);
                if (status == OperationStatus.InvalidData)
                {
                    return (handshake.Cause, default);
                }

                if (status == OperationStatus.Done)
                {
                    return (ProtocolError.None, buffer.AsMemory(consumed, end - consumed));
                }

                buffer.AsSpan(consumed, end - consumed).CopyTo(buffer);
                end -= consumed;

                // A message in parts is shorter than the buffer, so that there is room.
                var count = await stream.ReadAsync(buffer.AsMemory(end), either.Token);
                if (count == 0)
                {
                    return (end == 0 ? ProtocolError.StreamReset : ProtocolError.BadSocksMessage, default);
                }

                end += count;
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return (ProtocolError.TimedOut, default);
        }
    }

    private async Task<ProtocolError> ConnectAsync(Socks5Request request, ReadOnlyMemory<byte> early, CancellationToken cancellationToken)
    {
        var (target, refusal) = await DialAsync(request, cancellationToken);
        if (target is null)
        {
            counters.StreamFailed();
            Socks5.WriteReply(_reply, refusal);
            await SendReplyAsync(cancellationToken);
            return refusal == Socks5Reply.NotAllowed ? ProtocolError.DestinationDenied : ProtocolError.DialFailed;
        }

        await using (target)
        {
            Socks5.WriteReply(_reply, Socks5Reply.Succeeded);
            await SendReplyAsync(cancellationToken);
            if (!early.IsEmpty)
            {
                await target.WriteAsync(early, cancellationToken);
                counters.Received(early.Length);
            }

            return await StreamPump.RunAsync(target, stream, counters, options.Pump, time, cancellationToken);
        }
    }

    private async Task<(IByteStream? Target, Socks5Reply Refusal)> DialAsync(Socks5Request request, CancellationToken cancellationToken)
    {
        if (request.Address is { } literal && !options.Egress.Allows(literal))
        {
            return (null, Socks5Reply.NotAllowed);
        }

        using var limit = new CancellationTokenSource(options.DialLimit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            var target = await network.ConnectAsync(request.Target, either.Token);
            if (target.RemoteEndPoint is not IPEndPoint { Address: var reached } || options.Egress.Allows(reached))
            {
                return (target, Socks5Reply.Succeeded);
            }

            // A name that leads where clients may not go; nothing was sent there.
            target.Abort();
            await target.DisposeAsync();
            return (null, Socks5Reply.NotAllowed);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return (null, Socks5Reply.HostUnreachable);
        }
        catch (IOException e)
        {
            return (null, Classify(e));
        }
    }

    private async ValueTask SendReplyAsync(CancellationToken cancellationToken)
    {
        if (_reply.WrittenCount > 0)
        {
            await stream.WriteAsync(_reply.WrittenMemory, cancellationToken);
            _reply.ResetWrittenCount();
        }
    }

    private static Socks5Reply Classify(Exception? e)
    {
        while (e is not null and not SocketException)
        {
            e = e.InnerException;
        }

        return (e as SocketException)?.SocketErrorCode switch
        {
            SocketError.ConnectionRefused => Socks5Reply.ConnectionRefused,
            SocketError.NetworkUnreachable or SocketError.NetworkDown => Socks5Reply.NetworkUnreachable,
            SocketError.HostUnreachable or SocketError.HostDown or SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain or SocketError.TimedOut => Socks5Reply.HostUnreachable,
            null => Socks5Reply.HostUnreachable,
            _ => Socks5Reply.GeneralFailure,
        };
    }
}
