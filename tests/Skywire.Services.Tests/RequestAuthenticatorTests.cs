using System.Text;
using Skywire.Crypto;
using Skywire.Discovery;
using Skywire.Discovery.Clients;
using Skywire.Services.Http;
using Skywire.Testing;
using Xunit;

namespace Skywire.Services.Tests;

public sealed class RequestAuthenticatorTests : TestBase
{
    private int _status = 200;

    [Fact]
    public async Task Recording_InOrder_AnswersAreThoseOfTheReference()
    {
        var service = Echo(new Bench());
        foreach (var exchange in Vectors.Load("httpauth.json").GetProperty("http_exchanges").EnumerateArray())
        {
            _status = exchange.Text("path") == "/api" && exchange.Text("content_type") != "application/json" ? exchange.GetProperty("status").GetInt32() : 200;
            var headers = exchange.TryGetProperty("request_headers", out var h) ? h.EnumerateObject().Select(p => (p.Name, p.Value.GetString()!)).ToArray() : [];
            var (status, body, type) = await Bench.SendAsync(service, exchange.Text("method"), exchange.Text("path"), exchange.Text("request_body_text"), null, headers);
            Assert.Equal($"{exchange.Text("note")}: {exchange.GetProperty("status")} {exchange.Text("response_body_text")}", $"{exchange.Text("note")}: {status} {body}");
            Assert.Equal(exchange.Text("content_type"), type);
        }
    }

    [Fact]
    public async Task SameNonceTwice_WhileTheFirstIsInItsHandler_PassesOnce()
    {
        // The second check passes before the first has counted: only the check inside the transaction can tell.
        var bench = new Bench();
        var authenticator = new RequestAuthenticator("test", bench.Store);
        var key = Bench.Key(1);
        var call = Signed(key, 0);
        Assert.Null(authenticator.Check(call, default, out var first));
        Assert.Null(authenticator.Check(call, default, out var second));
        Assert.Equal(200, authenticator.Run(first, _ => Replies.Empty(200)).Status);
        Assert.Equal(401, authenticator.Run(second, _ => throw new InvalidOperationException("must not run")).Status);
        await Task.CompletedTask;
    }

    [Fact]
    public async Task FailingHandler_LeavesNonceAndRecords()
    {
        var bench = new Bench();
        var table = new EndpointTable("test", bench.Context, nonces: true);
        table.Signed("GET", "/api", request => store =>
        {
            store.Put("x", "y", [1], null);
            throw new InvalidOperationException("a bug");
        });
        var key = Bench.Key(1);
        Assert.Equal(500, table.Handle(Signed(key, 0), default).Status);
        Assert.Null(bench.Store.Read(r => r.Get("x", "y")));
        Assert.Equal($"{{\"edge\":\"{key.PublicKey}\",\"next_nonce\":0}}\n", Encoding.UTF8.GetString(table.Handle(new HttpCall("GET", $"/security/nonces/{key.PublicKey}", [], default), default).Body.Span));
        await Task.CompletedTask;
    }

    [Theory]
    [InlineData(true, 200)]
    [InlineData(false, 401)]
    public async Task DmsgPeer_IsTheCallerAndMustNotClaimAnother(bool same, int expected)
    {
        var service = Echo(new Bench());
        var peer = new HttpPeer(null, Bench.Key(1).PublicKey);
        var claimed = same ? peer.DmsgKey : Bench.Key(2).PublicKey;
        var (status, body, _) = await Bench.SendAsync(service, "GET", "/api", "", peer, ("SW-Public", claimed.ToString()), ("SW-Nonce", "99"), ("SW-Sig", "00"));
        Assert.Equal(expected, status);
        Assert.Equal(same, body == $"{peer.DmsgKey}|");
        Assert.Equal(200, (await Bench.SendAsync(service, "GET", "/api", "", peer)).Status);
    }

    [Fact]
    public async Task RateLimit_AfterTheBurst_429UntilRefilled()
    {
        var bench = new Bench();
        var service = Echo(bench, bench.Context with { RateLimit = new RateLimit(30, 3) });
        var peer = Bench.From("198.51.100.1");
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(200, (await Bench.SendAsync(service, "GET", "/health", "", peer)).Status);
        }

        Assert.Equal(429, (await Bench.SendAsync(service, "GET", "/health", "", peer)).Status);
        Assert.Equal(200, (await Bench.SendAsync(service, "GET", "/health", "", Bench.From("198.51.100.2"))).Status);
        bench.Time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(200, (await Bench.SendAsync(service, "GET", "/health", "", peer)).Status);
    }

    [Fact]
    public async Task Nonce_TooLarge_NamesTheRange()
    {
        var (status, body, _) = await Bench.SendAsync(Echo(new Bench()), "GET", "/api", "", null, ("SW-Public", Bench.Key(1).PublicKey.ToString()), ("SW-Sig", new string('0', 130)), ("SW-Nonce", "18446744073709551616"));
        Assert.Equal((401, "{\"error\":{\"message\":\"error parsing SW-Nonce: value out of range\",\"code\":401}}\n"), (status, body));
    }

    [Fact]
    public async Task Limits_BodyAndTarget_AreRefused()
    {
        var service = Echo(new Bench());
        Assert.Equal(413, (await Bench.SendAsync(service, "POST", "/api", new string('x', EndpointTable.MaxBodyBytes + 1))).Status);
        Assert.Equal(414, (await Bench.SendAsync(service, "GET", "/" + new string('x', 5000))).Status);
        Assert.Equal(404, (await Bench.SendAsync(service, "GET", "/api/")).Status);
        Assert.Equal(404, (await Bench.SendAsync(service, "GET", "")).Status);
    }

    private static HttpCall Signed(SecKey key, ulong nonce) => new("GET", "/api",
        [new("SW-Public", key.PublicKey.ToString()), new("SW-Nonce", $"{nonce}"), new("SW-Sig", key.SignPayload(SignedHttpClient.SignedBytes(default, nonce)).ToString())], default);

    private EchoService Echo(Bench bench, ServiceContext? context = null)
    {
        var table = new EndpointTable("test", context ?? bench.Context, nonces: true);
        Func<ServiceRequest, Func<Store.IStoreWriter, HttpReply>> echo = request => _ => Replies.Plain(_status, $"{request.Caller}|{Encoding.UTF8.GetString(request.Call.Body.Span)}");
        table.Signed("GET", "/api", echo);
        table.Signed("POST", "/api", echo);
        return new EchoService(table);
    }

    private sealed class EchoService(EndpointTable table) : IHttpService
    {
        public Task<HttpReply> HandleAsync(HttpCall call, HttpPeer peer, CancellationToken cancellationToken) => Task.FromResult(table.Handle(call, peer));
    }
}
