// Reads a handshake frame and not one byte more: what follows belongs to the next layer.
using Skywire.Dmsg;
using Skywire.Wire;

namespace Skywire.Transport.Handshake;

internal static class FrameReader
{
    /// <summary>Reads <paramref name="count"/> bytes; an early end throws <see cref="ProtocolException"/>.</summary>
    internal static async ValueTask<byte[]> ReadExactAsync(IByteStream stream, int count, CancellationToken cancellationToken)
    {
        var buffer = new byte[count];
        if (await stream.FillAsync(buffer, cancellationToken) < count)
        {
            ThrowEnded();
        }

        return buffer;
    }

    /// <summary>
    /// Reads up to and including LF. Byte by byte, because a stream cannot take bytes back; a handshake has three lines of at most 520 bytes, so this
    /// costs well under a millisecond per connection. A line above the limit throws <paramref name="tooLong"/>.
    /// </summary>
    internal static async ValueTask<byte[]> ReadLineAsync(IByteStream stream, int limit, ProtocolError tooLong, CancellationToken cancellationToken)
    {
        var buffer = new byte[limit];
        for (var used = 0; used < limit; used++)
        {
            if (await stream.ReadAsync(buffer.AsMemory(used, 1), cancellationToken) == 0)
            {
                ThrowEnded();
            }

            if (buffer[used] == (byte)'\n')
            {
                return buffer[..(used + 1)];
            }
        }

        throw new ProtocolException(tooLong, $"a handshake line is longer than {limit} bytes");
    }

    private static void ThrowEnded() => throw new ProtocolException(ProtocolError.TransportClosed, "the peer closed the connection during the handshake");
}
