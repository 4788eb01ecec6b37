using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Skywire.Discovery;
using Skywire.Testing;
using Skywire.Visor.Api;
using Skywire.Visor.Hosting;
using Skywire.Visor.Metrics;
using Skywire.Visor.Tests.Api;

namespace Skywire.Visor.Tests.Hosting;

public sealed class HttpServerTests : TestBase
{
    private readonly TempFolder _folder = new();

    [Fact]
    public async Task StartAsync_UnixSocket_ServesApiPageAndMetricsWithStrictHeaders()
    {
        var socket = _folder.File("api.sock");
        await using var server = await StartAsync(new HttpServerOptions { Socket = socket });
        Assert.Equal(Convert.ToInt32("660", 8), (int)File.GetUnixFileMode(socket));
        using var client = Over(socket);
        using var status = await client.GetAsync("http://localhost/api/v1/status", Deadline);
        Assert.Equal(HttpStatusCode.OK, status.StatusCode);
        Assert.Equal(PageAssets.ContentSecurityPolicy, status.Headers.GetValues("Content-Security-Policy").Single());
        Assert.Equal("nosniff", status.Headers.GetValues("X-Content-Type-Options").Single());
        Assert.Contains("\"state\":\"joined\"", await status.Content.ReadAsStringAsync(Deadline), StringComparison.Ordinal);
        Assert.Contains("<title>", await client.GetStringAsync("http://localhost/", Deadline), StringComparison.Ordinal);
        Assert.Contains("skywire_uptime_seconds 61", await client.GetStringAsync("http://localhost/metrics", Deadline), StringComparison.Ordinal);
        using var post = await client.PostAsync("http://localhost/api/v1/apps/skysocks/stop", null, Deadline);
        Assert.Equal(HttpStatusCode.OK, post.StatusCode);
        await server.DisposeAsync();
        Assert.False(File.Exists(socket));
    }

    [Fact]
    public async Task StartAsync_DeadSocketFile_IsReplaced()
    {
        var socket = _folder.File("api.sock");
        using (var dead = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
        {
            dead.Bind(new UnixDomainSocketEndPoint(socket));
        }

        if (!File.Exists(socket))
        {
            // This runtime removes the file with the socket; what a killed process leaves is then made by hand.
            using var raw = System.Diagnostics.Process.Start("python3", ["-c", $"import socket; socket.socket(socket.AF_UNIX).bind('{socket}')"]);
            await raw.WaitForExitAsync(Deadline);
        }

        await using var server = await StartAsync(new HttpServerOptions { Socket = socket });
        using var client = Over(socket);
        Assert.NotEmpty(await client.GetStringAsync("http://localhost/api/v1/health", Deadline));
    }

    [Fact]
    public async Task StartAsync_OrdinaryFileAtTheSocketPath_IsNotDeleted()
    {
        var path = _folder.Write("api.sock", "precious");
        await Assert.ThrowsAnyAsync<IOException>(() => StartAsync(new HttpServerOptions { Socket = path }));
        Assert.Equal("precious", File.ReadAllText(path));
    }

    [Fact]
    public async Task StartAsync_Tcp_GuardsChangesAndForeignHosts()
    {
        await using var server = await StartAsync(new HttpServerOptions { Tcp = [new IPEndPoint(IPAddress.Loopback, 0)] });
        var address = Assert.Single(server.Addresses);
        using var client = new HttpClient();
        using (var read = await client.GetAsync($"{address}/api/v1/status", Deadline))
        {
            Assert.Equal(HttpStatusCode.OK, read.StatusCode);
        }

        using (var change = await client.PostAsync($"{address}/api/v1/apps/skysocks/stop", null, Deadline))
        {
            Assert.Equal(HttpStatusCode.Forbidden, change.StatusCode);
        }

        using var rebound = new HttpRequestMessage(HttpMethod.Get, $"{address}/api/v1/status") { Headers = { Host = "evil.example" } };
        using var refused = await client.SendAsync(rebound, Deadline);
        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        Assert.Contains("host_not_allowed", await refused.Content.ReadAsStringAsync(Deadline), StringComparison.Ordinal);
    }

    [Fact]
    public async Task StartAsync_PortTaken_NamesPortAndHolder()
    {
        using var holder = new TcpListener(IPAddress.Loopback, 0);
        holder.Start();
        var port = ((IPEndPoint)holder.LocalEndpoint).Port;
        var error = await Assert.ThrowsAsync<IOException>(() => StartAsync(new HttpServerOptions { Tcp = [new IPEndPoint(IPAddress.Loopback, port)] }));
        Assert.Contains($"port {port} is taken", error.Message, StringComparison.Ordinal);
        Assert.Contains($"process {Environment.ProcessId}", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task StartAsync_BodyAboveTheLimit_Is413()
    {
        var socket = _folder.File("api.sock");
        await using var server = await StartAsync(new HttpServerOptions { Socket = socket, MaxBody = 1000 });
        using var client = Over(socket);
        using var reply = await client.PostAsync("http://localhost/api/v1/ping", new ByteArrayContent(new byte[1001]), Deadline);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, reply.StatusCode);
    }

    protected override void Dispose(bool disposing)
    {
        _folder.Dispose();
        base.Dispose(disposing);
    }

    private static HttpClient Over(string socket) => new(new SocketsHttpHandler
    {
        ConnectCallback = async (_, cancellationToken) =>
        {
            var connection = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            await connection.ConnectAsync(new UnixDomainSocketEndPoint(socket), cancellationToken);
            return new NetworkStream(connection, ownsSocket: true);
        },
    });

    private Task<HttpServer> StartAsync(HttpServerOptions options)
    {
        var visor = new FakeVisor();
        var api = new ApiHandler(visor, new LogRing(10, TimeProvider.System), new RequestGate([], null, TimeProvider.System), new MetricsPage(visor), TimeProvider.System, TimeSpan.FromSeconds(10));
        return HttpServer.StartAsync(api, options with { Headers = HttpServerOptions.PageHeaders }, NullLoggerFactory.Instance, Deadline);
    }
}
