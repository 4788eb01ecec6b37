// Carries a Noise handshake over a stream: the thin IO shell around HandshakeState (spec 02 §3).
using System.Buffers.Binary;
using Skywire.Noise;
using Skywire.Wire;

namespace Skywire.Dmsg;

/// <summary>Runs handshakes in 2-byte length frames. Reads exactly the frames, so that bytes behind the last one stay in the stream.</summary>
internal static class NoiseHandshake
{
    /// <summary>Completes the handshake within <paramref name="limit"/>. Throws <see cref="ProtocolException"/> and aborts the stream when it fails.</summary>
    public static async Task RunAsync(IByteStream stream, HandshakeState handshake, TimeSpan limit, TimeProvider time, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(limit, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            var buffer = new byte[NoiseFrame.PrefixSize + HandshakeState.MaxMessage];
            while (!handshake.IsComplete)
            {
                if (handshake.IsWriteTurn)
                {
                    var n = handshake.WriteMessage([], buffer.AsSpan(NoiseFrame.PrefixSize));
                    BinaryPrimitives.WriteUInt16BigEndian(buffer, (ushort)n);
                    await stream.WriteAsync(buffer.AsMemory(0, NoiseFrame.PrefixSize + n), both.Token);
                }
                else
                {
                    await ReadMessageAsync(stream, handshake, buffer, both.Token);
                }
            }
        }
        catch (Exception e)
        {
            stream.Abort();
            switch (e)
            {
                case OperationCanceledException when !cancellationToken.IsCancellationRequested && deadline.IsCancellationRequested:
                    throw new ProtocolException(ProtocolError.HandshakeTimeout, $"the Noise handshake did not finish within {limit.TotalSeconds} s", e);
                case IOException and not ProtocolException:
                    throw new ProtocolException(ProtocolError.SessionClosed, "the connection broke during the Noise handshake", e);
                default:
                    throw;
            }
        }
    }

    private static async Task ReadMessageAsync(IByteStream stream, HandshakeState handshake, byte[] buffer, CancellationToken cancellationToken)
    {
        var n = await stream.FillAsync(buffer.AsMemory(0, NoiseFrame.PrefixSize), cancellationToken);
        if (n < NoiseFrame.PrefixSize)
        {
            throw new ProtocolException(n == 0 ? ProtocolError.SessionClosed : ProtocolError.TruncatedFrame, "the peer closed during the Noise handshake");
        }

        int length = BinaryPrimitives.ReadUInt16BigEndian(buffer);
        if (length > HandshakeState.MaxMessage)
        {
            throw new ProtocolException(ProtocolError.FrameTooLong, $"a handshake frame of {length} bytes");
        }

        var message = buffer.AsMemory(0, length);
        if (await stream.FillAsync(message, cancellationToken) < length)
        {
            throw new ProtocolException(ProtocolError.TruncatedFrame, "the peer closed inside a handshake frame");
        }

        if (!handshake.TryReadMessage(message.Span))
        {
            throw new ProtocolException(ProtocolError.BadHandshake, "a Noise handshake message did not verify");
        }
    }
}
