using Skywire.Discovery;
using Skywire.Testing;
using Skywire.Visor.State;

namespace Skywire.Visor.Tests.State;

public sealed class SampleRingTests : TestBase
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Add_Totals_BecomeRates()
    {
        var ring = new SampleRing();
        ring.Add(Start, 1000, 5000, 1, 0);
        ring.Add(Start.AddSeconds(1), 1500, 5000, 1, 0);
        ring.Add(Start.AddSeconds(3), 2500, 6000, 1, 2);
        Assert.Equal([(0L, 0L), (500L, 0L), (500L, 500L)], ring.Snapshot().Samples.Select(s => (s.Sent, s.Received)));
    }

    [Fact]
    public void Add_TotalFell_CountsAsNothing()
    {
        var ring = new SampleRing();
        ring.Add(Start, 1000, 1000, 1, 0);
        ring.Add(Start.AddSeconds(1), 10, 1000, 0, 0);
        ring.Add(Start.AddSeconds(2), 20, 1000, 0, 0);
        Assert.Equal([0L, 0L, 10L], ring.Snapshot().Samples.Select(s => s.Sent));
    }

    [Fact]
    public void Add_ManySamples_KeepsTheLast()
    {
        var ring = new SampleRing();
        for (var i = 0; i < SampleRing.Capacity + 5; i++)
        {
            ring.Add(Start.AddSeconds(i), i, i, 0, 0);
        }

        var samples = ring.Snapshot().Samples;
        Assert.Equal(SampleRing.Capacity, samples.Count);
        Assert.Equal(Start.AddSeconds(5), samples[0].At);
    }

    [Fact]
    public async Task ServiceWatch_Calls_ShowAsMeasured()
    {
        var exchange = new Exchange();
        var watch = new ServiceWatch(exchange, TimeProvider.System, [("route_finder", "http://192.0.2.1:9092/"), ("uptime_tracker", null)]);
        Assert.Equal(["waiting", "unused"], watch.Snapshot().Select(s => s.State));
        exchange.Reply = () => new HttpReply(404, "", default);
        await watch.SendAsync(new HttpCall("GET", "http://192.0.2.1:9092/x", [], default), Deadline);
        Assert.Equal(("ok", 1L), (watch.Snapshot()[0].State, watch.Snapshot()[0].Answers));
        exchange.Reply = () => new HttpReply(503, "", default);
        await watch.SendAsync(new HttpCall("GET", "http://192.0.2.1:9092/x", [], default), Deadline);
        Assert.Equal(("failing", "answered 503 to GET"), (watch.Snapshot()[0].State, watch.Snapshot()[0].Reason));
        exchange.Reply = () => throw new IOException("no route to host");
        await Assert.ThrowsAsync<IOException>(() => watch.SendAsync(new HttpCall("GET", "http://192.0.2.1:9092/x", [], default), Deadline));
        Assert.Equal(("failing", "no route to host", 2L), (watch.Snapshot()[0].State, watch.Snapshot()[0].Reason, watch.Snapshot()[0].Failures));
        exchange.Reply = () => new HttpReply(200, "", default);
        await watch.SendAsync(new HttpCall("GET", "http://192.0.2.1:9092", [], default), Deadline);
        Assert.Equal(("ok", ""), (watch.Snapshot()[0].State, watch.Snapshot()[0].Reason));
    }

    private sealed class Exchange : IHttpExchange
    {
        public Func<HttpReply> Reply { get; set; } = () => new HttpReply(200, "", default);

        public Task<HttpReply> SendAsync(HttpCall call, CancellationToken cancellationToken)
        {
            try
            {
                return Task.FromResult(Reply());
            }
            catch (IOException e)
            {
                return Task.FromException<HttpReply>(e);
            }
        }
    }
}
