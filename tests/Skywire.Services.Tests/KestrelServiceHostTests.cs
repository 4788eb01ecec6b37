using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Skywire.Crypto;
using Skywire.Discovery;
using Skywire.Discovery.Clients;
using Skywire.Services.Hosting;
using Skywire.Services.Http;
using Skywire.Testing;
using Xunit;

namespace Skywire.Services.Tests;

/// <summary>Real HTTP on loopback.</summary>
public sealed class KestrelServiceHostTests : TestBase
{
    private readonly HttpClient _http = new();

    [Fact]
    public async Task AllServices_OverHttp_AnswerAndRemember()
    {
        await using var services = Unified();
        var hosts = await KestrelServiceHost.StartAllAsync(services, Options, KestrelServiceHostOptions.Default, TimeProvider.System, NullLoggerFactory.Instance, Deadline);
        Assert.Equal(6, hosts.Count);
        foreach (var host in hosts.Values)
        {
            Assert.Equal(HttpStatusCode.OK, (await _http.GetAsync(Url(host, "/health"), Deadline)).StatusCode);
        }

        var key = Bench.Key(1);
        var exchange = new SocketExchange(_http);
        var resolver = new AddressResolverClient(exchange, Url(hosts[ServiceKind.AddressResolver], ""), key, ServiceClientOptions.Default, TimeProvider.System);
        await resolver.BindStcprAsync(7770, ["127.0.0.1", "10.9.8.7"], Deadline);
        var address = await resolver.ResolveAsync("stcpr", key.PublicKey, Deadline);
        Assert.Equal(("10.9.8.7", "7770"), (address!.RemoteAddress, address.Port));

        var other = Bench.Key(2);
        var signed = new SignedTransportEntry(TransportEntry.Create(key.PublicKey, other.PublicKey, TransportTypes.Stcpr, TransportLabels.User), default, default).Sign(key).Sign(other);
        await new TransportDiscoveryClient(exchange, Url(hosts[ServiceKind.TransportDiscovery], ""), key, ServiceClientOptions.Default, TimeProvider.System).RegisterAsync([signed], Deadline);
        var routes = await new RouteFinderClient(exchange, Url(hosts[ServiceKind.RouteFinder], ""), ServiceClientOptions.Default, TimeProvider.System).FindRoutesAsync(other.PublicKey, key.PublicKey, 1, 50, Deadline);
        Assert.Equal(signed.Entry.Id, Assert.Single(Assert.Single(routes!.Forward)).TransportId);
        foreach (var host in hosts.Values)
        {
            await host.DisposeAsync();
        }

        await Assert.ThrowsAsync<HttpRequestException>(() => _http.GetAsync(Url(hosts[ServiceKind.RouteFinder], "/health"), Deadline));
    }

