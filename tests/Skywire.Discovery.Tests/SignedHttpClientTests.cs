using System.Text;
using Skywire.Crypto;
using Skywire.Discovery.Clients;
using Skywire.Testing;
using Skywire.Wire;
using Xunit;

namespace Skywire.Discovery.Tests;

public sealed class SignedHttpClientTests : TestBase
{
    private readonly SecKey _key = SecKey.Generate(new SeededEntropy(21));

    [Fact]
    public void SignedBytes_Vectors_AreExact()
    {
        foreach (var vector in Vectors.Load("httpauth.json").GetProperty("signatures").EnumerateArray())
        {
            var nonce = ulong.Parse(vector.Text("nonce"), System.Globalization.CultureInfo.InvariantCulture);
            var signed = SignedHttpClient.SignedBytes(Encoding.UTF8.GetBytes(vector.Text("body_text")), nonce);
            Assert.Equal(vector.Text("signed_bytes_text"), Encoding.UTF8.GetString(signed));
            Assert.True(Signature.TryParseHex(vector.Text("signature"), out var signature));
            Assert.True(signature.VerifyPayload(PubKey.Parse(vector.Text("public")), signed));
        }
    }

    [Fact]
    public async Task Call_Statuses_NonceMovesOnExactly200()
    {
        var status = 200;
        var exchange = Answering(() => FuncExchange.Reply(status, ""));
        var client = Client(exchange);
        await client.CallAsync("GET", "/a", default, Deadline);
        status = 201;
        await client.CallAsync("GET", "/b", default, Deadline);
        status = 404;
        await client.CallAsync("GET", "/c", default, Deadline);
        await client.CallAsync("GET", "/d", default, Deadline);
        Assert.Equal(["GET http://service/a 5", "GET http://service/b 6", "GET http://service/c 6", "GET http://service/d 6"], exchange.Seen.Skip(1));
    }

    [Fact]
    public async Task Call_AlwaysRefused_IsRepeatedOnceAndFetchesTheNonceAnew()
    {
        var exchange = Answering(() => FuncExchange.Reply(401, """{"error":{"message":"SW-Nonce does not match","code":401}}"""));
        var client = Client(exchange);
        Assert.Equal(401, (await client.CallAsync("GET", "/a", default, Deadline)).Status);
        Assert.Equal(4, exchange.Seen.Count);
        await client.CallAsync("GET", "/a", default, Deadline);
        Assert.Equal(8, exchange.Seen.Count);
    }

    [Fact]
    public async Task Call_NoAnswer_FetchesTheNonceAnew()
    {
        var fails = true;
        var exchange = Answering(() => fails ? throw new IOException("connection reset") : FuncExchange.Reply(200, ""));
        var client = Client(exchange);
        var failure = await Assert.ThrowsAsync<ServiceException>(() => client.CallAsync("GET", "/a", default, Deadline));
        Assert.Equal(0, failure.Status);
        Assert.Contains("connection reset", failure.Message, StringComparison.Ordinal);
        fails = false;
        await client.CallAsync("GET", "/a", default, Deadline);
        Assert.Equal(4, exchange.Seen.Count);
        Assert.Equal(1, client.Link.Causes[ProtocolError.ServiceUnreachable]);
    }

    [Fact]
    public async Task Call_TwoAtOnce_AreSerialised()
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var running = 0;
        var most = 0;
        var exchange = new FuncExchange(async (call, _) =>
        {
            most = Math.Max(most, Interlocked.Increment(ref running));
            if (call.Target.EndsWith("/a", StringComparison.Ordinal))
            {
                await gate.Task;
            }

            Interlocked.Decrement(ref running);
            return call.Target.Contains("nonces", StringComparison.Ordinal) ? Nonce() : FuncExchange.Reply(200, "");
        });
        var client = Client(exchange);
        var first = client.CallAsync("GET", "/a", default, Deadline);
        var second = client.CallAsync("GET", "/b", default, Deadline);
        Assert.False(second.IsCompleted);
        gate.SetResult();
        await Task.WhenAll(first, second);
        Assert.Equal(1, most);
        Assert.Equal(["GET http://service/a 5", "GET http://service/b 6"], exchange.Seen.Skip(1));
    }

    [Fact]
    public async Task Call_Silent_EndsAtTheLimitWithAReason()
    {
        var exchange = new FuncExchange(async (_, token) =>
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, token);
            throw new InvalidOperationException("not reached");
        });
        var client = Client(exchange, ServiceClientOptions.Default with { CallLimit = TimeSpan.FromMilliseconds(1) });
        var failure = await Assert.ThrowsAsync<ServiceException>(() => client.CallAsync("GET", "/a", default, Deadline));
        Assert.Contains("no answer within", failure.Reason, StringComparison.Ordinal);
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => client.CallAsync("GET", "/a", default, cancelled.Token));
    }

    [Fact]
    public async Task Call_ForeignNonceAnswer_IsRefused()
    {
        var exchange = new FuncExchange((_, _) => Task.FromResult(FuncExchange.Reply(200, """{"edge":"","next_nonce":1}""")));
        await Assert.ThrowsAsync<ServiceException>(() => Client(exchange).CallAsync("GET", "/a", default, Deadline));
    }

    [Theory]
    [InlineData("dmsg://key:80", "203.0.113.7")]
    [InlineData("http://service", null)]
    public async Task Call_OverDmsg_SendsThePublicAddress(string address, string? expected)
    {
        string? seen = "none";
        var exchange = new FuncExchange((call, _) =>
        {
            seen = call.Header("SW-PublicIP");
            return Task.FromResult(call.Target.Contains("nonces", StringComparison.Ordinal) ? Nonce() : FuncExchange.Reply(200, ""));
        });
        var link = new ServiceLink(exchange, "test", address, ServiceClientOptions.Default with { PublicAddress = () => "203.0.113.7" }, TimeProvider.System);
        await new SignedHttpClient(link, _key).CallAsync("GET", "/a", default, Deadline);
        Assert.Equal(expected, seen);
    }

    private SignedHttpClient Client(IHttpExchange exchange, ServiceClientOptions? options = null) =>
        new(new ServiceLink(exchange, "test", "service/", options ?? ServiceClientOptions.Default, TimeProvider.System), _key);

    private FuncExchange Answering(Func<HttpReply> answer) => new((call, _) =>
    {
        if (call.Target.Contains("nonces", StringComparison.Ordinal))
        {
            return Task.FromResult(Nonce());
        }

        try
        {
            return Task.FromResult(answer());
        }
        catch (IOException e)
        {
            return Task.FromException<HttpReply>(e);
        }
    });

    private HttpReply Nonce() => FuncExchange.Reply(200, $$"""{"edge":"{{_key.PublicKey}}","next_nonce":5}""");
}
