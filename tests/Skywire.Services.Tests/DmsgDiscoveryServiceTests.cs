using System.Text;
using System.Text.Json;
using Skywire.Crypto;
using Skywire.Discovery;
using Skywire.Services.DmsgDiscovery;
using Skywire.Testing;
using Xunit;

namespace Skywire.Services.Tests;

public sealed class DmsgDiscoveryServiceTests : TestBase
{
    private readonly SecKey _key = Bench.Key(1);

    [Fact]
    public async Task Recording_InOrder_AnswersAreThoseOfTheReference()
    {
        // The moment of recording: the server timestamps were made with it.
        var start = DateTimeOffset.UnixEpoch.AddTicks(1795232206205669641L / 100);
        var bench = new Bench(start);
        var service = new DmsgDiscoveryService(new DmsgDiscoveryOptions(), bench.Context with { Monitors = [PubKey.Parse("039c48a578bd6b5051124262bb2bfe535134033c12d62f9d3f69d4dda0aa814a9c")] });
        var replayed = 0;
        foreach (var exchange in Vectors.Load("discovery-entry.json").GetProperty("http_exchanges").EnumerateArray())
        {
            var headers = exchange.TryGetProperty("request_headers", out var h) ? h.EnumerateObject().Select(p => (p.Name, p.Value.GetString()!)).ToArray() : [];
            var (status, body, type) = await Bench.SendAsync(service, exchange.Text("method"), exchange.Text("path"), exchange.Text("request_body_text"), null, headers);
            Assert.Equal($"{exchange.Text("note")}: {exchange.GetProperty("status")} {exchange.Text("response_body_text")}", $"{exchange.Text("note")}: {status} {body}");
            Assert.Equal(exchange.Text("content_type"), type);
            replayed++;
        }

        Assert.True(replayed > 30);
    }

    [Fact]
    public async Task Client_AgainstService_UpdatesReadsAndDeletes()
    {
        var bench = new Bench();
        var service = new DmsgDiscoveryService(new DmsgDiscoveryOptions(), bench.Context);
        var client = new DmsgDiscoveryClient(new MemoryExchange(new() { ["dd"] = service }, default), "http://dd", ServiceClientOptions.Default, bench.Time);
        Assert.Null(await client.GetEntryAsync(_key.PublicKey, Deadline));
        Assert.Empty(await client.GetAvailableServersAsync(Deadline));
        var entry = new DmsgEntry { Static = _key.PublicKey, DelegatedServers = [Bench.Key(2).PublicKey], ClientType = "visor", Timestamp = 5 }.Sign(_key);
        await client.PostEntryAsync(entry, Deadline);
        Assert.Equal(entry, await client.GetEntryAsync(_key.PublicKey, Deadline));
        var clash = await Assert.ThrowsAsync<ServiceException>(() => client.PostEntryAsync(entry, Deadline));
        Assert.True(clash.IsSequenceClash);
        await client.DeleteEntryAsync(entry, Deadline);
        Assert.Null(await client.GetEntryAsync(_key.PublicKey, Deadline));
        await Assert.ThrowsAsync<ServiceException>(() => new DmsgDiscoveryClient(new MemoryExchange([], default), "dd", ServiceClientOptions.Default, bench.Time).GetEntryAsync(_key.PublicKey, Deadline));
    }

    [Fact]
    public async Task ServerEntry_NotRenewed_ExpiresAfterTwoMinutes()
    {
        var bench = new Bench();
        var service = new DmsgDiscoveryService(new DmsgDiscoveryOptions(), bench.Context);
        await PostAsync(service, Server(bench, 0, 7));
        await PostAsync(service, Server(bench, 1, 9, Bench.Key(3)), Bench.Key(3));
        Assert.Contains("\"availableSessions\":9", (await Bench.SendAsync(service, "GET", "/dmsg-discovery/available_servers")).Body[..400], StringComparison.Ordinal);
        bench.Time.Advance(TimeSpan.FromSeconds(119));
        Assert.Equal(200, (await Bench.SendAsync(service, "GET", "/dmsg-discovery/all_servers")).Status);
        bench.Time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(404, (await Bench.SendAsync(service, "GET", "/dmsg-discovery/all_servers")).Status);
        Assert.Equal(404, (await Bench.SendAsync(service, "GET", $"/dmsg-discovery/entry/{_key.PublicKey}")).Status);
        Assert.Equal(4, bench.Store.Sweep(100));
    }

