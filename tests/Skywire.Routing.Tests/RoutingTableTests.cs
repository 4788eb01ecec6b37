using Skywire.Crypto;
using Skywire.Discovery;
using Skywire.Testing;
using Skywire.Wire;

namespace Skywire.Routing.Tests;

public sealed class RoutingTableTests
{
    private static readonly PubKey Alice = SecKey.Generate(new SeededEntropy(1)).PublicKey;
    private static readonly PubKey Bob = SecKey.Generate(new SeededEntropy(2)).PublicKey;

    private readonly VirtualTime _time = new();
    private readonly CauseCounters _causes = new("table");

    [Fact]
    public void Reserve_Vector_CountsUpFromOne()
    {
        var vector = Vectors.Load("routing-rules.json").GetProperty("reserve_keys");
        var table = Table();
        Assert.Empty(table.Reserve(Alice, 0)!);
        Assert.Equal(vector.GetProperty("first_call_n3").EnumerateArray().Select(id => id.GetUInt32()), table.Reserve(Alice, 3)!);
        Assert.Equal(vector.GetProperty("second_call_n2").EnumerateArray().Select(id => id.GetUInt32()), table.Reserve(Alice, 2)!);
    }

    [Fact]
    public void Reserve_AfterRemoval_NeverGivesAnIdTwice()
    {
        var table = Table();
        var seen = new HashSet<uint>();
        for (var i = 0; i < 3000; i++)
        {
            var id = table.Reserve(Alice, 1)![0];
            Assert.True(seen.Add(id));
            var rule = Middle(id);
            Assert.True(table.Save(rule, Alice));
            Assert.True(table.Remove(rule));
            Assert.False(table.Remove(rule));
            Assert.Null(table.Find(id));
        }

        Assert.Equal(0, table.Count);
        Assert.Equal(0, table.ReservedCount);
    }

    [Fact]
    public void Reserve_CounterAtItsEnd_RefusesAndCounts()
    {
        var table = new RoutingTable(RoutingTableOptions.Default, _time, _causes, uint.MaxValue - 3);
        Assert.Equal([uint.MaxValue - 3, uint.MaxValue - 2], table.Reserve(Alice, 2)!);
        Assert.Null(table.Reserve(Alice, 1));
        Assert.Equal(1, _causes[ProtocolError.NoRouteIds]);
        Assert.True(table.Save(Middle(uint.MaxValue - 2), Alice));
        Assert.NotNull(table.Find(uint.MaxValue - 2));
        Assert.Null(table.Find(uint.MaxValue));
    }

    [Fact]
    public void Save_IdOfAnotherCallerOrUnreservedOrTaken_IsRefusedAndCounted()
    {
        var table = Table();
        var id = table.Reserve(Alice, 1)![0];
        Assert.False(table.Save(Middle(id), Bob));
        Assert.False(table.Save(Middle(id + 1), Alice));
        Assert.False(table.Save(Middle(0xFFFF_0000), Alice));
        Assert.True(table.Save(Middle(id), Alice));
        Assert.False(table.Save(Middle(id), Alice));
        Assert.Equal(4, _causes[ProtocolError.BadRule]);
        Assert.Equal(1, table.Count);
    }

    [Fact]
    public void Reserve_CallerOrTableAtItsLimit_RefusesAndRecoversAfterExpiry()
    {
        var table = Table(new RoutingTableOptions { MaxRules = 10, MaxPerCaller = 6 });
        Assert.NotNull(table.Reserve(Alice, 6));
        Assert.Null(table.Reserve(Alice, 1));
        Assert.NotNull(table.Reserve(Bob, 4));
        Assert.Null(table.Reserve(Bob, 1));
        Assert.Equal(2, _causes[ProtocolError.LimitReached]);
        _time.Advance(TimeSpan.FromSeconds(61));
        table.Sweep(null);
        Assert.Equal(0, table.ReservedCount);
        Assert.NotNull(table.Reserve(Alice, 6));
    }

    [Fact]
    public void Sweep_RuleWithoutActivity_GoesAfterItsOwnKeepAlive()
    {
        var table = Table();
        var ids = table.Reserve(Alice, 3)!;
        var quick = RoutingRule.Intermediary(TimeSpan.FromSeconds(30), ids[0], 9, new TransportId(1));
        var slow = RoutingRule.Intermediary(TimeSpan.FromMinutes(10), ids[1], 9, new TransportId(1));
        var endless = RoutingRule.Intermediary(TimeSpan.FromDays(1000), ids[2], 9, new TransportId(1));
        Assert.True(table.Save(quick, Alice) && table.Save(slow, Alice) && table.Save(endless, Alice));
        var removed = new List<RoutingRule>();
        _time.Advance(TimeSpan.FromSeconds(20));
        quick.LastActive = _time.GetTimestamp();
        _time.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal(0, table.Sweep(removed.Add));
        _time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(1, table.Sweep(removed.Add));
        Assert.Equal([quick], removed);
        _time.Advance(TimeSpan.FromMinutes(11));
        table.Sweep(removed.Add);
        Assert.Equal([quick, slow], removed);
        _time.Advance(TimeSpan.FromHours(1));
        table.Sweep(removed.Add);
        Assert.Equal([quick, slow, endless], removed);
        Assert.Equal(0, table.Count);
    }

    [Fact]
    public async Task Find_WhileOthersSaveAndRemove_SeesWholeRulesOnly()
    {
        var table = Table();
        using var stop = new CancellationTokenSource();
        var reader = Task.Factory.StartNew(
            () =>
            {
                var hits = 0;
                while (!stop.IsCancellationRequested)
                {
                    for (uint id = 1; id < 20_000; id += 3)
                    {
                        if (table.Find(id) is { } rule)
                        {
                            Assert.Equal(id, rule.KeyRouteId);
                            hits++;
                        }
                    }
                }

                return hits;
            },
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default);
        for (var round = 0; round < 20; round++)
        {
            var rules = table.Reserve(Alice, 1000)!.Select(Middle).ToList();
            rules.ForEach(rule => Assert.True(table.Save(rule, Alice)));
            rules.Skip(10).ToList().ForEach(rule => Assert.True(table.Remove(rule)));
        }

        stop.Cancel();
        await reader;
        Assert.Equal(200, table.Count);
        Assert.Equal(200, table.Snapshot().Count);
    }

    private static RoutingRule Middle(uint id) => RoutingRule.Intermediary(TimeSpan.FromSeconds(30), id, 5, new TransportId(7));

    private RoutingTable Table(RoutingTableOptions? options = null) => new(options ?? RoutingTableOptions.Default, _time, _causes);
}
