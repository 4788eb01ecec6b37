// A dmsg stream as applications see it: the Noise stream with its addresses and its port.
using System.Net;
using Skywire.Crypto;
using Skywire.Noise;
using Skywire.Wire;

namespace Skywire.Dmsg.Client;

/// <summary>A Noise stream over a mux stream. Gives its ephemeral port back when it is aborted or disposed.</summary>
internal sealed class DmsgStream : IDmsgStream
{
    private readonly NoiseStream _noise;
    private readonly PortReservation? _reservation;

    /// <summary>Takes over the stream, the keys of the completed handshake and the reservation (null for an accepted stream).</summary>
    public DmsgStream(IByteStream stream, HandshakeState handshake, ushort localPort, ushort remotePort, PortReservation? reservation)
    {
        var (send, receive) = handshake.Split(ReceiveRule.Strict);
        _noise = new NoiseStream(stream, handshake.RemoteStatic, send, receive);
        _reservation = reservation;
        LocalPort = localPort;
        RemotePort = remotePort;
    }

    /// <inheritdoc/>
    public PubKey RemoteKey => _noise.RemoteKey;

    /// <inheritdoc/>
    public ushort RemotePort { get; }

    /// <inheritdoc/>
    public ushort LocalPort { get; }

    /// <inheritdoc/>
    public EndPoint? RemoteEndPoint => _noise.RemoteEndPoint;

    /// <inheritdoc/>
    public ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken) => _noise.ReadAsync(buffer, cancellationToken);

    /// <inheritdoc/>
    public ValueTask WriteAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken) => _noise.WriteAsync(data, cancellationToken);

    /// <summary>Does nothing: a server closes both halves when one ends (spec 03 §6), so the end shows at dispose.</summary>
    public ValueTask CompleteWritesAsync(CancellationToken cancellationToken) => ValueTask.CompletedTask;

    /// <inheritdoc/>
    public void Abort()
    {
        _noise.Abort();
        _reservation?.Dispose();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _noise.DisposeAsync();
        _reservation?.Dispose();
    }
}
