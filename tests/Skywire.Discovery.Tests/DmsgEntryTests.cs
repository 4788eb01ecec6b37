using System.Text;
using System.Text.Json;
using Skywire.Crypto;
using Skywire.Testing;
using Xunit;

namespace Skywire.Discovery.Tests;

public sealed class DmsgEntryTests
{
    private static readonly JsonElement Root = Vectors.Load("discovery-entry.json");

    public static TheoryData<int> Entries => [.. Enumerable.Range(0, Root.GetProperty("entries").GetArrayLength())];

    [Theory]
    [MemberData(nameof(Entries))]
    public void Parse_Vector_EncodesToTheSignedBytesAndVerifies(int index)
    {
        var vector = Root.GetProperty("entries")[index];
        var text = Encoding.UTF8.GetBytes(vector.Text("entry_text"));
        var entry = DmsgEntry.Parse(text);
        Assert.NotNull(entry);
        Assert.Equal(vector.Text("signed_bytes_text"), Encoding.UTF8.GetString(entry.SignedBytes()));
        Assert.Equal(vector.Text("entry_text"), Encoding.UTF8.GetString(entry.ToJson()));
        Assert.Equal(vector.Text("signature"), entry.Signature.ToString());
        Assert.True(entry.Verify());

        // Without the received text the own encoding must say the same.
        var own = entry with { };
        Assert.True(own.SignedText.IsEmpty);
        Assert.Equal(vector.Text("entry_text"), Encoding.UTF8.GetString(own.ToJson()));
        Assert.True(own.Verify());
        Assert.Equal(entry, own);
    }

    [Theory]
    [MemberData(nameof(Entries))]
    public void Sign_VectorKey_VerifiesAndCoversEveryMember(int index)
    {
        var vector = Root.GetProperty("entries")[index];
        var entry = DmsgEntry.Parse(Encoding.UTF8.GetBytes(vector.Text("entry_text")))!;
        Assert.True(SecKey.TryParse(vector.Hex("static_secret"), out var key));
        var signed = entry.Sign(key!);
        Assert.True(signed.Verify());
        Assert.False((signed with { Sequence = signed.Sequence + 1 }).Verify());
        Assert.False((signed with { Timestamp = signed.Timestamp + 1 }).Verify());
        Assert.False((signed with { ClientType = signed.ClientType + "x" }).Verify());
        Assert.False((signed with { Protocol = signed.Protocol + "x" }).Verify());
        Assert.True(DmsgEntry.Parse(signed.ToJson())!.Verify());
    }

    [Fact]
    public void Sign_ForeignKey_Throws()
    {
        var key = SecKey.Generate(new SeededEntropy(1));
        Assert.Throws<ArgumentException>(() => new DmsgEntry().Sign(key));
    }

    [Fact]
    public void Verify_UnknownMembers_AreCoveredByTheReceivedText()
    {
        var key = SecKey.Generate(new SeededEntropy(2));
        var unsigned = $$"""{"version":"0.0.1","sequence":1,"timestamp":2,"static":"{{key.PublicKey}}","client":{"delegated_servers":[] },"later":{"a":[1,"x"] } }""";
        var signature = key.SignPayload(Encoding.UTF8.GetBytes(unsigned));
        var text = unsigned.Replace(",\"later\"", $",\"signature\":\"{signature}\",\"later\"", StringComparison.Ordinal);
        var entry = DmsgEntry.Parse(Encoding.UTF8.GetBytes(text))!;
        Assert.True(entry.Verify());
        Assert.Equal(text, Encoding.UTF8.GetString(entry.ToJson()));
        var changed = DmsgEntry.Parse(Encoding.UTF8.GetBytes(text.Replace("[1,", "[2,", StringComparison.Ordinal)))!;
        Assert.False(changed.Verify());
    }

    [Theory]
    [InlineData("signature first")]
    [InlineData("signature last")]
    [InlineData("spaced")]
    public void Verify_OtherOrderOrSpacing_Holds(string form)
    {
        var key = SecKey.Generate(new SeededEntropy(3));
        var entry = new DmsgEntry { Static = key.PublicKey, DelegatedServers = [key.PublicKey], Sequence = 4, Timestamp = 5 }.Sign(key);
        var body = Encoding.UTF8.GetString(entry.SignedBytes());
        var text = form switch
        {
            "signature first" => $"{{\"signature\" : \"{entry.Signature}\" , {body[1..]}",
            "signature last" => $"{body[..^1]},\"signature\":\"{entry.Signature}\"}}",
            _ => $"{{ \"signature\":\"{entry.Signature}\",\n {body[1..].Replace(",", " ,\n", StringComparison.Ordinal)}",
        };
        Assert.True(DmsgEntry.Parse(Encoding.UTF8.GetBytes(text))!.Verify());
    }

