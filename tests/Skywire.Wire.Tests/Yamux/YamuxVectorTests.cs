// The recorded scenarios of the reference, frame by frame.
using System.Text;
using System.Text.Json;
using Skywire.Testing;
using Skywire.Wire.Yamux;

namespace Skywire.Wire.Tests.Yamux;

public sealed class YamuxVectorTests : TestBase
{
    private static readonly JsonElement Scenarios = Vectors.Load("yamux.json").GetProperty("scenarios");

    // No growth of windows and no frames shorter than the reference's, so that the recorded lengths come out.
    private static readonly YamuxOptions Plain = new()
    {
        KeepAliveInterval = Timeout.InfiniteTimeSpan,
        MaxStreamWindow = YamuxFrame.InitialWindow,
        MaxFrame = 1 << 20,
        SendBuffer = 2 << 20,
    };

    [Fact]
    public void Frame_EveryRecordedHeader_BothWays()
    {
        foreach (var scenario in Scenarios.EnumerateArray())
        {
            foreach (var item in scenario.GetProperty("frames").EnumerateArray())
            {
                Assert.True(YamuxFrame.TryRead(item.Hex("header"), out var frame));
                Assert.Equal(item.GetProperty("stream").GetUInt32(), frame.StreamId);
                Assert.Equal(item.GetProperty("length").GetUInt32(), frame.Length);
                Assert.Equal(item.Text("type"), frame.Type switch { YamuxFrameType.Data => "data", YamuxFrameType.WindowUpdate => "window_update", YamuxFrameType.Ping => "ping", _ => "go_away" });
                Assert.Equal(item.GetProperty("flags").EnumerateArray().Select(f => Enum.Parse<YamuxFlags>(f.GetString()!, true)).Aggregate(YamuxFlags.None, (a, b) => a | b), frame.Flags);
                var bytes = new byte[YamuxFrame.Size];
                frame.WriteTo(bytes);
                Assert.Equal(item.Hex("header"), bytes);
            }
        }
    }

    [Fact]
    public async Task Session_OpenExchangeHalfClose_SameFramesAsTheReference()
    {
        var (clientEnd, serverEnd) = Tap.CreatePair();
        await using var client = new YamuxSession(clientEnd, true, Plain, TimeProvider.System);
        await using var server = new YamuxSession(serverEnd, false, Plain, TimeProvider.System);
        var a = await client.OpenAsync(Deadline);
        var b = await server.AcceptAsync(Deadline);
        await clientEnd.WaitForReadAsync(12, Deadline);
        await a.WriteAsync("abc"u8.ToArray(), Deadline);
        Assert.Equal("abc", await ReadTextAsync(b, 3));
        await b.WriteAsync("xyz"u8.ToArray(), Deadline);
        Assert.Equal("xyz", await ReadTextAsync(a, 3));
        await a.CompleteWritesAsync(Deadline);
        Assert.Equal("", await ReadTextAsync(b, 1));
        await b.CompleteWritesAsync(Deadline);
        Assert.Equal("", await ReadTextAsync(a, 1));
        var c = await server.OpenAsync(Deadline);
        var d = await client.AcceptAsync(Deadline);
        await serverEnd.WaitForReadAsync(12 + 15 + 12 + 12, Deadline);
        await c.CompleteWritesAsync(Deadline);
        Assert.Equal("", await ReadTextAsync(d, 1));
        await d.CompleteWritesAsync(Deadline);
        Assert.Equal("", await ReadTextAsync(c, 1));
        AssertFrames(0, clientEnd, serverEnd);
        Assert.Equal(0, client.StreamCount);
        Assert.Equal(0, server.StreamCount);
    }

    [Fact]
    public async Task Session_DataBeforeAccept_SameFramesAsTheReference()
    {
        var (clientEnd, serverEnd) = Tap.CreatePair();
        await using var client = new YamuxSession(clientEnd, true, Plain, TimeProvider.System);
        await using var server = new YamuxSession(serverEnd, false, Plain, TimeProvider.System);
        var a = await client.OpenAsync(Deadline);
        await a.WriteAsync("early"u8.ToArray(), Deadline);
        await serverEnd.WaitForReadAsync(12 + 17, Deadline);
        var b = await server.AcceptAsync(Deadline);
        Assert.Equal("early", await ReadTextAsync(b, 5));
        await clientEnd.WaitForReadAsync(12, Deadline);
        AssertFrames(1, clientEnd, serverEnd);
    }