    [Fact]
    public async Task ClientEntry_OnceWritten_Stays_KeptFreshExpires()
    {
        var bench = new Bench();
        var service = new DmsgDiscoveryService(new DmsgDiscoveryOptions(), bench.Context);
        var old = new DmsgEntry { Static = _key.PublicKey, DelegatedServers = [] };
        await PostAsync(service, old);
        var fresh = Bench.Key(5);
        var entry = new DmsgEntry { Static = fresh.PublicKey, DelegatedServers = [] };
        for (var i = 0; i < 3; i++)
        {
            await PostAsync(service, entry with { Sequence = (ulong)i, Timestamp = i }, fresh);
            bench.Time.Advance(TimeSpan.FromMinutes(5));
        }

        Assert.Contains(fresh.PublicKey.ToString(), (await Bench.SendAsync(service, "GET", "/dmsg-discovery/entries")).Body, StringComparison.Ordinal);
        bench.Time.Advance(TimeSpan.FromMinutes(60));
        Assert.Equal($"[\"{_key.PublicKey}\"]", (await Bench.SendAsync(service, "GET", "/dmsg-discovery/entries")).Body);
    }

    [Fact]
    public async Task ClientEntry_RestartedNowAndThen_Stays()
    {
        var bench = new Bench();
        var service = new DmsgDiscoveryService(new DmsgDiscoveryOptions(), bench.Context);
        for (var i = 0; i < 5; i++)
        {
            await PostAsync(service, new DmsgEntry { Static = _key.PublicKey, DelegatedServers = [], Sequence = (ulong)i, Timestamp = i });
            bench.Time.Advance(TimeSpan.FromHours(3));
        }

        Assert.Equal(200, (await Bench.SendAsync(service, "GET", $"/dmsg-discovery/entry/{_key.PublicKey}")).Status);
    }

    [Fact]
    public async Task ClientEntry_WithTimeout_ExpiresAfterThreeMinutes()
    {
        var bench = new Bench();
        var service = new DmsgDiscoveryService(new DmsgDiscoveryOptions(), bench.Context);
        var entry = new DmsgEntry { Static = _key.PublicKey, DelegatedServers = [] }.Sign(_key);
        await Bench.SendAsync(service, "POST", "/dmsg-discovery/entry/?timeout=true", Encoding.UTF8.GetString(entry.ToJson()));
        bench.Time.Advance(TimeSpan.FromMinutes(4));
        Assert.Equal("[]", (await Bench.SendAsync(service, "GET", "/dmsg-discovery/entries")).Body);
    }

    [Fact]
    public async Task Post_LoopbackServer_OnlyInTestMode()
    {
        var bench = new Bench();
        foreach (var (testMode, status) in new[] { (false, 422), (true, 200) })
        {
            foreach (var address in new[] { "127.0.0.1:1", "localhost:1", "[::1]:1", ":1" })
            {
                var service = new DmsgDiscoveryService(new DmsgDiscoveryOptions { TestMode = testMode }, new Bench().Context with { Time = bench.Time });
                var entry = (Server(bench, 0, 1) with { Server = new DmsgServerInfo(address, 1) }).Sign(_key);
                Assert.Equal(status, (await Bench.SendAsync(service, "POST", "/dmsg-discovery/entry/", Encoding.UTF8.GetString(entry.ToJson()))).Status);
            }
        }
    }

