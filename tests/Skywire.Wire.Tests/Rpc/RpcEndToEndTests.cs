// Client and server together, on virtual time.
using System.Net;
using Skywire.Testing;
using Skywire.Wire.Gob;
using Skywire.Wire.Rpc;

namespace Skywire.Wire.Tests.Rpc;

public sealed class RpcEndToEndTests
{
    private static readonly GobType Pair = new GobType.Struct("Pair", new("A", GobType.Int), new("B", GobType.Bytes));

    [Fact]
    public void Calls_Overlapping_AnswerOutOfOrderAndSurviveACancel() => SimulationRun.Execute(1, async sim =>
    {
        sim.Network.SetLink("10.0.0.1", "10.0.0.2", new LinkOptions { Latency = TimeSpan.FromMilliseconds(30) });
        await using var listener = sim.Network.Host("10.0.0.2").Listen(new IPEndPoint(IPAddress.Any, 5));
        var server = new RpcServer();
        server.Register("S.Sleep", Pair, Pair, async (argument, token) =>
        {
            await Task.Delay(TimeSpan.FromSeconds(argument["A"].AsInt), sim.Time, token);
            return argument;
        });
        server.Register("S.Refuse", Pair, Pair, (_, _) => throw new RpcException("not today"));
        using var stop = new CancellationTokenSource();
        var connecting = sim.Network.Host("10.0.0.1").ConnectAsync("10.0.0.2:5", CancellationToken.None).Stay();
        var serving = server.ServeAsync(await listener.AcceptAsync(CancellationToken.None), stop.Token);
        var client = new RpcClient(await connecting);

        var slow = client.CallAsync("S.Sleep", Pair, Make(5, 100_000), CancellationToken.None);
        var quick = client.CallAsync("S.Sleep", Pair, Make(1, 10), CancellationToken.None);
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(2), sim.Time);
        var cancelled = client.CallAsync("S.Sleep", Pair, Make(3, 10), limit.Token);
        Assert.Equal(1, (await quick)["A"].AsInt);
        Assert.False(slow.IsCompleted);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);
        Assert.Equal("not today", (await Assert.ThrowsAsync<RpcException>(() => client.CallAsync("S.Refuse", Pair, Make(0, 0), CancellationToken.None))).Message);
        Assert.Equal(100_000, (await slow)["B"].AsBytes.Length);

        var left = client.CallAsync("S.Sleep", Pair, Make(1000, 1), CancellationToken.None);
        stop.Cancel();
        await serving;
        await Assert.ThrowsAsync<ProtocolException>(() => left);
        await client.DisposeAsync();
    });

    private static GobValue Make(long seconds, int bytes) => GobValue.OfStruct(("A", GobValue.Of(seconds)), ("B", GobValue.Of(new byte[bytes])));
}
