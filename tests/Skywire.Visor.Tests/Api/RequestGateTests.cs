using System.Net;
using System.Text;
using Skywire.Discovery;
using Skywire.Visor.Api;

namespace Skywire.Visor.Tests.Api;

public sealed class RequestGateTests
{
    private static readonly HttpPeer Tcp = new(IPAddress.Loopback, default);

    [Theory]
    [InlineData("localhost:8000", true)]
    [InlineData("127.0.0.1:8000", true)]
    [InlineData("192.0.2.4", true)]
    [InlineData("[::1]:8000", true)]
    [InlineData("board.local:8000", true)]
    [InlineData("BOARD.local", true)]
    [InlineData("evil.example", false)]
    [InlineData("localhost.evil.example:8000", false)]
    [InlineData("evil.example@localhost", false)]
    [InlineData("localhost/evil", false)]
    [InlineData("", false)]
    public void Refuse_Host_OnlyOwnNamesPass(string host, bool passes)
        => Assert.Equal(passes, Gate().Refuse(Call("GET", ("Host", host)), Tcp) is null);

    [Theory]
    [InlineData("1", null, true)]
    [InlineData("1", "http://localhost:8000", true)]
    [InlineData("1", "http://evil.example", false)]
    [InlineData("1", "null", false)]
    [InlineData(null, null, false)]
    [InlineData(null, "http://localhost:8000", false)]
    public void Refuse_Change_NeedsHeaderAndOwnOrigin(string? header, string? origin, bool passes)
    {
        var headers = new List<(string, string)> { ("Host", "localhost:8000") };
        if (header is not null)
        {
            headers.Add((RequestGate.ChangeHeader, header));
        }

        if (origin is not null)
        {
            headers.Add(("Origin", origin));
        }

        Assert.Equal(passes, Gate().Refuse(Call("POST", [.. headers]), Tcp) is null);
    }

    [Fact]
    public void Refuse_UnixSocket_PassesWithoutHeadersAndPassword()
        => Assert.Null(Gate(PasswordHash.Create("correct horse")).Refuse(Call("POST"), default));

    [Theory]
    [InlineData("correct horse", null)]
    [InlineData("wrong", 401)]
    [InlineData("", 401)]
    public void Refuse_Password_IsChecked(string password, int? status)
    {
        var gate = Gate(PasswordHash.Create("correct horse"));
        for (var i = 0; i < 2; i++)
        {
            Assert.Equal(status, gate.Refuse(Call("GET", ("Host", "localhost"), ("Authorization", Basic(password))), Tcp)?.Status);
        }
    }

    [Theory]
    [InlineData("Bearer x")]
    [InlineData("Basic !!!")]
    [InlineData("Basic eA==")]
    public void Refuse_OtherAuthorization_Is401(string value)
        => Assert.Equal(401, Gate(PasswordHash.Create("correct horse")).Refuse(Call("GET", ("Host", "localhost"), ("Authorization", value)), Tcp)?.Status);

    [Fact]
    public void Refuse_ManyWrongPasswords_AreSlowedDownButTheRightOneGoesOn()
    {
        var gate = Gate(PasswordHash.TryParse("pbkdf2-sha256$1$AAAA$AAAA", out var hash) ? hash : null);
        for (var i = 0; i < 10; i++)
        {
            Assert.Equal(401, gate.Refuse(Call("GET", ("Host", "localhost"), ("Authorization", Basic("guess" + i))), Tcp)?.Status);
        }

        Assert.Equal(429, gate.Refuse(Call("GET", ("Host", "localhost"), ("Authorization", Basic("guess"))), Tcp)?.Status);
    }

    [Fact]
    public void PasswordHash_Text_ParsesBackAndVerifies()
    {
        Assert.True(PasswordHash.TryParse(PasswordHash.Create("correct horse").ToString(), out var hash));
        Assert.True(hash!.Verify("correct horse"));
        Assert.False(hash.Verify("correct horsf"));
        foreach (var bad in new[] { "", "x", "pbkdf2-sha256$0$AAAA$AAAA", "pbkdf2-sha256$99999999999$AAAA$AAAA", "pbkdf2-sha256$1$$AAAA", "pbkdf2-sha256$1$AAAA$", "pbkdf2-sha256$1$AAAA$!" })
        {
            Assert.False(PasswordHash.TryParse(bad, out _));
        }
    }

    private static string Basic(string password) => "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes("any:" + password));

    private static RequestGate Gate(PasswordHash? password = null) => new(["board.local"], password, TimeProvider.System);

    private static HttpCall Call(string method, params (string, string)[] headers) => new(method, "/", [.. headers.Select(h => new KeyValuePair<string, string>(h.Item1, h.Item2))], default);
}
