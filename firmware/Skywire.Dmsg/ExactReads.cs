// Reads of a known length: handshakes and objects must leave the bytes behind them to whoever comes next.
using Skywire.Wire;

namespace Skywire.Dmsg;

/// <summary>Fills buffers from a stream without reading a byte more.</summary>
internal static class ExactReads
{
    /// <summary>Fills <paramref name="buffer"/>; the result is shorter than it only when the stream ended before.</summary>
    public static async ValueTask<int> FillAsync(this IByteStream stream, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        var filled = 0;
        while (filled < buffer.Length)
        {
            var n = await stream.ReadAsync(buffer[filled..], cancellationToken);
            if (n == 0)
            {
                break;
            }

            filled += n;
        }

        return filled;
    }
}
