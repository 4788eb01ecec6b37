// The other end of a session, speaking in single frames.
using Skywire.Testing;
using Skywire.Wire.Yamux;

namespace Skywire.Wire.Tests.Yamux;

/// <summary>Reads and writes frames by hand over one end of a pair.</summary>
internal sealed class RawPeer(IByteStream stream) : IAsyncDisposable
{
    public static (YamuxSession Session, RawPeer Peer) Connect(bool client, YamuxOptions? options = null, TimeProvider? time = null, CauseCounters? counters = null)
    {
        var (a, b) = MemoryNetwork.CreatePair(bufferSize: 2 << 20);
        return (new YamuxSession(a, client, options ?? YamuxOptions.Default, time ?? TimeProvider.System, counters), new RawPeer(b));
    }

    public ValueTask SendAsync(byte[] bytes, CancellationToken cancellationToken) => stream.WriteAsync(bytes, cancellationToken);

    public ValueTask SendAsync(YamuxFrame frame, CancellationToken cancellationToken, byte[]? body = null)
    {
        var bytes = new byte[YamuxFrame.Size + (body?.Length ?? 0)];
        frame.WriteTo(bytes);
        body?.CopyTo(bytes, YamuxFrame.Size);
        return stream.WriteAsync(bytes, cancellationToken);
    }

    /// <summary>The next frame; its body too when it is data.</summary>
    public async Task<(YamuxFrame Frame, byte[] Body)> ReceiveAsync(CancellationToken cancellationToken)
    {
        var header = new byte[YamuxFrame.Size];
        Assert.True(await TryFillAsync(header, cancellationToken), "the session ended the stream");
        Assert.True(YamuxFrame.TryRead(header, out var frame));
        var body = new byte[frame.Type == YamuxFrameType.Data ? (int)frame.Length : 0];
        Assert.True(await TryFillAsync(body, cancellationToken));
        return (frame, body);
    }

    public async Task ExpectAsync(YamuxFrame expected, CancellationToken cancellationToken) => Assert.Equal(expected, (await ReceiveAsync(cancellationToken)).Frame);

    /// <summary>True at the end of the stream.</summary>
    public async Task<bool> IsEndAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await stream.ReadAsync(new byte[1], cancellationToken) == 0;
        }
        catch (IOException)
        {
            return true;
        }
    }

    public void End() => stream.Abort();

    public ValueTask DisposeAsync() => stream.DisposeAsync();

    private async Task<bool> TryFillAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        while (!buffer.IsEmpty)
        {
            var count = await stream.ReadAsync(buffer, cancellationToken);
            if (count == 0)
            {
                return false;
            }

            buffer = buffer[count..];
        }

        return true;
    }
}
