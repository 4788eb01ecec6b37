using System.Text.Json;
using Skywire.Crypto;
using Skywire.Discovery;
using Skywire.Testing;
using Skywire.Transport;

namespace Skywire.Routing.Tests;

public sealed class RoutingRuleTests
{
    private static readonly JsonElement Vector = Vectors.Load("routing-rules.json");

    public static TheoryData<string, int> Rules => new() { { "consume", 83 }, { "forward", 120 }, { "intermediary", 50 } };

    [Theory]
    [MemberData(nameof(Rules))]
    public void TryParse_Vector_GivesItsFieldsAndTheSameBytes(string name, int size)
    {
        var vector = Vector.GetProperty(name);
        var bytes = vector.Hex("hex");
        Assert.Equal(size, bytes.Length);
        Assert.True(RoutingRule.TryParse(bytes, out var rule));
        Assert.Equal(vector.GetProperty("keep_alive_ns").GetInt64(), rule!.KeepAliveNanoseconds);
        Assert.Equal(vector.GetProperty("key_route_id").GetUInt32(), rule.KeyRouteId);
        Assert.Equal(vector.GetProperty("type").GetInt32(), (int)rule.Type);
        if (vector.TryGetProperty("next_route_id", out var next))
        {
            Assert.Equal(next.GetUInt32(), rule.NextRouteId);
            Assert.Equal(vector.Text("next_transport_id"), rule.NextTransportId.ToString());
        }

        if (vector.TryGetProperty("src", out var source))
        {
            Assert.Equal(source.GetString(), $"{rule.Descriptor.SourceKey}:{rule.Descriptor.SourcePort}");
            Assert.Equal(vector.Text("dst"), $"{rule.Descriptor.DestinationKey}:{rule.Descriptor.DestinationPort}");
        }

        Assert.Equal(bytes, rule.ToBytes());
    }

    [Theory]
    [MemberData(nameof(Rules))]
    public void TryParse_CutOrLonger_OnlyTheFillerMayBeMissing(string name, int size)
    {
        var bytes = Vector.GetProperty(name).Hex("hex");
        for (var cut = 0; cut < size; cut++)
        {
            Assert.Equal(name != "consume" && cut == size - 17, RoutingRule.TryParse(bytes.AsSpan(0, cut), out _));
        }

        Assert.False(RoutingRule.TryParse([.. bytes, 0], out _));
    }

    [Fact]
    public void TryParse_WithoutFiller_ReadsTheSameRule()
    {
        var bytes = Vector.GetProperty("forward").Hex("hex");
        Assert.True(RoutingRule.TryParse(bytes.AsSpan(0, 103), out var rule));
        Assert.Equal(bytes, rule!.ToBytes());
    }

    [Theory]
    [MemberData(nameof(Rules))]
    public void TryParse_RandomMutations_NeverThrowsAndKeepsWhatItTakes(string name, int size)
    {
        var original = Vector.GetProperty(name).Hex("hex");
        var random = new Random(size);
        for (var i = 0; i < 400; i++)
        {
            var bytes = (byte[])original.Clone();
            for (var n = random.Next(1, 4); n > 0; n--)
            {
                bytes[random.Next(size)] = (byte)random.Next(256);
            }

            if (RoutingRule.TryParse(bytes, out var rule))
            {
                var useful = rule!.Type == RuleType.Consume ? size : size - 17;
                Assert.Equal(bytes[..useful], rule.ToBytes()[..useful]);
                Assert.True(rule.KeepAliveNanoseconds > 0 && rule.KeyRouteId > 0);
            }
        }
    }

    [Fact]
    public void TryParse_KeepAliveNotPositiveOrRouteIdZeroOrUnknownType_IsRefused()
    {
        var good = Vector.GetProperty("intermediary").Hex("hex");
        foreach (var change in new Action<byte[]>[] { b => b.AsSpan(0, 8).Clear(), b => b[0] = 0x80, b => b[8] = 3, b => b.AsSpan(9, 4).Clear(), b => b.AsSpan(13, 4).Clear() })
        {
            var bytes = (byte[])good.Clone();
            change(bytes);
            Assert.False(RoutingRule.TryParse(bytes, out _));
        }
    }

