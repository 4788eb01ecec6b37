// What a hostile or hasty client meets.
using System.Buffers;
using Skywire.Testing;
using Skywire.Wire.Gob;
using Skywire.Wire.Rpc;

namespace Skywire.Wire.Tests.Rpc;

public sealed class RpcServerTests : TestBase
{
    [Fact]
    public async Task ServeAsync_ArgumentOfAnotherType_ErrorReplyAndTheConnectionGoesOn()
    {
        var encoder = new GobEncoder();
        var input = new ArrayBufferWriter<byte>();
        Call(encoder, input, 0, "A.Twice", GobType.String, GobValue.Of("no number"));
        Call(encoder, input, 1, "A.Twice", GobType.Int, GobValue.Of(21L));

        // a value of a type never defined: framed, but unreadable
        encoder.Encode(input, RpcMessages.Request, RpcMessages.MakeRequest("A.Twice", 2));
        input.Write(Convert.FromHexString("04fe03e800"));
        Call(encoder, input, 3, "NoDot", GobType.Empty, GobValue.EmptyStruct);
        var replies = await ServeAsync(MakeServer(), input.WrittenSpan.ToArray(), 4);
        Assert.Contains("cannot be decoded", replies[0].Error, StringComparison.Ordinal);
        Assert.Equal(42, replies[1].Body.AsInt);
        Assert.Contains("cannot be decoded", replies[2].Error, StringComparison.Ordinal);
        Assert.Equal("rpc: service/method request ill-formed: NoDot", replies[3].Error);
        Assert.Equal(GobValue.ValueKind.Struct, replies[3].Body.Kind);
    }

    [Fact]
    public async Task ServeAsync_BlockedCall_DoesNotHoldUpTheNext()
    {
        var encoder = new GobEncoder();
        var input = new ArrayBufferWriter<byte>();
        Call(encoder, input, 0, "A.Block", GobType.Empty, GobValue.EmptyStruct);
        Call(encoder, input, 1, "A.Twice", GobType.Int, GobValue.Of(1L));
        var replies = await ServeAsync(MakeServer(), input.WrittenSpan.ToArray(), 1);
        Assert.Equal(2, replies[1].Body.AsInt);
    }

    [Fact]
    public async Task ServeAsync_MethodWithABug_TellsTheOwnerAndAnswersPlainly()
    {
        var faults = new List<string>();
        var server = new RpcServer(RpcOptions.Default, null, (name, e) => faults.Add(name + e.GetType().Name));
        server.Register("A.Bug", GobType.Int, (_, _) => throw new InvalidOperationException("secret detail"));
        var input = new ArrayBufferWriter<byte>();
        Call(new GobEncoder(), input, 0, "A.Bug", GobType.Empty, GobValue.EmptyStruct);
        var replies = await ServeAsync(server, input.WrittenSpan.ToArray(), 1);
        Assert.Equal("internal error", replies[0].Error);
        Assert.Equal(["A.BugInvalidOperationException"], faults);
    }

    [Fact]
    public async Task ServeAsync_MoreCallsThanAllowed_StopsReadingUntilOneEnds()
    {
        var running = 0;
        var most = 0;
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var server = new RpcServer(new RpcOptions { MaxConcurrentCalls = 3 });
        server.Register("A.Wait", GobType.Int, async (_, token) =>
        {
            most = Math.Max(most, Interlocked.Increment(ref running));
            if (most == 3)
            {
                gate.TrySetResult();
            }

            await gate.Task.WaitAsync(token);
            Interlocked.Decrement(ref running);
            return GobValue.Of(0L);
        });
        var encoder = new GobEncoder();
        var input = new ArrayBufferWriter<byte>();
        for (var i = 0; i < 50; i++)
        {
            Call(encoder, input, (ulong)i, "A.Wait", GobType.Empty, GobValue.EmptyStruct);
        }

        var replies = await ServeAsync(server, input.WrittenSpan.ToArray(), 50);
        Assert.Equal(50, replies.Count);
        Assert.Equal(3, most);
    }

    [Fact]
    public async Task ServeAsync_BrokenHeader_EndsTheConnectionAndCounts()
    {
        var counters = new CauseCounters("rpc");
        var stream = new ScriptedStream(Convert.FromHexString("00"));
        await new RpcServer(RpcOptions.Default, counters).ServeAsync(stream, Deadline);
        Assert.True(stream.IsDisposed);
        Assert.Equal(1, counters[ProtocolError.BadGob]);
    }

    [Fact]
    public async Task ServeAsync_RecordedCallsMutated_EndsWithoutThrowing()
    {
        var entropy = new SeededEntropy(9);
        var dice = new byte[3];
        foreach (var vector in Vectors.Load("setup-rpc.json").GetProperty("vectors").EnumerateArray())
        {
            var original = vector.Hex("client_to_server_hex");
            for (var i = 0; i < 100; i++)
            {
                var bytes = original.ToArray();
                entropy.Fill(dice);
                bytes[((dice[0] << 8) + dice[1]) % bytes.Length] = dice[2];
                var stream = new ScriptedStream(bytes, 100);
                await MakeServer().ServeAsync(stream, Deadline);
                Assert.True(stream.IsDisposed);
            }
        }
    }

    [Fact]
    public void Register_Twice_Throws()
    {
        Assert.Throws<ArgumentException>(() => MakeServer().Register("A.Twice", GobType.Int, (_, _) => Task.FromResult(GobValue.Null)));
        Assert.Throws<ArgumentException>(() => MakeServer().Register("NoDot", GobType.Int, (_, _) => Task.FromResult(GobValue.Null)));
    }

    private static RpcServer MakeServer()
    {
        var server = new RpcServer();
        server.Register("A.Twice", GobType.Int, GobType.Int, (argument, _) => Task.FromResult(GobValue.Of(argument.AsInt * 2)));
        server.Register("A.Block", GobType.Empty, GobType.Empty, async (_, token) =>
        {
            await Task.Delay(Timeout.Infinite, token);
            return GobValue.EmptyStruct;
        });
        return server;
    }

    private static void Call(GobEncoder encoder, ArrayBufferWriter<byte> output, ulong seq, string method, GobType type, GobValue argument)
    {
        encoder.Encode(output, RpcMessages.Request, RpcMessages.MakeRequest(method, seq));
        encoder.Encode(output, type, argument);
    }

    private async Task<Dictionary<ulong, (string Error, GobValue Body)>> ServeAsync(RpcServer server, byte[] input, int replies)
    {
        var stream = new ScriptedStream(input, 50, endAfterInput: false);
        var serving = server.ServeAsync(stream, Deadline);
        await stream.WaitForWritesAsync(replies, Deadline);
        stream.Abort();
        await serving;
        var decoder = new GobDecoder();
        var result = new Dictionary<ulong, (string, GobValue)>();
        var output = stream.Output.AsSpan();
        while (!output.IsEmpty)
        {
            Assert.Equal(OperationStatus.Done, decoder.TryDecode(output, out var header, out var consumed));
            output = output[consumed..];
            Assert.Equal(OperationStatus.Done, decoder.TryDecode(output, out var body, out consumed));
            output = output[consumed..];
            result.Add(header["Seq"].AsUInt, (header["Error"].AsString, body));
        }

        return result;
    }
}
