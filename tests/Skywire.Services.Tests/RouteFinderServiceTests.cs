using System.Text;
using Skywire.Crypto;
using Skywire.Discovery;
using Skywire.Services.RouteFinder;
using Skywire.Services.TransportDiscovery;
using Skywire.Testing;
using Xunit;

namespace Skywire.Services.Tests;

public sealed class RouteFinderServiceTests : TestBase
{
    private readonly Bench _bench = new();
    private readonly RouteFinderService _service;
    private readonly PubKey[] _keys = [.. Enumerable.Range(0, 9).Select(i => Bench.Key(300 + i).PublicKey)];

    public RouteFinderServiceTests()
    {
        _service = new RouteFinderService(_bench.Context);
    }

    [Fact]
    public async Task Recording_ThreeHops_AnswerIsByteForByteThatOfTheReference()
    {
        var exchanges = Vectors.Load("tpd-http.json").GetProperty("exchanges").EnumerateArray().Where(e => e.Text("op").StartsWith("route finder", StringComparison.Ordinal)).ToArray();
        var answer = System.Text.Json.JsonDocument.Parse(exchanges[0].Text("response_body_utf8")).RootElement;
        foreach (var hop in answer.EnumerateObject().First().Value[0].EnumerateArray())
        {
            // The recorded IDs are of several types; the store does not care which.
            PubKey from = PubKey.Parse(hop.Text("From")), to = PubKey.Parse(hop.Text("To"));
            Assert.True(TransportId.TryParse(hop.Text("TpID"), out var id));
            Put(new TransportEntry(id, from <= to ? from : to, from <= to ? to : from, "stcpr", "user"));
        }

        foreach (var exchange in exchanges)
        {
            var (status, body, type) = await Bench.SendAsync(_service, "POST", "/routes", exchange.Text("body_utf8"));
            Assert.Equal((exchange.GetProperty("response_status").GetInt32(), exchange.Text("response_body_utf8"), "application/json"), (status, body, type));
        }
    }

    [Fact]
    public async Task FindRoutes_ShortestFirst_AtMostFive_WithinLimits()
    {
        // 0 - 8 directly, over each of 1..6 in two hops, and over 7 - 1 in three.
        Link(0, 8);
        for (var i = 1; i <= 6; i++)
        {
            Link(0, i);
            Link(i, 8);
        }

        var found = await FindAsync(0, 8, 1, 50);
        Assert.Equal([1, 2, 2, 2, 2], found!.Forward.Select(p => p.Count));
        Assert.Equal([1, 2, 2, 2, 2], found.Reverse.Select(p => p.Count));
        Assert.Equal(5, found.Forward.Select(p => p[^1].TransportId).Distinct().Count());
        Assert.All((await FindAsync(0, 8, 2, 50))!.Forward, p => Assert.Equal(2, p.Count));
        Assert.Single((await FindAsync(0, 8, 1, 1))!.Forward);
        Assert.Null(await FindAsync(0, 8, 3, 50));
        Assert.Null(await FindAsync(0, 8, 0, 0));
    }

    [Fact]
    public async Task FindRoutes_SameLength_TheFreshestFirst()
    {
        Link(0, 1);
        Link(0, 2);
        _bench.Time.Advance(TimeSpan.FromMinutes(1));
        Link(1, 8);
        Link(2, 8);
        _bench.Time.Advance(TimeSpan.FromMinutes(1));
        Link(0, 2);
        Assert.Equal([_keys[2], _keys[1]], (await FindAsync(0, 8, 1, 50))!.Forward.Select(p => p[0].To));
    }

    [Fact]
    public async Task FindRoutes_TwoTransportsBetweenNeighbours_BothAreCandidates()
    {
        Link(0, 1, TransportTypes.Dmsg);
        _bench.Time.Advance(TimeSpan.FromMinutes(1));
        Link(0, 1, TransportTypes.Stcpr);
        var found = await FindAsync(0, 1, 1, 50);
        Assert.Equal([TransportId.Of(_keys[0], _keys[1], TransportTypes.Stcpr), TransportId.Of(_keys[0], _keys[1], TransportTypes.Dmsg)], found!.Forward.Select(p => p[0].TransportId));
    }

    [Fact]
    public async Task FindRoutes_ToOneself_GoesOutAndBack()
    {
        Link(0, 1);
        Put(TransportEntry.Create(_keys[0], _keys[0], TransportTypes.Dmsg, TransportLabels.User));
        var path = Assert.Single((await FindAsync(0, 0, 0, 2))!.Forward);
        Assert.Equal([(_keys[0], _keys[1]), (_keys[1], _keys[0])], path.Select(h => (h.From, h.To)));
    }