    [Fact]
    public void Descriptor_Vector_ReadsWritesAndInverts()
    {
        var vector = Vector.GetProperty("descriptor");
        Assert.True(RouteDescriptor.TryRead(vector.Hex("hex"), out var descriptor));
        Assert.Equal(vector.Hex("hex"), descriptor.ToBytes());
        Assert.Equal(vector.Hex("inverted_hex"), descriptor.Inverted.ToBytes());
        Assert.Equal(descriptor, descriptor.Inverted.Inverted);
        for (var cut = 0; cut < RouteDescriptor.Size; cut++)
        {
            Assert.False(RouteDescriptor.TryRead(vector.Hex("hex").AsSpan(0, cut), out _));
        }
    }

    [Theory]
    [InlineData("consume", "app_fields", "REV(")]
    [InlineData("forward", "forward_fields", "FWD(")]
    [InlineData("intermediary", "intermediary_forward_fields", "INTER(")]
    public void Summary_EachType_HasExactlyItsFields(string name, string member, string text)
    {
        var vector = Vector.GetProperty(name);
        Assert.True(RoutingRule.TryParse(vector.Hex("hex"), out var rule));
        var json = JsonDocument.Parse(RuleSummary.Of(rule!).ToJson()).RootElement;
        Assert.Equal(["keep_alive", "rule_type", "key_route_id", member], json.EnumerateObject().Select(property => property.Name));
        Assert.Equal(30_000_000_000, json.GetProperty("keep_alive").GetInt64());
        var fields = json.GetProperty(member);
        if (name != "consume")
        {
            Assert.Equal(vector.Text("next_transport_id"), fields.Text("next_tid"));
            Assert.Equal(vector.GetProperty("next_route_id").GetUInt32(), fields.GetProperty("next_rid").GetUInt32());
        }

        if (name != "intermediary")
        {
            Assert.Equal(rule!.Descriptor.SourceKey.ToString(), fields.GetProperty("route_descriptor").Text("src_pk"));
            Assert.Equal(rule.Descriptor.DestinationPort, fields.GetProperty("route_descriptor").GetProperty("dst_port").GetUInt16());
        }

        Assert.StartsWith(text, rule!.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Packets_Vectors_ReadAndWriteAsTheReference()
    {
        var packets = Vectors.Load("routing-packets.json");
        foreach (var vector in packets.GetProperty("reference_2024").EnumerateArray().Concat(packets.GetProperty("layout_2026").EnumerateArray()))
        {
            var bytes = vector.Hex("hex");
            var header = PacketHeader.Read(bytes);
            Assert.Equal(vector.GetProperty("type").GetInt32(), (int)header.Type);
            Assert.Equal(vector.GetProperty("route_id").GetUInt32(), header.RouteId);
            Assert.Equal(bytes.Length, header.PacketSize);
            var written = (byte[])bytes.Clone();
            written.AsSpan(0, PacketHeader.Size).Clear();
            header.Write(written);
            Assert.Equal(bytes, written);
        }
    }

    [Fact]
    public void Accepts_FirstConversationPacketTeaches_OtherTransportIsRefused()
    {
        Assert.True(RoutingRule.TryParse(Vector.GetProperty("intermediary").Hex("hex"), out var rule));
        var key = PubKey.Parse(Vector.GetProperty("keys").GetProperty("A").Text("pk"));
        var first = new Kit.RecordingTransport(new TransportId(1), key);
        var second = new Kit.RecordingTransport(new TransportId(2), key);
        Assert.True(rule!.Accepts(second, teaches: false));
        Assert.True(rule.Accepts(first, teaches: true));
        Assert.False(rule.Accepts(second, teaches: true));
        Assert.True(rule.Accepts(new Kit.RecordingTransport(new TransportId(1), key), teaches: false));
    }
}
