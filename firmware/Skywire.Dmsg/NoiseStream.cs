// SCAFFOLD: signature only.
using System.Net;
using Skywire.Crypto;
using Skywire.Noise;
using Skywire.Wire;

namespace Skywire.Dmsg;

/// <summary>
/// The byte stream over Noise frames (spec 02 §5) on any stream: used by stcp/stcpr transports and dmsg streams. Reads decrypt every complete frame at
/// hand straight into the caller's buffer; writes cut into frames of at most 4070 bytes and leave in as few writes below as possible. Owns the stream below.
/// A buffer of at least <see cref="NoiseFrame.MaxPlaintext"/> bytes avoids an inner copy.
/// </summary>
public sealed class NoiseStream : IByteStream
{
    /// <summary>Continues on a stream whose handshake is done; takes over keys and stream. <paramref name="leftover"/> are bytes read behind the handshake.</summary>
    public NoiseStream(IByteStream stream, PubKey remoteKey, RecordSealer sealer, RecordOpener opener, ReadOnlySpan<byte> leftover = default) => throw new NotImplementedException();

    /// <summary>The key the peer proved.</summary>
    public PubKey RemoteKey => throw new NotImplementedException();

    /// <inheritdoc/>
    public EndPoint? RemoteEndPoint => throw new NotImplementedException();

    /// <summary>Runs KK (framed by 2-byte lengths) over <paramref name="stream"/>. Throws <see cref="ProtocolException"/>; the stream is aborted then.</summary>
    public static Task<NoiseStream> HandshakeAsync(IByteStream stream, HandshakeState handshake, TimeSpan limit, TimeProvider time, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <inheritdoc/>
    public ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <inheritdoc/>
    public ValueTask WriteAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <inheritdoc/>
    public ValueTask CompleteWritesAsync(CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <inheritdoc/>
    public void Abort() => throw new NotImplementedException();

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => throw new NotImplementedException();
}
