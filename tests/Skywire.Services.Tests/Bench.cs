// What every service test needs: a clock, a store, a context, and calls without a network.
using System.Net;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Skywire.Crypto;
using Skywire.Discovery;
using Skywire.Discovery.Clients;
using Skywire.Services.Http;
using Skywire.Services.Store;
using Skywire.Testing;
using Xunit;

namespace Skywire.Services.Tests;

/// <summary>Surroundings of services under test.</summary>
internal sealed class Bench
{
    private readonly Dictionary<PubKey, ulong> _nonces = [];

    public Bench(DateTimeOffset? start = null)
    {
        Time = new VirtualTime(start);
        Store = new MemoryStore(Time);
        Context = new ServiceContext(Store, Time, new SeededEntropy(1), NullLoggerFactory.Instance, () => new HealthInfo("test", Time.GetUtcNow()));
    }

    public static IPAddress Anywhere { get; } = IPAddress.Parse("203.0.113.9");

    public VirtualTime Time { get; }

    public IServiceStore Store { get; }

    public ServiceContext Context { get; init; }

    public static HttpPeer From(string address) => new(IPAddress.Parse(address), default);

    public static async Task<(int Status, string Body, string Type)> SendAsync(IHttpService service, string method, string target, string body = "", HttpPeer? peer = null, params (string, string)[] headers)
    {
        var call = new HttpCall(method, target, [.. headers.Select(h => new KeyValuePair<string, string>(h.Item1, h.Item2))], Encoding.UTF8.GetBytes(body));
        var reply = await service.HandleAsync(call, peer ?? new HttpPeer(Anywhere, default), CancellationToken.None);
        return (reply.Status, Encoding.UTF8.GetString(reply.Body.Span), reply.ContentType);
    }

    /// <summary>A signed call; the nonce is counted as a client counts it, one service per bench.</summary>
    public async Task<(int Status, string Body, string Type)> SignedAsync(IHttpService service, SecKey key, string method, string target, string body = "", HttpPeer? peer = null, params (string, string)[] headers)
    {
        var nonce = _nonces.GetValueOrDefault(key.PublicKey);
        var signature = key.SignPayload(SignedHttpClient.SignedBytes(Encoding.UTF8.GetBytes(body), nonce));
        var reply = await SendAsync(service, method, target, body, peer, [.. headers, ("SW-Public", key.PublicKey.ToString()), ("SW-Nonce", $"{nonce}"), ("SW-Sig", signature.ToString())]);
        Assert.NotEqual(401, reply.Status);
        _nonces[key.PublicKey] = reply.Status == 200 ? nonce + 1 : nonce;
        return reply;
    }

    public static SecKey Key(int seed) => SecKey.Generate(new SeededEntropy(seed));
}

/// <summary>Calls services in memory; URLs are told apart by host.</summary>
internal sealed class MemoryExchange(Dictionary<string, IHttpService> services, HttpPeer peer) : IHttpExchange
{
    public Task<HttpReply> SendAsync(HttpCall call, CancellationToken cancellationToken)
    {
        var uri = new Uri(call.Target);
        return services.TryGetValue(uri.Host, out var service)
            ? service.HandleAsync(call with { Target = uri.PathAndQuery }, peer, cancellationToken)
            : Task.FromException<HttpReply>(new IOException("connection refused"));
    }
}
