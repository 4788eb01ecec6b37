// Recorded net/rpc connections of the reference, replayed against both ends.
using System.Buffers;
using System.Text.Json;
using Skywire.Testing;
using Skywire.Wire.Gob;
using Skywire.Wire.Rpc;
using Skywire.Wire.Tests.Gob;

namespace Skywire.Wire.Tests.Rpc;

public sealed class RpcVectorTests : TestBase
{
    private static readonly JsonElement Exchange = Vectors.Load("gob.json").GetProperty("rpc_exchange");

    public static TheoryData<string, int> Connections
    {
        get
        {
            var data = new TheoryData<string, int>();
            foreach (var file in (string[])["app-rpc.json", "setup-rpc.json"])
            {
                for (var i = 0; i < Vectors.Load(file).GetProperty("vectors").GetArrayLength(); i++)
                {
                    data.Add(file, i);
                }
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Connections))]
    public void Decode_RecordedConnection_WholeAndCutAtEveryByte(string file, int index)
    {
        var vector = Vectors.Load(file).GetProperty("vectors")[index];
        foreach (var side in (string[])["client", "server"])
        {
            var bytes = vector.Hex(side == "client" ? "client_to_server_hex" : "server_to_client_hex");
            var expected = vector.GetProperty(side + "_messages").EnumerateArray().Count(m => m.Text("kind") == "value");
            for (var cut = 0; cut <= bytes.Length; cut++)
            {
                var decoder = new GobDecoder();
                var values = new List<GobValue>();
                var position = 0;
                foreach (var end in (int[])[cut, bytes.Length])
                {
                    while (decoder.TryDecode(bytes.AsSpan(position, end - position), out var value, out var consumed) == OperationStatus.Done)
                    {
                        values.Add(value);
                        position += consumed;
                    }
                }

                Assert.Equal(bytes.Length, position);
                Assert.Equal(expected, values.Count);
                Assert.All(values.Where((_, i) => i % 2 == 0), header => Assert.Contains('.', header["ServiceMethod"].AsString));
                Assert.Equal(vector.Text("method"), values[^2]["ServiceMethod"].AsString);
                if (side == "server")
                {
                    Assert.Equal(vector.Text("error_seen_by_client"), values[^2]["Error"].AsString);
                }
            }
        }
    }

    [Theory]
    [InlineData(int.MaxValue)]
    [InlineData(1)]
    [InlineData(7)]
    public async Task Server_RecordedClient_GivesTheReferencesAnswers(int piece)
    {
        var stream = new ScriptedStream(Chunks("client->server"), piece, endAfterInput: false);
        var server = MakeServer();
        var serving = server.ServeAsync(stream, Deadline);
        var calls = Exchange.GetProperty("calls");
        await stream.WaitForWritesAsync(calls.GetArrayLength(), Deadline);
        stream.Abort();
        await serving;
        Assert.True(stream.IsDisposed);
        var answers = Decode(stream.Output);
        var expected = Decode(Chunks("server->client"));
        Assert.Equal(expected.Count, answers.Count);

        // Calls run side by side, so answers come in any order: compare by Seq.
        for (var i = 0; i < expected.Count; i += 2)
        {
            var at = answers.FindIndex(a => a.Kind == GobValue.ValueKind.Struct && a["ServiceMethod"].AsString.Length > 0 && a["Seq"].AsUInt == expected[i]["Seq"].AsUInt);
            Assert.Equal(expected[i]["ServiceMethod"].AsString, answers[at]["ServiceMethod"].AsString);
            Assert.Equal(expected[i]["Error"].AsString, answers[at]["Error"].AsString);
            GobJson.AssertEqual(calls[i / 2].GetProperty("reply"), answers[at + 1]);
        }
    }

