using System.Text;
using System.Text.Json;
using Skywire.Crypto;
using Skywire.Testing;
using Xunit;

namespace Skywire.Discovery.Tests;

public sealed class TransportEntryJsonTests
{
    private static readonly JsonElement Root = Vectors.Load("transport-entry.json");

    public static TheoryData<int> Entries => [.. Enumerable.Range(0, Root.GetProperty("vectors").GetArrayLength())];

    [Theory]
    [MemberData(nameof(Entries))]
    public void ToJson_Vector_IsExact(int index)
    {
        var vector = Root.GetProperty("vectors")[index];
        var text = Encoding.UTF8.GetBytes(vector.Text("entry_json"));
        var entry = TransportEntryJson.Parse(text);
        Assert.NotNull(entry);
        Assert.True(entry.IsConsistent);
        Assert.Equal(vector.Text("t_id"), entry.Id.ToString());
        Assert.Equal(vector.Text("entry_json"), Encoding.UTF8.GetString(entry.ToJson()));
        Assert.Equal(vector.Hex("signed_payload_hex"), entry.SignedPayload());
        var made = TransportEntry.Create(Key(vector.Text("local")), Key(vector.Text("remote")), vector.Text("type"), TransportLabels.User);
        Assert.Equal(entry, made);
    }

    [Theory]
    [MemberData(nameof(Entries))]
    public void ToJson_SignedVector_IsExactAndVerifies(int index)
    {
        var vector = Root.GetProperty("vectors")[index];
        foreach (var member in new[] { "signed_by_initiator_json", "signed_by_both_json" })
        {
            if (!vector.TryGetProperty(member, out var json))
            {
                continue;
            }

            var entry = TransportEntryJson.ParseSigned(Encoding.UTF8.GetBytes(json.GetString()!))!;
            Assert.Equal(json.GetString(), Encoding.UTF8.GetString(entry.ToJson()));
            Assert.True(entry.IsSignedBy(Key(vector.Text("local"))));
            Assert.Equal(member == "signed_by_both_json", entry.IsSignedBy(Key(vector.Text("remote"))));
        }
    }

    [Fact]
    public void Parse_UnknownMembersAndNoLabel_ReadsUser()
    {
        var text = Root.GetProperty("vectors")[0].Text("entry_json").Replace(",\"label\":\"user\"", ",\"latency\":1.5,\"bandwidth\":null", StringComparison.Ordinal);
        Assert.Equal(TransportLabels.User, TransportEntryJson.Parse(Encoding.UTF8.GetBytes(text))!.Label);
    }

    [Fact]
    public void ParseSigned_NoSignatures_ReadsZeroOnes()
    {
        var entry = Root.GetProperty("vectors")[0].Text("entry_json");
        var signed = TransportEntryJson.ParseSigned(Encoding.UTF8.GetBytes($$"""{"entry":{{entry}},"registered":7}"""))!;
        Assert.Equal(default, signed.Signature0);
        Assert.Equal(default, signed.Signature1);
    }

    [Theory]
    [InlineData("\"t_id\":\"", "\"t_id\":\"0")]
    [InlineData("\"edges\":[", "\"edges\":[\"\",")]
    [InlineData("\"type\":\"dmsg\"", "\"type\":\"\"")]
    [InlineData("\"type\":\"dmsg\"", "\"type\":\"dmśg\"")]
    [InlineData("\"type\":\"dmsg\"", "\"type\":\"ddddddddddddddddddddddddddddddddd\"")]
    [InlineData("\"label\":\"user\"", "\"label\":7")]
    public void Parse_BadMember_ReturnsNull(string good, string bad)
    {
        var text = Root.GetProperty("vectors")[0].Text("entry_json");
        Assert.Contains(good, text, StringComparison.Ordinal);
        Assert.Null(TransportEntryJson.Parse(Encoding.UTF8.GetBytes(text.Replace(good, bad, StringComparison.Ordinal))));
    }

    [Fact]
    public void ParseSigned_CutAnywhereMutatedOrOneByteMore_NeverThrows()
    {
        var text = Encoding.UTF8.GetBytes(Root.GetProperty("vectors")[0].Text("signed_by_both_json"));
        for (var length = 0; length < text.Length; length++)
        {
            Assert.Null(TransportEntryJson.ParseSigned(text.AsSpan(0, length)));
        }

        Assert.Null(TransportEntryJson.ParseSigned([.. text, (byte)'x']));
        var random = new Random(6);
        for (var round = 0; round < 300; round++)
        {
            var mutated = (byte[])text.Clone();
            mutated[random.Next(mutated.Length)] = (byte)random.Next(256);
            _ = TransportEntryJson.ParseSigned(mutated)?.ToJson();
        }

        Assert.Null(TransportEntryJson.Parse(new byte[TransportEntryJson.MaxEntryBytes + 1]));
    }

    [Fact]
    public void ParseList_NullOrArray_RoundTrips()
    {
        Assert.Empty(TransportEntryJson.ParseList("null"u8.ToArray(), 1000)!);
        var text = "[" + Root.GetProperty("vectors")[0].Text("entry_json") + "," + Root.GetProperty("vectors")[1].Text("entry_json") + "]";
        Assert.Equal(text, Encoding.UTF8.GetString(TransportEntryJson.ParseList(Encoding.UTF8.GetBytes(text), 10000)!.ToJson()));
        Assert.Null(TransportEntryJson.ParseList(Encoding.UTF8.GetBytes(text), 100));
        Assert.Null(TransportEntryJson.ParseSignedList(Encoding.UTF8.GetBytes(text), 10000));
    }

    private static PubKey Key(string name) => PubKey.Parse(Root.GetProperty("keys").GetProperty(name).Text("pk"));
}
