// From a fresh TCP stream to an authenticated encrypted link: the network handshake (spec 10 §4), then noise KK (spec 10 §5).
using Skywire.Crypto;
using Skywire.Dmsg;
using Skywire.Noise;
using Skywire.Wire;

namespace Skywire.Transport.Handshake;

internal static class LinkHandshake
{
    /// <summary>Covers all four frames on each side (spec 10 §4).</summary>
    internal static readonly TimeSpan FramesLimit = TimeSpan.FromSeconds(10);

    /// <summary>Covers the noise handshake (spec 10 §5).</summary>
    internal static readonly TimeSpan NoiseLimit = TimeSpan.FromSeconds(5);

    /// <summary>Takes over the stream: it is aborted when this throws (<see cref="ProtocolException"/>).</summary>
    internal static async Task<TransportLink> DialAsync(IByteStream stream, SecKey key, ushort localPort, PubKey remote, IEntropy entropy, TimeProvider time, CancellationToken cancellationToken)
    {
        await RunFramesAsync(stream, NetworkHandshake.Initiate(key, localPort, new SkywireAddress(remote, DmsgPorts.Transport)), FramesLimit, time, cancellationToken);
        var noise = new HandshakeState(HandshakePattern.KK, initiator: true, key, remote, entropy);
        return new TransportLink(await NoiseStream.HandshakeAsync(stream, noise, NoiseLimit, time, cancellationToken), remote);
    }

    /// <summary>The accepting side; same rule.</summary>
    internal static async Task<TransportLink> AcceptAsync(IByteStream stream, SecKey key, IEntropy entropy, TimeProvider time, CancellationToken cancellationToken)
    {
        var handshake = NetworkHandshake.Respond(static port => port == DmsgPorts.Transport, entropy);
        await RunFramesAsync(stream, handshake, FramesLimit, time, cancellationToken);
        var remote = handshake.Remote.Key;
        var noise = new HandshakeState(HandshakePattern.KK, initiator: false, key, remote, entropy);
        return new TransportLink(await NoiseStream.HandshakeAsync(stream, noise, NoiseLimit, time, cancellationToken), remote);
    }

    /// <summary>Carries the frames of <paramref name="handshake"/> within <paramref name="limit"/>; one write per frame, reads end at LF.</summary>
    internal static async Task RunFramesAsync(IByteStream stream, NetworkHandshake handshake, TimeSpan limit, TimeProvider time, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            while (handshake.Want is not (HandshakeWant.Done or HandshakeWant.Failed))
            {
                switch (handshake.Want)
                {
                    case HandshakeWant.Write:
                        await stream.WriteAsync(handshake.Outgoing, either.Token);
                        handshake.Written();
                        break;
                    case HandshakeWant.ReadRequest:
                        handshake.Receive(await FrameReader.ReadExactAsync(stream, NetworkHandshakeFrames.GetNonce.Length, either.Token));
                        break;
                    default:
                        handshake.Receive(await FrameReader.ReadLineAsync(stream, NetworkHandshakeFrames.MaxLine, ProtocolError.BadNetworkHandshake, either.Token));
                        break;
                }
            }

            if (handshake.Want == HandshakeWant.Failed)
            {
                throw new ProtocolException(handshake.Error, handshake.Reason);
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            stream.Abort();
            throw new ProtocolException(ProtocolError.HandshakeTimeout, $"the network handshake took longer than {limit.TotalSeconds:0} s");
        }
        catch (Exception e)
        {
            // A refusal just written must still get out, so the stream is closed in order; everything else is torn down.
            if (e is ProtocolException { Error: ProtocolError.NoListener })
            {
                await stream.DisposeAsync();
            }
            else
            {
                stream.Abort();
            }

            throw;
        }
    }
}
