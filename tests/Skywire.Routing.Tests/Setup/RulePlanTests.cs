using System.Text.Json;
using Skywire.Crypto;
using Skywire.Discovery;
using Skywire.Routing.Setup;
using Skywire.Testing;

namespace Skywire.Routing.Tests.Setup;

public sealed class RulePlanTests
{
    internal static readonly JsonElement Vector = Vectors.Load("routing-rules.json");

    [Fact]
    public void Build_ThreeHopVector_GivesEveryRuleByteForByte()
    {
        var vector = Vector.GetProperty("generate_rules_3hop");
        var route = VectorRoute();
        Assert.Null(RulePlan.Validate(route));
        Assert.All(RulePlan.CountIds(route), pair => Assert.Equal(2, pair.Value));
        var ids = new Dictionary<PubKey, Queue<uint>>();
        foreach (var visor in vector.GetProperty("reserved_ids_in_pop_order").EnumerateObject())
        {
            ids[Key(visor.Name)] = new(visor.Value.EnumerateArray().Select(id => id.GetUInt32()));
        }

        var plan = RulePlan.Build(route, ids)!;
        AssertEdge(vector.GetProperty("initiator_edge"), plan.Initiator);
        AssertEdge(vector.GetProperty("responder_edge"), plan.Responder);
        Assert.Equal([Key("B"), Key("C")], plan.Intermediary.Select(pair => pair.Key));
        foreach (var (visor, rules) in plan.Intermediary)
        {
            var name = visor == Key("B") ? "B" : "C";
            Assert.Equal(vector.GetProperty("intermediary").GetProperty(name).EnumerateArray().Select(rule => rule.Text("hex")), rules.Select(Convert.ToHexStringLower));
        }

        Assert.All(ids.Values, Assert.Empty);
    }

    [Fact]
    public void Build_TooFewIds_GivesNothing()
    {
        var route = VectorRoute();
        var ids = RulePlan.CountIds(route).ToDictionary(pair => pair.Key, pair => new Queue<uint>([1]));
        Assert.Null(RulePlan.Build(route, ids));
    }

    [Fact]
    public void CountIds_LoopOverANeighbour_FourForTheVisorTwoForTheNeighbour()
    {
        var (a, x) = (Key("A"), Key("B"));
        RouteHop[] path = [new(new TransportId(1), a, x), new(new TransportId(1), x, a)];
        var route = new BidirectionalRoute(new RouteDescriptor(a, a, 50000, 50001), TimeSpan.FromSeconds(30), path, path);
        Assert.Null(RulePlan.Validate(route));
        Assert.Equal([KeyValuePair.Create(a, 4), KeyValuePair.Create(x, 2)], RulePlan.CountIds(route));
        var plan = RulePlan.Build(route, new Dictionary<PubKey, Queue<uint>> { [a] = new([1, 2, 3, 4]), [x] = new([11, 12]) })!;
        Assert.Equal(50001, plan.Initiator.Descriptor.SourcePort);
        Assert.Equal(50000, plan.Responder.Descriptor.SourcePort);
        Assert.Equal(2, Assert.Single(plan.Intermediary).Value.Count);
    }

    [Fact]
    public void Validate_EachDefect_IsNamed()
    {
        var good = VectorRoute();
        var cut = good.Forward.Take(2).ToArray();
        var broken = new[] { good.Forward[0], good.Forward[2] };
        Assert.Contains("empty", RulePlan.Validate(good with { Forward = [] }), StringComparison.Ordinal);
        Assert.Contains("empty", RulePlan.Validate(good with { Reverse = [] }), StringComparison.Ordinal);
        Assert.Contains("forward", RulePlan.Validate(good with { Forward = cut }), StringComparison.Ordinal);
        Assert.Contains("reverse", RulePlan.Validate(good with { Reverse = good.Forward }), StringComparison.Ordinal);
        Assert.Contains("broken", RulePlan.Validate(good with { Forward = broken }), StringComparison.Ordinal);
    }

    internal static PubKey Key(string name) => PubKey.Parse(Vector.GetProperty("keys").GetProperty(name).Text("pk"));

    internal static BidirectionalRoute VectorRoute()
    {
        var vector = Vector.GetProperty("generate_rules_3hop");
        Assert.True(RouteDescriptor.TryRead(vector.Hex("descriptor_hex"), out var descriptor));
        return new(descriptor, TimeSpan.FromSeconds(30), Hops("forward"), Hops("reverse"));

        RouteHop[] Hops(string name) => [.. vector.GetProperty(name).EnumerateArray().Select(hop => new RouteHop(Id(hop.Text("tp_id")), Key(hop.Text("from")), Key(hop.Text("to"))))];
    }

    internal static EdgeRules Edge(string name)
    {
        var edge = Vector.GetProperty("generate_rules_3hop").GetProperty(name);
        Assert.True(RouteDescriptor.TryRead(edge.Hex("desc_hex"), out var descriptor));
        return new(descriptor, edge.GetProperty("forward").Hex("hex"), edge.GetProperty("reverse_consume").Hex("hex"));
    }

    private static TransportId Id(string text)
    {
        Assert.True(TransportId.TryParse(text, out var id));
        return id;
    }

    private static void AssertEdge(JsonElement expected, EdgeRules actual)
    {
        Assert.Equal(expected.Text("desc_hex"), Convert.ToHexStringLower(actual.Descriptor.ToBytes()));
        Assert.Equal(expected.GetProperty("forward").Text("hex"), Convert.ToHexStringLower(actual.Forward));
        Assert.Equal(expected.GetProperty("reverse_consume").Text("hex"), Convert.ToHexStringLower(actual.Reverse));
    }
}
