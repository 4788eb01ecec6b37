// Plays recorded answers back and checks that the requests are those recorded.
using System.Text;
using System.Text.Json;
using Skywire.Crypto;
using Skywire.Testing;
using Xunit;

namespace Skywire.Discovery.Tests;

/// <summary>Answers requests in the recorded order; a request that differs fails the test.</summary>
internal sealed class ScriptedExchange(IEnumerable<JsonElement> exchanges) : IHttpExchange
{
    private readonly Queue<JsonElement> _expected = new(exchanges);

    public int Left => _expected.Count;

    public Task<HttpReply> SendAsync(HttpCall call, CancellationToken cancellationToken)
    {
        Assert.True(_expected.TryDequeue(out var expected), $"unexpected {call.Method} {call.Target}");
        Assert.Equal($"{expected.Text("method")} http://service{expected.Text("path")}", $"{call.Method} {call.Target}");
        Assert.Equal(expected.Text("body_utf8"), Encoding.UTF8.GetString(call.Body.Span));
        if (expected.GetProperty("headers").TryGetProperty("Sw-Nonce", out var nonce))
        {
            Assert.Equal(nonce.GetString(), call.Header("sw-nonce"));
            Assert.Equal(expected.GetProperty("headers").Text("Sw-Public"), call.Header("SW-Public"));
            Assert.True(Signature.TryParseHex(call.Header("SW-Sig"), out var signature));
            Assert.True(signature.VerifyPayload(PubKey.Parse(call.Header("SW-Public")!), Encoding.UTF8.GetBytes(expected.Text("signed_payload_utf8"))));
        }
        else
        {
            Assert.Null(call.Header("SW-Sig"));
        }

        return Task.FromResult(new HttpReply(expected.GetProperty("response_status").GetInt32(), "application/json", Encoding.UTF8.GetBytes(expected.Text("response_body_utf8"))));
    }
}

/// <summary>Answers by a function.</summary>
internal sealed class FuncExchange(Func<HttpCall, CancellationToken, Task<HttpReply>> answer) : IHttpExchange
{
    public List<string> Seen { get; } = [];

    public Task<HttpReply> SendAsync(HttpCall call, CancellationToken cancellationToken)
    {
        Seen.Add($"{call.Method} {call.Target} {call.Header("SW-Nonce")}".TrimEnd());
        return answer(call, cancellationToken);
    }

    public static HttpReply Reply(int status, string body) => new(status, "application/json", Encoding.UTF8.GetBytes(body));
}
