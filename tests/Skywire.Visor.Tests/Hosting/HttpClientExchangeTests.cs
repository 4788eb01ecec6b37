using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Skywire.Discovery;
using Skywire.Services.Hosting;
using Skywire.Testing;
using Skywire.Visor.Hosting;
using Xunit;

namespace Skywire.Visor.Tests.Hosting;

/// <summary>Over real HTTP on loopback.</summary>
public sealed class HttpClientExchangeTests : TestBase
{
    [Fact]
    public async Task Send_Request_ArrivesAndTheAnswerComesBack()
    {
        await using var host = await HostAsync();
        using var exchange = new HttpClientExchange(new HttpClientExchangeOptions());
        var call = new HttpCall("DELETE", $"http://{host.LocalEndPoint}/a?b=c", [new("Content-Type", "application/json"), new("SW-Public", "k")], "body"u8.ToArray());
        var reply = await exchange.SendAsync(call, Deadline);
        Assert.Equal((418, "text/plain; charset=utf-8"), (reply.Status, reply.ContentType));
        Assert.Equal("DELETE /a?b=c k application/json body", Encoding.UTF8.GetString(reply.Body.Span));
    }

    [Fact]
    public async Task Send_AnswerAboveTheLimit_IsRefused()
    {
        await using var host = await HostAsync();
        using var exchange = new HttpClientExchange(new HttpClientExchangeOptions { MaxAnswerBytes = 10 });
        var error = await Assert.ThrowsAsync<IOException>(() => exchange.SendAsync(new HttpCall("GET", $"http://{host.LocalEndPoint}/long", [], default), Deadline));
        Assert.Contains("limit of 10", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Send_NobodyListens_SaysSo()
    {
        int port;
        using (var free = new TcpListener(IPAddress.Loopback, 0))
        {
            free.Start();
            port = ((IPEndPoint)free.LocalEndpoint).Port;
        }

        using var exchange = new HttpClientExchange(new HttpClientExchangeOptions());
        var error = await Assert.ThrowsAsync<IOException>(() => exchange.SendAsync(new HttpCall("GET", $"http://127.0.0.1:{port}/", [], default), Deadline));
        Assert.Contains("refused", error.Message, StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData("dmsg://key:80/")]
    [InlineData("/path")]
    [InlineData("")]
    public async Task Send_OtherAddress_IsAnIoError(string target)
    {
        using var exchange = new HttpClientExchange(new HttpClientExchangeOptions());
        await Assert.ThrowsAsync<IOException>(() => exchange.SendAsync(new HttpCall("GET", target, [], default), Deadline));
    }

    [Fact]
    public async Task Send_Cancelled_IsACancellation()
    {
        await using var host = await HostAsync();
        using var exchange = new HttpClientExchange(new HttpClientExchangeOptions());
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => exchange.SendAsync(new HttpCall("GET", $"http://{host.LocalEndPoint}/", [], default), cancelled.Token));
    }

    private Task<KestrelServiceHost> HostAsync() => KestrelServiceHost.StartAsync(
        "echo", new Echo(), new IPEndPoint(IPAddress.Loopback, 0), KestrelServiceHostOptions.Default, TimeProvider.System, NullLoggerFactory.Instance, Deadline);

    private sealed class Echo : IHttpService
    {
        public Task<HttpReply> HandleAsync(HttpCall call, HttpPeer peer, CancellationToken cancellationToken) => Task.FromResult(new HttpReply(
            418,
            "text/plain; charset=utf-8",
            call.Target == "/long" ? new byte[100] : Encoding.UTF8.GetBytes($"{call.Method} {call.Target} {call.Header("SW-Public")} {call.Header("Content-Type")} {Encoding.UTF8.GetString(call.Body.Span)}")));
    }
}
