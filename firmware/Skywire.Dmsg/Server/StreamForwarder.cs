// Takes a stream from the client that opened it to the client it asks for (spec 03 §6).
using System.Net;
using Skywire.Crypto;
using Skywire.Dmsg.Objects;
using Skywire.Dmsg.Sessions;
using Skywire.Wire;

namespace Skywire.Dmsg.Server;

/// <summary>
/// Reads the request of a stream, passes it on, passes the answer back, bridges. A stream to a client is opened only with a complete and valid request
/// at hand, because clients of the reference end their whole session over anything else. Refused streams are closed. Thread-safe.
/// </summary>
internal sealed class StreamForwarder(DmsgServerOptions options, SecKey key, SessionTable sessions, CauseCounters causes, TimeProvider time, Action<int> onBytes)
{
    // Message 1 of KK: an ephemeral key and a tag.
    private const int MinNoiseMessage = PubKey.Size + AeadKey.TagSize;

    /// <summary>Takes the stream over; returns the cause of its end, <see cref="ProtocolError.None"/> for an orderly one.</summary>
    public async Task<ProtocolError> HandleAsync(DmsgSession source, IByteStream stream, CancellationToken cancellationToken)
    {
        IByteStream? onward = null;
        ProtocolError cause;
        try
        {
            (cause, onward) = await ConnectAsync(source, stream, cancellationToken);
            if (onward is not null)
            {
                var wasIdle = await new Bridge(stream, onward, options.CopyBuffer, options.BridgeIdleLimit, time, onBytes).RunAsync(cancellationToken);
                cause = wasIdle ? ProtocolError.TimedOut : ProtocolError.None;
            }
        }
        catch (OperationCanceledException)
        {
            cause = cancellationToken.IsCancellationRequested ? ProtocolError.ShuttingDown : ProtocolError.HandshakeTimeout;
        }
        catch (IOException e)
        {
            cause = (e as ProtocolException)?.Error ?? ProtocolError.SessionClosed;
        }
        catch (ObjectDisposedException)
        {
            cause = ProtocolError.SessionClosed;
        }

        await stream.DisposeAsync();
        if (cause != ProtocolError.None)
        {
            causes.Add(cause);
        }

        return cause;
    }

    private async Task<(ProtocolError Cause, IByteStream? Onward)> ConnectAsync(DmsgSession source, IByteStream stream, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(options.RequestTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        var read = await source.Objects.ReadAsync(stream, markerAllowed: true, either.Token);
        if (read.IsMarker)
        {
            await stream.WriteAsync(new byte[2], either.Token);
            return default;
        }

        if (read.Object is not { } signed)
        {
            return (ProtocolError.TruncatedFrame, null);
        }

        var code = StreamRequest.TryParse(signed, out var request);
        if (code == DmsgErrorCode.None && request!.Source.Key != source.RemoteKey)
        {
            code = DmsgErrorCode.RequestSourceKey;
        }

        if (code != DmsgErrorCode.None)
        {
            return (code.ToProtocolError(), null);
        }

        if (request!.IsAddressLookup)
        {
            return (await AnswerLookupAsync(source, stream, request, signed, either.Token), null);
        }

        if (request.NoiseMessage.Length < MinNoiseMessage || !PubKey.TryParse(request.NoiseMessage.AsSpan(0, PubKey.Size), out _))
        {
            // A client of 2024 stops as a whole over a point that is not on the curve.
            return (ProtocolError.BadHandshake, null);
        }

        return sessions.Find(request.Destination.Key) is { } target
            ? await ForwardAsync(source, stream, target, signed, cancellationToken)
            : (ProtocolError.NoNextSession, null);
    }

    private async Task<(ProtocolError Cause, IByteStream? Onward)> ForwardAsync(
        DmsgSession source, IByteStream stream, DmsgSession target, byte[] signed, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(options.ForwardTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        var onward = await target.Mux.OpenAsync(either.Token);
        var isBridged = false;
        try
        {
            await target.Objects.WriteAsync(onward, signed, either.Token);
            var answer = (await target.Objects.ReadAsync(onward, markerAllowed: false, either.Token)).Object;
            if (answer is null)
            {
                return (ProtocolError.DialRefused, null);
            }

            var code = StreamResponse.TryParse(answer, StreamResponse.HashOf(signed), target.RemoteKey, out var response);
            if (code != DmsgErrorCode.None)
            {
                return (code.ToProtocolError(), null);
            }

            await source.Objects.WriteAsync(stream, answer, either.Token);
            isBridged = response!.Accepted;
            return (response.Code.ToProtocolError(), isBridged ? onward : null);
        }
        finally
        {
            if (!isBridged)
            {
                await onward.DisposeAsync();
            }
        }
    }

    // Clients of 2026 ask their server which address they come from.
    private async Task<ProtocolError> AnswerLookupAsync(DmsgSession source, IByteStream stream, StreamRequest request, byte[] signed, CancellationToken cancellationToken)
    {
        if (request.Destination.Key != key.PublicKey)
        {
            return ProtocolError.WrongDestination;
        }

        if (source.RemoteEndPoint is not IPEndPoint { Address: var address })
        {
            return ProtocolError.AddressUnknown;
        }

        address = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        var response = new StreamResponse(StreamResponse.HashOf(signed), Accepted: true, DmsgErrorCode.None, [], address.GetAddressBytes());
        await source.Objects.WriteAsync(stream, response.Sign(key), cancellationToken);
        return ProtocolError.None;
    }
}
