using System.Net;
using Skywire.Discovery;
using Skywire.Testing;
using Skywire.Visor.Box;

namespace Skywire.Visor.Tests.Box;

public sealed class BoxEndpointsTests : TestBase
{
    private readonly Recorder _http = new();

    [Theory]
    [InlineData("10.0.0.7", "http://10.0.0.7:9090/dmsg-discovery/entry?x=1")]
    [InlineData("fe80::1%4", "http://[fe80::1%4]:9090/dmsg-discovery/entry?x=1")]
    public async Task SendAsync_StableName_GoesToTheServingBoard(string address, string expected)
    {
        var endpoints = new BoxEndpoints(new MemoryNetwork(TimeProvider.System, new SimulationEntropy(1)), _http);
        endpoints.Point(IPAddress.Parse(address), endCalls: true);
        await endpoints.SendAsync(new HttpCall("GET", "http://BOX.skywire.internal:9090/dmsg-discovery/entry?x=1", [], default), Deadline);
        await endpoints.SendAsync(new HttpCall("GET", "http://192.0.2.1/other", [], default), Deadline);
        Assert.Equal([expected, "http://192.0.2.1/other"], _http.Targets);
    }

    [Fact]
    public async Task SendAsync_NobodyServes_FailsAtOnceWithTheReason()
    {
        var endpoints = new BoxEndpoints(new MemoryNetwork(TimeProvider.System, new SimulationEntropy(1)), _http);
        var error = await Assert.ThrowsAsync<IOException>(() => endpoints.SendAsync(new HttpCall("GET", BoxEndpoints.UrlOf(9090), [], default), Deadline));
        Assert.Contains("no board serves", error.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<IOException>(() => endpoints.ConnectAsync(BoxEndpoints.Name + ":8081", Deadline).AsTask());
        Assert.Empty(_http.Targets);
    }

    [Fact]
    public async Task Point_AnotherBoard_EndsCallsThatHang()
    {
        var endpoints = new BoxEndpoints(new MemoryNetwork(TimeProvider.System, new SimulationEntropy(1)), _http);
        endpoints.Point(IPAddress.Parse("10.0.0.7"), endCalls: true);
        _http.Hang = true;
        var hanging = endpoints.SendAsync(new HttpCall("GET", BoxEndpoints.UrlOf(9090), [], default), Deadline);
        endpoints.Point(IPAddress.Parse("10.0.0.7"), endCalls: false);
        Assert.False(hanging.IsCompleted);
        endpoints.Point(IPAddress.Parse("10.0.0.8"), endCalls: true);
        var error = await Assert.ThrowsAsync<IOException>(() => hanging);
        Assert.Contains("another board", error.Message, StringComparison.Ordinal);

        using var caller = new CancellationTokenSource();
        var own = endpoints.SendAsync(new HttpCall("GET", BoxEndpoints.UrlOf(9090), [], default), caller.Token);
        await caller.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => own);
    }

    private sealed class Recorder : IHttpExchange
    {
        public List<string> Targets { get; } = [];

        public bool Hang { get; set; }

        public async Task<HttpReply> SendAsync(HttpCall call, CancellationToken cancellationToken)
        {
            Targets.Add(call.Target);
            if (Hang)
            {
                await Task.Delay(Timeout.Infinite, cancellationToken);
            }

            return new HttpReply(200, "", default);
        }
    }
}