    [Fact]
    public async Task Client_RecordedServer_SendsTheReferencesBytesAndReadsItsReplies()
    {
        var calls = Exchange.GetProperty("calls");
        var sent = new List<byte>();
        for (var i = 0; i < calls.GetArrayLength(); i++)
        {
            sent.AddRange(calls[i].GetProperty("chunks")[0].Hex("bytes"));
        }

        var stream = new GatedStream(calls.EnumerateArray().Select(c => c.GetProperty("chunks")[1].Hex("bytes")));
        await using var client = new RpcClient(stream);
        foreach (var call in calls.EnumerateArray())
        {
            var method = call.Text("method");
            var (type, argument) = Argument(call);
            var reply = client.CallAsync(method, type, argument, Deadline);
            stream.Release();
            if (call.TryGetProperty("error", out var error))
            {
                var thrown = await Assert.ThrowsAsync<RpcException>(() => reply);
                Assert.Equal(error.GetString(), thrown.Message);
                Assert.Equal(error.GetString()!.StartsWith("rpc: can't", StringComparison.Ordinal), thrown.IsUnknownMethod);
            }
            else
            {
                GobJson.AssertEqual(call.GetProperty("reply"), await reply);
            }
        }

        // The recording used one number space for both directions; numbers inside one direction differ, everything else is equal.
        Assert.Equal(Decode([.. sent]).Count, Decode([.. stream.Sent]).Count);
        Assert.Equal(calls.GetArrayLength(), stream.WriteCount);
        Assert.Equal(calls[0].GetProperty("chunks")[0].Text("bytes"), Convert.ToHexStringLower(stream.FirstWrite));
    }

    private static (GobType Type, GobValue Value) Argument(JsonElement call)
    {
        var values = Decode(Chunks("client->server"));
        var at = values.FindIndex(v => v["ServiceMethod"].AsString == call.Text("method"));
        return (call.Text("method") switch
        {
            "pty.Start" => GobTypes.CommandReq,
            "pty.Read" => GobType.Int,
            "pty.Write" => GobType.Bytes,
            "pty.SetPtySize" => GobTypes.WinSize,
            _ => GobType.Empty,
        }, values[at + 1]);
    }

    private static RpcServer MakeServer()
    {
        var server = new RpcServer();
        server.Register("pty.Start", GobTypes.CommandReq, GobType.Empty, (argument, _) =>
        {
            Assert.Equal("sh", argument["Name"].AsString);
            return Task.FromResult(GobValue.EmptyStruct);
        });
        server.Register("pty.Read", GobType.Int, GobType.Bytes, (argument, _) => Task.FromResult(GobValue.Of(Enumerable.Range(0, (int)argument.AsInt).Select(i => (byte)i).ToArray())));
        server.Register("pty.Write", GobType.Bytes, GobType.Int, (argument, _) => Task.FromResult(GobValue.Of((long)argument.AsBytes.Length)));
        server.Register("pty.SetPtySize", GobTypes.WinSize, GobType.Empty, (_, _) => throw new RpcException("boom"));
        server.Register("pty.Stop", GobType.Empty, GobType.Empty, (_, _) => Task.FromResult(GobValue.EmptyStruct));
        server.Register("whitelist.Whitelist", GobType.Empty, GobTypes.KeyList, (_, _) => Task.FromResult(GobValue.OfList(
            [GobValue.Of(Convert.FromHexString("03902c558307f3ee1a7d1867e63ca989e7505f0c3bf4fdf4f503d49f62dae3d471"))])));
        return server;
    }

    private static byte[] Chunks(string direction) =>
    [
        .. Exchange.GetProperty("calls").EnumerateArray()
            .SelectMany(call => call.GetProperty("chunks").EnumerateArray())
            .Where(chunk => chunk.Text("direction") == direction)
            .SelectMany(chunk => chunk.Hex("bytes")),
    ];

    private static List<GobValue> Decode(ReadOnlySpan<byte> bytes)
    {
        var decoder = new GobDecoder();
        var values = new List<GobValue>();
        while (!bytes.IsEmpty)
        {
            Assert.Equal(OperationStatus.Done, decoder.TryDecode(bytes, out var value, out var consumed));
            values.Add(value);
            bytes = bytes[consumed..];
        }

        return values;
    }
}
