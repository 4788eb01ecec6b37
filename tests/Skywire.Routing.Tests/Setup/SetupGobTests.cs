using System.Buffers;
using System.Text.Json;
using Skywire.Routing.Setup;
using Skywire.Testing;
using Skywire.Wire.Gob;
using Skywire.Wire.Rpc;

namespace Skywire.Routing.Tests.Setup;

public sealed class SetupGobTests : TestBase
{
    private static readonly JsonElement Calls = Vectors.Load("setup-rpc.json").GetProperty("vectors");

    [Theory]
    [InlineData("ReserveIDs")]
    [InlineData("ReserveIDs_error")]
    [InlineData("AddIntermediaryRules")]
    [InlineData("AddEdgeRules")]
    [InlineData("ReserveIDs_then_AddEdgeRules_same_conn")]
    [InlineData("DialRouteGroup")]
    [InlineData("DialRouteGroup_error")]
    public void TryRead_RecordedArguments_GiveTheValuesOfTheVectors(string name)
    {
        var values = Decode(Vector(name).Hex("client_to_server_hex"));
        for (var i = 0; i < values.Count; i += 2)
        {
            var argument = values[i + 1];
            switch (values[i]["ServiceMethod"].AsString)
            {
                case SetupGob.ReserveIds:
                    Assert.Equal(name == "ReserveIDs_error" ? 99UL : 2UL, argument.AsUInt);
                    break;
                case SetupGob.AddIntermediaryRules:
                    Assert.True(SetupGob.TryRead(argument, out byte[][]? rules));
                    Assert.Equal(RulePlanTests.Vector.GetProperty("generate_rules_3hop").GetProperty("intermediary").GetProperty("B").EnumerateArray().Select(rule => rule.Text("hex")), rules!.Select(Convert.ToHexStringLower));
                    break;
                case SetupGob.AddEdgeRules:
                    Assert.True(SetupGob.TryRead(argument, out EdgeRules? edge));
                    AssertSame(RulePlanTests.Edge("responder_edge"), edge!);
                    break;
                case SetupGob.DialRouteGroup:
                    Assert.True(SetupGob.TryRead(argument, out BidirectionalRoute? route));
                    var expected = RulePlanTests.VectorRoute();
                    Assert.Equal(expected.Descriptor, route!.Descriptor);
                    Assert.Equal(expected.KeepAlive, route.KeepAlive);
                    Assert.Equal(expected.Forward, route.Forward);
                    Assert.Equal(expected.Reverse, route.Reverse);
                    break;
                default:
                    Assert.Fail(values[i]["ServiceMethod"].AsString);
                    break;
            }
        }
    }

    [Fact]
    public void TryRead_RecordedReplies_GiveTheValuesOfTheVectors()
    {
        Assert.True(SetupGob.TryRead(Decode(Vector("ReserveIDs").Hex("server_to_client_hex"))[1], 2, out uint[]? ids));
        Assert.Equal([1u, 2u], ids!);
        Assert.True(Decode(Vector("AddEdgeRules").Hex("server_to_client_hex"))[1].AsBool);
        Assert.True(SetupGob.TryRead(Decode(Vector("DialRouteGroup").Hex("server_to_client_hex"))[1], out EdgeRules? edge));
        AssertSame(RulePlanTests.Edge("initiator_edge"), edge!);
    }

    [Theory]
    [InlineData("ReserveIDs")]
    [InlineData("AddIntermediaryRules")]
    [InlineData("AddEdgeRules")]
    [InlineData("DialRouteGroup")]
    public async Task Call_SameArgument_WritesTheBytesOfTheReference(string name)
    {
        var (near, far) = MemoryNetwork.CreatePair();
        await using var client = new RpcClient(near);
        var (method, type, value) = name switch
        {
            "ReserveIDs" => (SetupGob.ReserveIds, GobType.UInt, GobValue.Of(2UL)),
            "AddIntermediaryRules" => (SetupGob.AddIntermediaryRules, SetupGob.RulesType, SetupGob.Of(RulePlanTests.Vector.GetProperty("generate_rules_3hop").GetProperty("intermediary").GetProperty("B").EnumerateArray().Select(rule => rule.Hex("hex")).ToList())),
            "AddEdgeRules" => (SetupGob.AddEdgeRules, SetupGob.EdgeRulesType, SetupGob.Of(RulePlanTests.Edge("responder_edge"))),
            _ => (SetupGob.DialRouteGroup, SetupGob.RouteType, SetupGob.Of(RulePlanTests.VectorRoute())),
        };
        var call = client.CallAsync(method, type, value, Deadline);
        var expected = Vector(name).Hex("client_to_server_hex");
        var written = await Kit.Io.ReadExactlyAsync(far, expected.Length);
        await far.WriteAsync(Vector(name).Hex("server_to_client_hex"), Deadline);
        await call;
        Assert.Equal(Convert.ToHexString(expected), Convert.ToHexString(written));
    }

    [Fact]
    public void TryRead_WrongShapes_AreRefusedWithoutThrowing()
    {
        GobValue[] values = [GobValue.Null, GobValue.Of(5UL), GobValue.EmptyStruct, GobValue.OfList([]), GobValue.Of("text"), GobValue.OfList([GobValue.Of(1UL), GobValue.Of("x")])];
        foreach (var value in values)
        {
            Assert.False(SetupGob.TryRead(value, out BidirectionalRoute? _));
            Assert.False(SetupGob.TryRead(value, out EdgeRules? _));
            Assert.False(SetupGob.TryRead(value, 2, out uint[]? _));
        }

        Assert.False(SetupGob.TryRead(GobValue.OfList([GobValue.Of(1UL), GobValue.Of(1UL << 32)]), 2, out uint[]? _));
        Assert.False(SetupGob.TryRead(GobValue.OfList([.. Enumerable.Repeat(GobValue.Of(new byte[50]), SetupGob.MaxRules + 1)]), out byte[][]? _));
        var route = RulePlanTests.VectorRoute();
        Assert.False(SetupGob.TryRead(SetupGob.Of(route with { KeepAlive = TimeSpan.Zero }), out BidirectionalRoute? _));
        Assert.False(SetupGob.TryRead(SetupGob.Of(route with { Forward = [.. Enumerable.Repeat(route.Forward[0], SetupGob.MaxHops + 1)] }), out BidirectionalRoute? _));
    }

    private static JsonElement Vector(string name) => Calls.EnumerateArray().Single(vector => vector.Text("name") == name);

    private static List<GobValue> Decode(byte[] stream)
    {
        var decoder = new GobDecoder();
        var values = new List<GobValue>();
        for (var at = 0; at < stream.Length;)
        {
            Assert.Equal(OperationStatus.Done, decoder.TryDecode(stream.AsSpan(at), out var value, out var consumed));
            values.Add(value);
            at += consumed;
        }

        return values;
    }

    private static void AssertSame(EdgeRules expected, EdgeRules actual)
    {
        Assert.Equal(expected.Descriptor, actual.Descriptor);
        Assert.Equal(expected.Forward, actual.Forward);
        Assert.Equal(expected.Reverse, actual.Reverse);
    }
}
