using Skywire.Crypto;
using Skywire.Discovery;
using Skywire.Routing.Tests.Kit;
using Skywire.Testing;
using Skywire.Wire;

namespace Skywire.Routing.Tests;

/// <summary>Counts what the whole process allocates, so nothing else may run beside.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;

/// <summary>Steady traffic with a reader that waits and a writer that is pushed back: thousands of messages, next to nothing allocated.</summary>
[Collection(nameof(Alone))]
public sealed class AllocationTests : TestBase
{
    [Fact]
    public async Task Messages_ReaderAndWriterBothWaiting_AllocateNextToNothing()
    {
        var options = RouterOptions.Default with { ReceiveBuffer = 256 * 1024 };
        await using var router = new Router(options, SecKey.Generate(new SeededEntropy(1)), new TestTransports(), new SeededEntropy(2), TimeProvider.System, Microsoft.Extensions.Logging.Abstractions.NullLoggerFactory.Instance);
        await using var listener = router.Listen(44);
        await using var client = await router.DialAsync(router.LocalKey, 44, RouteDialOptions.Default, Deadline);
        await using var server = await listener.AcceptAsync(Deadline);
        await TransferAsync(2000);
        var before = GC.GetTotalAllocatedBytes(precise: true);
        const int Messages = 20_000;
        await TransferAsync(Messages);
        var perMessage = (GC.GetTotalAllocatedBytes(precise: true) - before) / (double)Messages;

        // What is left are the waiters of a full ring: one per 64 KiB at most, and only when the writer is ahead.
        Assert.True(perMessage < 48, $"{perMessage:0.0} bytes a message");

        async Task TransferAsync(int messages)
        {
            var write = WriteAsync(messages);
            var buffer = new byte[64 * 1024];
            for (long left = (long)messages * RouteGroup.StreamMessage; left > 0;)
            {
                left -= await server.ReadAsync(buffer, Deadline);
            }

            await write;
        }

        async Task WriteAsync(int messages)
        {
            await Task.Yield();
            var data = new byte[RouteGroup.StreamMessage];
            for (var i = 0; i < messages; i++)
            {
                await client.WriteAsync(data, Deadline);
            }
        }
    }

    [Fact]
    public void Table_AMillionRules_MemoryPerRuleIsBoundedAndGivenBack()
    {
        const int Million = 1_000_000;
        var time = new VirtualTime();
        var caller = SecKey.Generate(new SeededEntropy(1)).PublicKey;
        var table = new RoutingTable(new RoutingTableOptions { MaxRules = Million, MaxPerCaller = Million }, time, new CauseCounters("table"));
        var before = GC.GetTotalMemory(forceFullCollection: true);
        for (var i = 0; i < Million / 200; i++)
        {
            foreach (var id in table.Reserve(caller, 200)!)
            {
                Assert.True(table.Save(RoutingRule.Intermediary(TimeSpan.FromSeconds(30), id, 5, new TransportId(7)), caller));
            }
        }

        var perRule = (GC.GetTotalMemory(forceFullCollection: true) - before) / (double)Million;
        Assert.Equal(Million, table.Count);
        Assert.True(perRule < 176, $"{perRule:0} bytes a rule");
        Assert.Equal(777_777u, table.Find(777_777)!.KeyRouteId);
        Assert.Equal(0, AllocationMeasurement.LeastBytes(() =>
        {
            for (uint id = 1; id <= Million; id += 7)
            {
                _ = table.Find(id);
            }
        }));
        time.Advance(TimeSpan.FromSeconds(31));
        Assert.Equal(Million, table.Sweep(null));
        var after = (GC.GetTotalMemory(forceFullCollection: true) - before) / (double)Million;
        Assert.True(after < 4, $"{after:0.0} bytes a rule are left");
        GC.KeepAlive(table);
    }
}