    [Fact]
    public async Task OfficialServers_ByKeyOrPassphrase()
    {
        var bench = new Bench();
        var service = new DmsgDiscoveryService(new DmsgDiscoveryOptions { OfficialPassphrase = "word", OfficialServers = [_key.PublicKey] }, bench.Context);
        await PostAsync(service, Server(bench, 0, 1));
        var other = Bench.Key(8);
        await PostAsync(service, Server(bench, 0, 1, other), other);
        var third = Bench.Key(9);
        await PostAsync(service, Server(bench, 0, 1, third) with { Server = new DmsgServerInfo("a:1", 1, "word") }, third);
        Assert.Equal(["official", "community", "official"], await Task.WhenAll(new[] { _key, other, third }.Select(async k =>
            DmsgEntry.Parse(Encoding.UTF8.GetBytes((await Bench.SendAsync(service, "GET", $"/dmsg-discovery/entry/{k.PublicKey}")).Body))!.Server!.ServerType)));
    }

    [Fact]
    public async Task Lists2026_ServersTheirClientsAndBatches()
    {
        var bench = new Bench();
        var service = new DmsgDiscoveryService(new DmsgDiscoveryOptions(), bench.Context);
        await PostAsync(service, Server(bench, 0, 1));
        var client = Bench.Key(4);
        await PostAsync(service, new DmsgEntry { Static = client.PublicKey, DelegatedServers = [_key.PublicKey] }, client);
        Assert.Equal($"{{\"{_key.PublicKey}\":[\"{client.PublicKey}\"]}}", (await Bench.SendAsync(service, "GET", "/dmsg-discovery/servers/clients")).Body);
        Assert.Equal($"[\"{client.PublicKey}\"]", (await Bench.SendAsync(service, "GET", $"/dmsg-discovery/server/{_key.PublicKey}/clients")).Body);
        Assert.Equal("[]", (await Bench.SendAsync(service, "GET", "/dmsg-discovery/visorEntries")).Body);
        var batch = JsonDocument.Parse((await Bench.SendAsync(service, "POST", "/dmsg-discovery/entries/batch", $"[\"{client.PublicKey}\",\"{Bench.Key(77).PublicKey}\"]")).Body).RootElement;
        Assert.Equal([client.PublicKey.ToString()], batch.EnumerateObject().Select(m => m.Name));
        Assert.Equal(400, (await Bench.SendAsync(service, "POST", "/dmsg-discovery/entries/batch", "{}")).Status);
    }

    [Fact]
    public async Task Post_MutatedBodies_NeverFailInsideAndNeverStore()
    {
        var bench = new Bench();
        var service = new DmsgDiscoveryService(new DmsgDiscoveryOptions(), bench.Context);
        var text = new DmsgEntry { Static = _key.PublicKey, DelegatedServers = [_key.PublicKey], ClientType = "visor", Timestamp = 9 }.Sign(_key).ToJson();
        var random = new Random(3);
        for (var i = 0; i < 300; i++)
        {
            var mutated = (byte[])text.Clone();
            mutated[random.Next(mutated.Length)] ^= (byte)(1 << random.Next(8));
            var call = new HttpCall("POST", "/dmsg-discovery/entry/", [], mutated);
            var reply = await service.HandleAsync(call, default, Deadline);
            Assert.DoesNotContain("internal error", Encoding.UTF8.GetString(reply.Body.Span), StringComparison.Ordinal);
            var sameMeaning = DmsgEntry.Parse(mutated) is { } parsed && parsed.Verify();
            Assert.True(sameMeaning || reply.Status != 200, Encoding.UTF8.GetString(mutated));
        }
    }

    private DmsgEntry Server(Bench bench, ulong sequence, int free, SecKey? key = null) => new()
    {
        Static = (key ?? _key).PublicKey,
        Sequence = sequence,
        Timestamp = (bench.Time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * 100,
        Server = new DmsgServerInfo("203.0.113.1:8081", free),
    };

    private async Task PostAsync(DmsgDiscoveryService service, DmsgEntry entry, SecKey? key = null)
    {
        var (status, body, _) = await Bench.SendAsync(service, "POST", "/dmsg-discovery/entry/", Encoding.UTF8.GetString(entry.Sign(key ?? _key).ToJson()));
        Assert.True(status == 200, body);
    }
}
