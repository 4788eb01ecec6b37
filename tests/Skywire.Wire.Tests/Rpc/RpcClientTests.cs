// How calls end when they do not end well.
using System.Buffers;
using Skywire.Testing;
using Skywire.Wire.Gob;
using Skywire.Wire.Rpc;

namespace Skywire.Wire.Tests.Rpc;

public sealed class RpcClientTests : TestBase
{
    [Fact]
    public async Task CallAsync_StreamEnds_AllPendingAndLaterCallsFail()
    {
        var stream = new GatedStream([]);
        await using var client = new RpcClient(stream);
        var first = client.CallAsync("A.B", GobType.Empty, GobValue.EmptyStruct, Deadline);
        var second = client.CallAsync("A.C", GobType.Empty, GobValue.EmptyStruct, Deadline);
        stream.End();
        Assert.Equal(ProtocolError.SessionClosed, (await Assert.ThrowsAsync<ProtocolException>(() => first)).Error);
        Assert.Equal(ProtocolError.SessionClosed, (await Assert.ThrowsAsync<ProtocolException>(() => second)).Error);
        await Assert.ThrowsAsync<ProtocolException>(() => client.CallAsync("A.D", GobType.Empty, GobValue.EmptyStruct, Deadline));
    }

    [Fact]
    public async Task CallAsync_RepliesInReverseOrder_ReachTheirCalls()
    {
        var encoder = new GobEncoder();
        var stream = new GatedStream([Reply(encoder, 1, "", GobValue.Of(10L)), Reply(encoder, 0, "", GobValue.Of(20L))]);
        await using var client = new RpcClient(stream);
        var first = client.CallAsync("A.B", GobType.Empty, GobValue.EmptyStruct, Deadline);
        var second = client.CallAsync("A.C", GobType.Empty, GobValue.EmptyStruct, Deadline);
        stream.Release();
        Assert.Equal(10, (await second).AsInt);
        Assert.False(first.IsCompleted);
        stream.Release();
        Assert.Equal(20, (await first).AsInt);
    }

    [Fact]
    public async Task CallAsync_Cancelled_LateReplyIsDropped()
    {
        var encoder = new GobEncoder();
        var stream = new GatedStream([Reply(encoder, 0, "", GobValue.Of(10L)), Reply(encoder, 1, "", GobValue.Of(20L))]);
        await using var client = new RpcClient(stream);
        using var cancel = new CancellationTokenSource();
        var first = client.CallAsync("A.B", GobType.Empty, GobValue.EmptyStruct, cancel.Token);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        var second = client.CallAsync("A.C", GobType.Empty, GobValue.EmptyStruct, Deadline);
        stream.Release();
        stream.Release();
        Assert.Equal(20, (await second).AsInt);
    }

    [Fact]
    public async Task CallAsync_GarbageInReply_FailsWithBadGob()
    {
        var stream = new GatedStream([[0x00]]);
        await using var client = new RpcClient(stream);
        var call = client.CallAsync("A.B", GobType.Empty, GobValue.EmptyStruct, Deadline);
        stream.Release();
        Assert.Equal(ProtocolError.BadGob, (await Assert.ThrowsAsync<ProtocolException>(() => call)).Error);
        await client.Completion;
    }

    [Fact]
    public async Task CallAsync_ArgumentNotOfItsType_ThrowsAndTheConnectionStaysUsable()
    {
        var stream = new GatedStream([Reply(new GobEncoder(), 1, "", GobValue.Of(7L))]);
        await using var client = new RpcClient(stream);
        await Assert.ThrowsAsync<ArgumentException>(() => client.CallAsync("A.B", GobType.Int, GobValue.Of("text"), Deadline));
        var call = client.CallAsync("A.B", GobType.Empty, GobValue.EmptyStruct, Deadline);
        stream.Release();
        Assert.Equal(7, (await call).AsInt);
        Assert.Equal(OperationStatus.Done, new GobDecoder().TryDecode(stream.FirstWrite, out _, out _));
    }

    [Fact]
    public async Task DisposeAsync_PendingCall_Fails()
    {
        var client = new RpcClient(new GatedStream([]));
        var call = client.CallAsync("A.B", GobType.Empty, GobValue.EmptyStruct, Deadline);
        await client.DisposeAsync();
        await client.DisposeAsync();
        Assert.Equal(ProtocolError.SessionClosed, (await Assert.ThrowsAsync<ProtocolException>(() => call)).Error);
    }

    private static byte[] Reply(GobEncoder encoder, ulong seq, string error, GobValue body)
    {
        var output = new ArrayBufferWriter<byte>();
        encoder.Encode(output, RpcMessages.Response, RpcMessages.MakeResponse("A.B", seq, error));
        encoder.Encode(output, GobType.Int, body);
        return output.WrittenSpan.ToArray();
    }
}
