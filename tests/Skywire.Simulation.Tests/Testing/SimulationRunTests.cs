// One seed, one run.
using Skywire.Testing;
using Xunit;

namespace Skywire.Simulation.Tests.Testing;

public sealed class SimulationRunTests
{
    [Fact]
    public void Execute_SameSeed_SameTrace()
    {
        Assert.SkipWhen(Environment.GetEnvironmentVariable("SKYWIRE_SEED") is not null, "every run has the seed of SKYWIRE_SEED");
        var first = SimulationRun.ExecuteTraced(5, ChatterAsync);
        var second = SimulationRun.ExecuteTraced(5, ChatterAsync);
        var other = SimulationRun.ExecuteTraced(6, ChatterAsync);

        Assert.True(first.TraceCount > 50);
        Assert.Equal(first.RecentTrace, second.RecentTrace);
        Assert.Equal((first.TraceCount, first.TraceDigest), (second.TraceCount, second.TraceDigest));
        Assert.NotEqual(first.TraceDigest, other.TraceDigest);
    }

    [Fact]
    public void Entropy_Purposes_AreIndependentAndRepeatable()
    {
        var a = new SimulationEntropy(9);
        var b = new SimulationEntropy(9);
        Assert.Equal(Draw(a.For("x")), Draw(b.For("x")));
        b.For("y").Next(5);
        Assert.Equal(Draw(a.For("x")), Draw(b.For("x")));
        Assert.NotEqual(Draw(a.For("x")), Draw(a.For("z")));
    }

    [Fact]
    public void Trace_Ring_IsBounded() => SimulationRun.Execute(
        1,
        sim =>
        {
            for (var i = 0; i < 50; i++)
            {
                sim.Trace($"line {i}");
            }

            Assert.Equal(10, sim.RecentTrace.Count);
            Assert.Equal(50, sim.TraceCount);
            Assert.EndsWith("line 49", sim.RecentTrace[^1], StringComparison.Ordinal);
            return Task.CompletedTask;
        },
        new SimulationOptions { TraceLines = 10 });

    private static byte[] Draw(SimulationEntropy entropy)
    {
        var bytes = new byte[16];
        entropy.Fill(bytes);
        return bytes;
    }

    // Several echo clients over a bad link: chunk sizes, delays and interleaving all come from the seed.
    private static async Task ChatterAsync(SimulationRun sim)
    {
        sim.Network.DefaultLink = new LinkOptions { Latency = TimeSpan.FromMilliseconds(20), Jitter = TimeSpan.FromMilliseconds(30), Loss = 0.05, BytesPerSecond = 1_000_000 };
        await using var listener = sim.Network.Host("10.0.0.1").Listen(new(System.Net.IPAddress.Any, 80));
        var clients = Enumerable.Range(2, 4).Select(ClientAsync).ToArray();
        for (var i = 0; i < clients.Length; i++)
        {
            await using var stream = await listener.AcceptAsync(default);
            sim.Trace($"accepted {stream.RemoteEndPoint}");
            var buffer = new byte[4096];
            for (int n; (n = await stream.ReadAsync(buffer, default)) > 0;)
            {
                sim.Trace($"read {n}");
                await stream.WriteAsync(buffer.AsMemory(0, n), default);
            }
        }

        await Task.WhenAll(clients);

        async Task ClientAsync(int host)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(sim.Entropy.For("clients").Next(100)), sim.Time);
            await using var stream = await sim.Network.Host($"10.0.0.{host}").ConnectAsync("10.0.0.1:80", default);
            sim.Trace($"client {host} connected");
            await stream.WriteAsync(new byte[50_000], default);
            await stream.CompleteWritesAsync(default);
            var buffer = new byte[4096];
            var total = 0;
            for (int n; (n = await stream.ReadAsync(buffer, default)) > 0; total += n)
            {
            }

            Assert.Equal(50_000, total);
            sim.Trace($"client {host} done");
        }
    }
}