    [Fact]
    public async Task FindRoutes_PathNeverPassesTheDestination()
    {
        // 2 is reached only through 1, so it gives no second way to 1.
        Link(0, 1);
        Link(1, 2);
        var path = Assert.Single((await FindAsync(0, 1, 1, 50))!.Forward);
        Assert.Single(path);
        Assert.Null(await FindAsync(0, 1, 2, 50));
    }

    [Theory]
    [InlineData(0, 3, "transport not found")]
    [InlineData(1, 3, "no route to destination")]
    public async Task Routes_None_404WithTheReason(int from, int to, string text)
    {
        Link(1, 2);
        Link(3, 4);
        var (status, body, _) = await Bench.SendAsync(_service, "POST", "/routes", $$"""{"Edges":["{{_keys[from]}}:{{_keys[to]}}"],"Opts":{"MinHops":1,"MaxHops":50} }""");
        Assert.Equal((404, $$$"""{"error":{"message":"{{{text}}}","code":404}}"""), (status, body));
    }

    [Fact]
    public async Task Routes_DeletedOrExpiredTransport_IsNotUsed()
    {
        Link(0, 1);
        Assert.NotNull(await FindAsync(0, 1, 1, 50));
        var entry = TransportEntry.Create(_keys[0], _keys[1], TransportTypes.Stcpr, TransportLabels.User);
        _bench.Store.Write(w => { TransportStore.Delete(w, entry); return true; });
        Assert.Null(await FindAsync(0, 1, 1, 50));
        _bench.Store.Write(w => { TransportStore.Put(w, entry, _bench.Time.GetUtcNow(), _bench.Time.GetUtcNow().AddMinutes(5)); return true; });
        Assert.NotNull(await FindAsync(0, 1, 1, 50));
        _bench.Time.Advance(TimeSpan.FromMinutes(6));
        Assert.Null(await FindAsync(0, 1, 1, 50));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("""{"Edges":[]}""")]
    [InlineData("""{"Edges":["x:y"]}""")]
    [InlineData("""{"Edges":"x"}""")]
    public async Task Routes_Malformed_400(string body)
    {
        var (status, reply, _) = await Bench.SendAsync(_service, "POST", "/routes", body);
        Assert.Equal((400, """{"error":{"message":"malformed request","code":400}}"""), (status, reply));
    }

    [Fact]
    public async Task FindRoutes_RandomGraphs_LengthsAreThoseOfAPlainSearch()
    {
        var random = new Random(17);
        for (var round = 0; round < 20; round++)
        {
            var bench = new Bench();
            var service = new RouteFinderService(bench.Context);
            var distance = new int[9, 9];
            for (var i = 0; i < 81; i++)
            {
                distance[i / 9, i % 9] = i / 9 == i % 9 ? 0 : 1000;
            }

            for (var i = 0; i < 12; i++)
            {
                int a = random.Next(9), b = random.Next(9);
                if (a != b)
                {
                    bench.Store.Write(w => { TransportStore.Put(w, TransportEntry.Create(_keys[a], _keys[b], TransportTypes.Stcpr, "user"), bench.Time.GetUtcNow(), null); return true; });
                    distance[a, b] = distance[b, a] = 1;
                }
            }

            for (var k = 0; k < 9; k++)
            {
                for (var i = 0; i < 81; i++)
                {
                    distance[i / 9, i % 9] = Math.Min(distance[i / 9, i % 9], distance[i / 9, k] + distance[k, i % 9]);
                }
            }

            for (var i = 1; i < 9; i++)
            {
                var found = await ClientOf(service, bench).FindRoutesAsync(_keys[0], _keys[i], 1, 50, Deadline);
                Assert.Equal(distance[0, i] < 1000 ? distance[0, i] : null, found?.Forward[0].Count);
                Assert.All(found?.Forward ?? [], p => Assert.Equal(p.Count, p.Select(h => h.To).Distinct().Count()));
            }
        }
    }

    private static RouteFinderClient ClientOf(RouteFinderService service, Bench bench) =>
        new(new MemoryExchange(new() { ["rf"] = service }, default), "rf", ServiceClientOptions.Default, bench.Time);

    private Task<FoundRoutes?> FindAsync(int from, int to, int min, int max) => ClientOf(_service, _bench).FindRoutesAsync(_keys[from], _keys[to], min, max, Deadline);

    private void Link(int a, int b, string type = TransportTypes.Stcpr) => Put(TransportEntry.Create(_keys[a], _keys[b], type, TransportLabels.User));

    private void Put(TransportEntry entry) => _bench.Store.Write(w =>
    {
        TransportStore.Put(w, entry, _bench.Time.GetUtcNow(), null);
        return true;
    });
}