    [Fact]
    public async Task Session_LargeWrite_SameCreditAsTheReference()
    {
        var (session, peer) = RawPeer.Connect(client: true, Plain);
        await using var owned = session;
        await using var alsoOwned = peer;
        var stream = await session.OpenAsync(Deadline);
        var write = stream.WriteAsync(new byte[600000], Deadline).AsTask();
        var frames = Scenarios[2].GetProperty("frames");
        var credit = 0;
        foreach (var item in frames.EnumerateArray())
        {
            Assert.True(YamuxFrame.TryRead(item.Hex("header"), out var frame));
            if (item.Text("direction") == "server->client")
            {
                // The recording gives its last two updates before it reads on; so does this peer.
                await peer.SendAsync(frame, Deadline);
                credit += (int)frame.Length;
                continue;
            }

            if (frame.Type == YamuxFrameType.Data)
            {
                // Two updates may be answered by one frame or two: the bytes count.
                var left = (int)frame.Length;
                while (left > 0)
                {
                    var (received, body) = await peer.ReceiveAsync(Deadline);
                    Assert.Equal(YamuxFrameType.Data, received.Type);
                    left -= body.Length;
                }

                Assert.Equal(0, left);
            }
            else
            {
                await peer.ExpectAsync(frame, Deadline);
            }
        }

        await write;
        Assert.Equal(4 * 131072, credit);
    }

    [Fact]
    public async Task Session_ReadsOf32KiB_ReturnsCreditAsTheReference()
    {
        var (session, peer) = RawPeer.Connect(client: false, Plain);
        await using var owned = session;
        await using var alsoOwned = peer;
        await peer.SendAsync(new YamuxFrame(YamuxFrameType.WindowUpdate, YamuxFlags.Syn, 1, 0), Deadline);
        await peer.SendAsync(new YamuxFrame(YamuxFrameType.Data, YamuxFlags.None, 1, 262144), Deadline, new byte[262144]);
        var stream = await session.AcceptAsync(Deadline);
        await peer.ExpectAsync(new YamuxFrame(YamuxFrameType.WindowUpdate, YamuxFlags.Ack, 1, 0), Deadline);
        var buffer = new byte[32768];
        var read = 0;
        while (read < 131072)
        {
            read += await stream.ReadAsync(buffer.AsMemory(0, Math.Min(buffer.Length, 131072 - read)), Deadline);
        }

        await peer.ExpectAsync(new YamuxFrame(YamuxFrameType.WindowUpdate, YamuxFlags.None, 1, 131072), Deadline);
        while (read < 262144)
        {
            read += await stream.ReadAsync(buffer.AsMemory(0, Math.Min(buffer.Length, 262144 - read)), Deadline);
        }

        await peer.ExpectAsync(new YamuxFrame(YamuxFrameType.WindowUpdate, YamuxFlags.None, 1, 131072), Deadline);
    }

    [Fact]
    public async Task Session_PingsAndGoAway_SameFramesAsTheReference()
    {
        var (clientEnd, serverEnd) = Tap.CreatePair();
        await using var client = new YamuxSession(clientEnd, true, Plain, TimeProvider.System);
        await using var server = new YamuxSession(serverEnd, false, Plain, TimeProvider.System);
        await client.PingAsync(Deadline);
        await server.PingAsync(Deadline);
        await client.PingAsync(Deadline);
        client.GoAway();
        await serverEnd.WaitForReadAsync(4 * 12, Deadline);
        var refused = await Assert.ThrowsAsync<ProtocolException>(async () =>
        {
            // The go-away has been read from below; one more ping proves that it was taken in.
            await server.PingAsync(Deadline);
            await server.OpenAsync(Deadline);
        });
        Assert.Equal(ProtocolError.SessionClosed, refused.Error);
        Assert.StartsWith(Recorded(3, "client->server"), Convert.ToHexStringLower(clientEnd.Written), StringComparison.Ordinal);
        Assert.StartsWith(Recorded(3, "server->client"), Convert.ToHexStringLower(serverEnd.Written), StringComparison.Ordinal);
    }

    private static string Recorded(int scenario, string direction) => string.Concat(Scenarios[scenario].GetProperty("frames").EnumerateArray()
        .Where(f => f.Text("direction") == direction)
        .Select(f => f.Text("header") + (f.TryGetProperty("body", out var body) ? body.GetString() : "")));

    private static void AssertFrames(int scenario, Tap client, Tap server)
    {
        Assert.Equal(Recorded(scenario, "client->server"), Convert.ToHexStringLower(client.Written));
        Assert.Equal(Recorded(scenario, "server->client"), Convert.ToHexStringLower(server.Written));
    }

    private async Task<string> ReadTextAsync(IByteStream stream, int count)
    {
        var buffer = new byte[count];
        var filled = 0;
        while (filled < count)
        {
            var read = await stream.ReadAsync(buffer.AsMemory(filled), Deadline);
            if (read == 0)
            {
                break;
            }

            filled += read;
        }

        return Encoding.ASCII.GetString(buffer, 0, filled);
    }
}