    [Fact]
    public async Task Bodies_TooLong_413_DeclaredOrChunked()
    {
        await using var host = await HostAsync(KestrelServiceHostOptions.Default);
        foreach (var chunked in new[] { false, true })
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, Url(host, "/echo")) { Content = new ByteArrayContent(new byte[EndpointTable.MaxBodyBytes + 1]) };
            request.Headers.TransferEncodingChunked = chunked;
            request.Headers.ExpectContinue = true;
            try
            {
                Assert.Equal(HttpStatusCode.RequestEntityTooLarge, (await _http.SendAsync(request, Deadline)).StatusCode);
            }
            catch (HttpRequestException)
            {
                // The server may hang up while we still send; that refuses the body as well.
            }
        }
    }

    [Fact]
    public async Task Request_ArrivesAsSent_AnswerLeavesAsGiven()
    {
        await using var host = await HostAsync(KestrelServiceHostOptions.Default);
        using var request = new HttpRequestMessage(HttpMethod.Post, Url(host, "/echo/a%20b?x=1&y=%2B")) { Content = new StringContent("body", Encoding.ASCII) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.Add("SW-Public", "k");
        var response = await _http.SendAsync(request, Deadline);
        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        Assert.Equal("POST /echo/a%20b?x=1&y=%2B k application/json 127.0.0.1 body", await response.Content.ReadAsStringAsync(Deadline));
        Assert.Equal("text/plain; charset=utf-8", response.Content.Headers.ContentType!.ToString());
        Assert.False(response.Headers.Contains("Server"));
        Assert.Equal(HttpStatusCode.MethodNotAllowed, (await _http.PutAsync(Url(host, "/empty"), new ByteArrayContent([]), Deadline)).StatusCode);
    }

    [Theory]
    [InlineData(true, "X-Real-IP", "198.51.100.4", "198.51.100.4")]
    [InlineData(true, "X-Forwarded-For", "198.51.100.5, 10.0.0.1", "198.51.100.5")]
    [InlineData(true, "X-Forwarded-For", "nonsense", "127.0.0.1")]
    [InlineData(false, "X-Real-IP", "198.51.100.4", "127.0.0.1")]
    public async Task ForwardedHeaders_OnlyWhenTrusted(bool trust, string header, string value, string expected)
    {
        await using var host = await HostAsync(KestrelServiceHostOptions.Default with { TrustForwardedHeaders = trust });
        using var request = new HttpRequestMessage(HttpMethod.Get, Url(host, "/echo"));
        request.Headers.Add(header, value);
        Assert.Contains($" {expected} ", await (await _http.SendAsync(request, Deadline)).Content.ReadAsStringAsync(Deadline), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_PortTaken_NamesServiceAndAddress()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var address = (IPEndPoint)taken.LocalEndpoint;
        var error = await Assert.ThrowsAnyAsync<IOException>(() => KestrelServiceHost.StartAsync("the service", new EchoService(), address, KestrelServiceHostOptions.Default, TimeProvider.System, NullLoggerFactory.Instance, Deadline));
        Assert.Contains("the service", error.Message, StringComparison.Ordinal);
        Assert.Contains($"{address.Port}", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SlowBody_EndsAtTheLimit()
    {
        await using var host = await HostAsync(KestrelServiceHostOptions.Default with { RequestLimit = TimeSpan.FromMilliseconds(50) });
        using var client = new TcpClient();
        await client.ConnectAsync(host.LocalEndPoint, Deadline);
        await client.GetStream().WriteAsync("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc"u8.ToArray(), Deadline);
        var read = 0;
        try
        {
            read = await client.GetStream().ReadAsync(new byte[100], Deadline);
        }
        catch (IOException)
        {
            // A reset is as good an end as a close.
        }

        Assert.Equal(0, read);
    }

    [Fact]
    public async Task Dispose_RequestStillOpen_EndsQuietly()
    {
        var service = new StuckService();
        var host = await KestrelServiceHost.StartAsync("stuck", service, new IPEndPoint(IPAddress.Loopback, 0), KestrelServiceHostOptions.Default, TimeProvider.System, NullLoggerFactory.Instance, Deadline);
        var request = _http.GetAsync(Url(host, "/"), Deadline);
        await service.Called.Task.WaitAsync(Deadline);
        await host.DisposeAsync();
        service.Release.SetResult();
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => request);
    }

    protected override void Dispose(bool disposing)
    {
        _http.Dispose();
        base.Dispose(disposing);
    }

    private static ServicesOptions Options { get; } = new()
    {
        Services = ServicesOptions.All.Where(k => k is not (ServiceKind.DmsgServer or ServiceKind.SetupNode)).ToHashSet(),
        BindAddress = IPAddress.Loopback,
        AllowPrivate = true,
        DmsgDiscoveryPort = 0,
        TransportDiscoveryPort = 0,
        RouteFinderPort = 0,
        AddressResolverPort = 0,
        UptimeTrackerPort = 0,
        ServiceDiscoveryPort = 0,
    };

    private static UnifiedServices Unified()
    {
        var entropy = new SimulationEntropy(1);
        return new UnifiedServices(Options, new MemoryNetwork(TimeProvider.System, entropy), null, entropy, TimeProvider.System, NullLoggerFactory.Instance);
    }

    private Task<KestrelServiceHost> HostAsync(KestrelServiceHostOptions options) =>
        KestrelServiceHost.StartAsync("echo", new EchoService(), new IPEndPoint(IPAddress.Loopback, 0), options, TimeProvider.System, NullLoggerFactory.Instance, Deadline);

    private static string Url(KestrelServiceHost host, string path) => $"http://{host.LocalEndPoint}{path}";

    private sealed class EchoService : IHttpService
    {
        public Task<HttpReply> HandleAsync(HttpCall call, HttpPeer peer, CancellationToken cancellationToken) => Task.FromResult(call.Target == "/empty"
            ? Replies.Empty(405)
            : Replies.Plain(201, $"{call.Method} {call.Target} {call.Header("sw-public")} {call.Header("Content-Type")} {peer.Address} {Encoding.UTF8.GetString(call.Body.Span)}"));
    }

    private sealed class StuckService : IHttpService
    {
        public TaskCompletionSource Called { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource Release { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public async Task<HttpReply> HandleAsync(HttpCall call, HttpPeer peer, CancellationToken cancellationToken)
        {
            Called.TrySetResult();
            await Release.Task;
            return Replies.Empty(200);
        }
    }

    private sealed class SocketExchange(HttpClient http) : IHttpExchange
    {
        public async Task<HttpReply> SendAsync(HttpCall call, CancellationToken cancellationToken)
        {
            using var request = new HttpRequestMessage(new HttpMethod(call.Method), call.Target);
            if (!call.Body.IsEmpty)
            {
                request.Content = new ReadOnlyMemoryContent(call.Body);
            }

            foreach (var (name, value) in call.Headers.Where(h => h.Key != "Content-Type"))
            {
                request.Headers.Add(name, value);
            }

            using var response = await http.SendAsync(request, cancellationToken);
            return new HttpReply((int)response.StatusCode, response.Content.Headers.ContentType?.ToString() ?? "", await response.Content.ReadAsByteArrayAsync(cancellationToken));
        }
    }
}
