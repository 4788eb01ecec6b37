// One TCP connection between a client and a server after its handshake (spec 03 §2).
using System.Net;
using Skywire.Crypto;
using Skywire.Noise;
using Skywire.Wire;
using Skywire.Wire.Yamux;

namespace Skywire.Dmsg.Sessions;

/// <summary>The mux and the object keys of a session. The mux runs on the bare connection: only objects are sealed with the session's keys.</summary>
internal sealed class DmsgSession : IAsyncDisposable
{
    private DmsgSession(PubKey remoteKey, EndPoint? remoteEndPoint, ObjectChannel objects, YamuxSession mux)
    {
        RemoteKey = remoteKey;
        RemoteEndPoint = remoteEndPoint;
        Objects = objects;
        Mux = mux;
    }

    /// <summary>The key the other side proved.</summary>
    public PubKey RemoteKey { get; }

    /// <summary>Its address.</summary>
    public EndPoint? RemoteEndPoint { get; }

    /// <summary>Reads and writes sealed objects.</summary>
    public ObjectChannel Objects { get; }

    /// <summary>The streams.</summary>
    public YamuxSession Mux { get; }

    /// <summary>Last round trip measured; zero before the first.</summary>
    public TimeSpan RoundTrip { get; set; }

    /// <summary>Handshake as client, then the pause a 2024 server needs: it drops a connection whose first mux bytes come along with message 3 (spec 03 §2).</summary>
    public static Task<DmsgSession> ConnectAsync(
        IByteStream stream, SecKey key, PubKey server, SessionSettings settings, IEntropy entropy, TimeProvider time, CancellationToken cancellationToken) =>
        StartAsync(stream, new HandshakeState(HandshakePattern.XK, initiator: true, key, server, entropy), isClient: true, settings, time, cancellationToken);

    /// <summary>Handshake as server. Bytes behind message 3 stay in the stream, for the mux.</summary>
    public static Task<DmsgSession> AcceptAsync(
        IByteStream stream, SecKey key, SessionSettings settings, IEntropy entropy, TimeProvider time, CancellationToken cancellationToken) =>
        StartAsync(stream, new HandshakeState(HandshakePattern.XK, initiator: false, key, default, entropy), isClient: false, settings, time, cancellationToken);

    /// <summary>Ends the session and every stream of it.</summary>
    public async ValueTask DisposeAsync()
    {
        await Mux.DisposeAsync();
        Objects.Dispose();
    }

    private static async Task<DmsgSession> StartAsync(
        IByteStream stream, HandshakeState handshake, bool isClient, SessionSettings settings, TimeProvider time, CancellationToken cancellationToken)
    {
        using (handshake)
        {
            await NoiseHandshake.RunAsync(stream, handshake, settings.HandshakeTimeout, time, cancellationToken);
            if (settings.PauseAfterHandshake > TimeSpan.Zero)
            {
                try
                {
                    await Task.Delay(settings.PauseAfterHandshake, time, cancellationToken);
                }
                catch (OperationCanceledException)
                {
                    stream.Abort();
                    throw;
                }
            }

            var (send, receive) = handshake.Split(ReceiveRule.Window);
            return new DmsgSession(handshake.RemoteStatic, stream.RemoteEndPoint, new ObjectChannel(send, receive), new YamuxSession(stream, isClient, settings.Mux, time, settings.Causes));
        }
    }
}

/// <summary>How a session is set up.</summary>
internal sealed record SessionSettings(TimeSpan HandshakeTimeout, TimeSpan PauseAfterHandshake, YamuxOptions Mux, CauseCounters Causes);
