// The parts of a session that need no session.
using Skywire.Testing;
using Skywire.Wire.Yamux;

namespace Skywire.Wire.Tests.Yamux;

public sealed class PartsTests
{
    [Fact]
    public void ReceiveRing_RandomUse_GivesTheBytesInOrder()
    {
        var random = new SimulationEntropy(1);
        var ring = default(ReceiveRing);
        byte next = 0, expected = 0;
        for (var round = 0; round < 3000; round++)
        {
            var data = new byte[random.Next(random.Next(10) == 0 ? 20000 : 300)];
            for (var i = 0; i < data.Length; i++)
            {
                data[i] = next++;
            }

            ring.Append(data);
            var buffer = new byte[random.Next(random.Next(10) == 0 ? 20000 : 400)];
            var before = ring.Count;
            var count = ring.Read(buffer);
            Assert.Equal(Math.Min(before, buffer.Length), count);
            Assert.Equal(before - count, ring.Count);
            for (var i = 0; i < count; i++)
            {
                Assert.Equal(expected++, buffer[i]);
            }
        }

        ring.Release();
        Assert.Equal(0, ring.Count);
    }

    [Fact]
    public void FrameSplitter_CutAnywhere_FindsTheSameFrames()
    {
        var bytes = new List<byte>();
        var random = new SimulationEntropy(2);
        for (var i = 0; i < 40; i++)
        {
            var type = (YamuxFrameType)(i % 4);
            var frame = new YamuxFrame(type, (YamuxFlags)random.Next(16), (uint)random.Next(100), (uint)random.Next(60));
            var encoded = new byte[YamuxFrame.Size + (type == YamuxFrameType.Data ? frame.Length : 0)];
            random.Fill(encoded);
            frame.WriteTo(encoded);
            bytes.AddRange(encoded);
        }

        var input = bytes.ToArray();
        var whole = Split(input, [input.Length]);
        for (var cut = 0; cut <= input.Length; cut++)
        {
            Assert.Equal(whole, Split(input, [cut, input.Length - cut]));
        }

        Assert.Equal(whole, Split(input, [.. Enumerable.Repeat(1, input.Length)]));
    }

    [Fact]
    public void FrameSplitter_BadHeader_StopsAtEveryCut()
    {
        byte[][] bad = [[1, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0], [0, 4, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0]];
        foreach (var header in bad)
        {
            for (var cut = 0; cut < header.Length; cut++)
            {
                var sink = new Recorder();
                var splitter = new FrameSplitter(sink);
                Assert.True(splitter.Feed(header.AsSpan(0, cut)));
                Assert.False(splitter.Feed(header.AsSpan(cut)));
                Assert.Equal("bad;", sink.Log);
            }
        }
    }

    private static string Split(byte[] input, int[] pieces)
    {
        var sink = new Recorder();
        var splitter = new FrameSplitter(sink);
        var position = 0;
        foreach (var piece in pieces)
        {
            Assert.True(splitter.Feed(input.AsSpan(position, piece)));
            position += piece;
        }

        Assert.True(splitter.IsAtBoundary);
        return sink.Log;
    }

    private sealed class Recorder : IFrameSink
    {
        public string Log { get; private set; } = "";

        public bool OnFrame(YamuxFrame frame)
        {
            Log += $"{frame};";
            return true;
        }

        public bool OnData(ReadOnlySpan<byte> data, bool isLast)
        {
            Log += Convert.ToHexString(data) + (isLast ? ";" : "");
            return true;
        }

        public void OnBadHeader() => Log += "bad;";
    }
}
