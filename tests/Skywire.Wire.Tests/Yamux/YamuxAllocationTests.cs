// The frame path allocates nothing once it runs.
using Skywire.Testing;
using Skywire.Wire.Yamux;

namespace Skywire.Wire.Tests.Yamux;

[Collection(nameof(YamuxAllocationTests))]
[CollectionDefinition(nameof(YamuxAllocationTests), DisableParallelization = true)]
public sealed class YamuxAllocationTests : TestBase
{
    [Fact]
    public Task Transfer_SteadyState_NoAllocationPerFrame() => Task.Run(MeasureAsync); // away from the test runner's own scheduler, whose posts cost objects

    private async Task MeasureAsync()
    {
        var pair = new QuietPair();
        var options = new YamuxOptions { KeepAliveInterval = Timeout.InfiniteTimeSpan, MaxFrame = 512, MaxStreamWindow = YamuxFrame.InitialWindow };
        await using var client = new YamuxSession(pair.A, true, options, TimeProvider.System);
        await using var server = new YamuxSession(pair.B, false, options, TimeProvider.System);
        var writer = await client.OpenAsync(Deadline);
        var reader = await server.AcceptAsync(Deadline);
        await TransferAsync(writer, reader, 32 << 20);
        var before = GC.GetTotalAllocatedBytes(precise: true);
        const int Bytes = 128 << 20;
        await TransferAsync(writer, reader, Bytes);
        var allocated = GC.GetTotalAllocatedBytes(precise: true) - before;

        // The smallest object per frame would be 6 MB. What remains is the transfer's own tasks, pools trimmed by the collector, and in a debug build an object for each
        // asynchronous method that waits: a few per batch of 256 frames.
        Assert.True(allocated < 5_000_000, $"{allocated} bytes for {Bytes / options.MaxFrame} frames");
    }

    private async Task TransferAsync(IByteStream writer, IByteStream reader, int bytes)
    {
        var reading = ReadAsync(reader, bytes);
        var data = new byte[100_000];
        for (var left = bytes; left > 0; left -= data.Length)
        {
            await writer.WriteAsync(data.AsMemory(0, Math.Min(left, data.Length)), Deadline);
        }

        await reading;
    }

    private async Task ReadAsync(IByteStream reader, int bytes)
    {
        var buffer = new byte[64 * 1024];
        while (bytes > 0)
        {
            bytes -= await reader.ReadAsync(buffer.AsMemory(0, Math.Min(buffer.Length, bytes)), Deadline);
        }
    }
}