    [Fact]
    public void Verify_TwoSignatureMembers_IsJudgedByOwnEncoding()
    {
        var key = SecKey.Generate(new SeededEntropy(4));
        var entry = new DmsgEntry { Static = key.PublicKey, DelegatedServers = [] }.Sign(key);
        var text = Encoding.UTF8.GetString(entry.ToJson());
        var twice = text[..^1] + $",\"signature\":\"{entry.Signature}\"}}";
        Assert.True(DmsgEntry.Parse(Encoding.UTF8.GetBytes(twice))!.Verify());
    }

    [Fact]
    public void With_Change_DropsTheReceivedText()
    {
        var vector = Root.GetProperty("entries")[0];
        var entry = DmsgEntry.Parse(Encoding.UTF8.GetBytes(vector.Text("entry_text")))!;
        var changed = entry with { Sequence = 9 };
        Assert.True(changed.SignedText.IsEmpty);
        Assert.Contains("\"sequence\":9", Encoding.UTF8.GetString(changed.ToJson()), StringComparison.Ordinal);
    }

    [Fact]
    public void WithServerType_UnknownMembers_Survive()
    {
        const string text = """{"version":"0.0.1","sequence":1,"timestamp":2,"static":"","server":{"address":"a:1","availableSessions":3,"address_wt":"w"},"signature":"zz","x":null}""";
        var entry = DmsgEntry.Parse(Encoding.UTF8.GetBytes(text))!.WithServerType("official");
        Assert.Equal("""{"version":"0.0.1","sequence":1,"timestamp":2,"static":"","server":{"address":"a:1","availableSessions":3,"serverType":"official","address_wt":"w"},"signature":"zz","x":null}""", Encoding.UTF8.GetString(entry.ToJson()));
        Assert.Equal("official", entry.Server!.ServerType);
        Assert.True(entry.HasSignature);
        Assert.False(entry.Verify());
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("""{"sequence":-1}""")]
    [InlineData("""{"sequence":1.5}""")]
    [InlineData("""{"sequence":"1"}""")]
    [InlineData("""{"timestamp":9223372036854775808}""")]
    [InlineData("""{"version":1}""")]
    [InlineData("""{"static":"zz"}""")]
    [InlineData("""{"client":[]}""")]
    [InlineData("""{"client":{"delegated_servers":"x"}}""")]
    [InlineData("""{"client":{"delegated_servers":["x"]}}""")]
    [InlineData("""{"server":1}""")]
    [InlineData("""{"server":{"availableSessions":2147483648}}""")]
    [InlineData("""{"server":{"dht_bootstrap":1}}""")]
    [InlineData("""{"client_type":"\ud800"}""")]
    public void Parse_WrongKind_ReturnsNull(string text) => Assert.Null(DmsgEntry.Parse(Encoding.UTF8.GetBytes(text)));

    [Fact]
    public void Parse_TooLong_ReturnsNull()
    {
        var text = Encoding.UTF8.GetBytes("{}" + new string(' ', DmsgEntry.MaxTextBytes));
        Assert.NotNull(DmsgEntry.Parse(text.AsSpan(0, DmsgEntry.MaxTextBytes)));
        Assert.Null(DmsgEntry.Parse(text));
    }

    [Fact]
    public void Parse_CutAnywhereOrOneByteMore_ReturnsNull()
    {
        var text = Encoding.UTF8.GetBytes(Root.GetProperty("entries")[5].Text("entry_text"));
        for (var length = 0; length < text.Length; length++)
        {
            Assert.Null(DmsgEntry.Parse(text.AsSpan(0, length)));
        }

        Assert.Null(DmsgEntry.Parse([.. text, (byte)'}']));
    }

    [Fact]
    public void Parse_RandomMutations_NeverThrowAndNeverVerify()
    {
        var text = Encoding.UTF8.GetBytes(Root.GetProperty("entries")[9].Text("entry_text"));
        var original = DmsgEntry.Parse(text)!;
        var random = new Random(5);
        for (var round = 0; round < 400; round++)
        {
            var mutated = (byte[])text.Clone();
            for (var i = random.Next(1, 4); i > 0; i--)
            {
                mutated[random.Next(mutated.Length)] = (byte)random.Next(256);
            }

            if (DmsgEntry.Parse(mutated) is { } entry && !entry.Equals(original))
            {
                Assert.False(entry.Verify());
                _ = entry.WithServerType("other").ToJson();
            }
        }
    }

    [Fact]
    public void ParseList_Entries_AllOrNothing()
    {
        var one = Root.GetProperty("entries")[0].Text("entry_text");
        Assert.Equal(2, DmsgEntry.ParseList(Encoding.UTF8.GetBytes($"[{one},{one}]"), 1 << 20)!.Count);
        Assert.Empty(DmsgEntry.ParseList("[]"u8.ToArray(), 1 << 20)!);
        Assert.Null(DmsgEntry.ParseList(Encoding.UTF8.GetBytes($"[{one},1]"), 1 << 20));
        Assert.Null(DmsgEntry.ParseList(Encoding.UTF8.GetBytes(one), 1 << 20));
        Assert.Null(DmsgEntry.ParseList(Encoding.UTF8.GetBytes($"[{one}]"), one.Length));
    }
}
