using System.Text;
using System.Text.Json;
using Skywire.Crypto;
using Skywire.Discovery;
using Skywire.Services.AddressResolver;
using Skywire.Services.Http;
using Skywire.Services.ServiceDiscovery;
using Skywire.Services.UptimeTracker;
using Skywire.Testing;
using Xunit;

namespace Skywire.Services.Tests;

public sealed class AddressResolverServiceTests : TestBase
{
    private static readonly SecKey A = Bench.Key(401);
    private static readonly SecKey B = Bench.Key(402);
    private readonly Bench _bench = new();

    [Fact]
    public async Task Client_BindsResolvesListsAndUnbinds()
    {
        var service = new AddressResolverService(new AddressResolverOptions(), _bench.Context);
        var a = Client(service, A, "203.0.113.11");
        var b = Client(service, B, "203.0.113.12");
        await a.BindStcprAsync(7770, ["127.0.0.1", "203.0.113.11", "::1"], Deadline);
        var resolved = await b.ResolveAsync("stcpr", A.PublicKey, Deadline);
        Assert.Equal(("203.0.113.11", "7770", false), (resolved!.RemoteAddress, resolved.Port, resolved.IsLocal));
        Assert.Equal(["127.0.0.1", "203.0.113.11", "::1"], resolved.Addresses);
        Assert.Equal([A.PublicKey], await b.ListAsync("stcpr", Deadline));
        Assert.Empty(await b.ListAsync("sudph", Deadline));
        Assert.Null(await b.ResolveAsync("sudph", A.PublicKey, Deadline));
        Assert.Equal(500, (await Assert.ThrowsAsync<ServiceException>(() => b.ResolveAsync("other", A.PublicKey, Deadline))).Status);
        await a.UnbindStcprAsync(Deadline);
        Assert.Null(await b.ResolveAsync("stcpr", A.PublicKey, Deadline));
        Assert.Equal("{}", (await Bench.SendAsync(service, "GET", "/transports")).Body);
    }

    [Fact]
    public async Task Resolve_SameHost_IsLocal()
    {
        var service = new AddressResolverService(new AddressResolverOptions(), _bench.Context);
        await Client(service, A, "203.0.113.11").BindStcprAsync(7770, ["192.168.1.4", "203.0.113.11"], Deadline);
        Assert.True((await Client(service, B, "203.0.113.11").ResolveAsync("stcpr", A.PublicKey, Deadline))!.IsLocal);
    }

    [Theory]
    [InlineData("203.0.113.11", "203.0.113.11", false, 200)]
    [InlineData("203.0.113.11", "203.0.113.12", false, 400)]
    [InlineData("192.168.2.5", "192.168.2.5", false, 400)]
    [InlineData("10.1.2.3", "10.1.2.3", false, 400)]
    [InlineData("172.31.2.3", "172.31.2.3", false, 400)]
    [InlineData("169.254.2.3", "169.254.2.3", false, 400)]
    [InlineData("127.0.0.1", "127.0.0.1", false, 400)]
    [InlineData("2001:db8::1", "2001:db8::1", false, 400)]
    [InlineData("::ffff:203.0.113.11", "203.0.113.11", false, 200)]
    [InlineData("192.168.2.5", "192.168.2.5", true, 200)]
    [InlineData("192.168.2.5", "192.168.2.6", true, 400)]
    [InlineData("127.0.0.1", "127.0.0.1", true, 200)]
    public async Task Bind_SourceAddress_MustBePublicAndAnnounced(string seen, string announced, bool allowPrivate, int expected)
    {
        var service = new AddressResolverService(new AddressResolverOptions { AllowPrivate = allowPrivate }, _bench.Context);
        Assert.Equal(expected, (await _bench.SignedAsync(service, A, "POST", "/bind/stcpr", $$"""{"port":"1","addresses":["{{announced}}"]}""", Bench.From(seen))).Status);
    }

    [Fact]
    public async Task Bind_FromTheResolversOwnBoard_IsGivenOutByItsNetworkAddress()
    {
        var service = new AddressResolverService(new AddressResolverOptions { AllowPrivate = true }, _bench.Context);
        await Client(service, A, "127.0.0.1").BindStcprAsync(7770, ["127.0.0.1", "192.168.2.2", "::1"], Deadline);
        Assert.Equal("192.168.2.2", (await Client(service, B, "192.168.2.3").ResolveAsync("stcpr", A.PublicKey, Deadline))!.RemoteAddress);
    }

    [Fact]
    public async Task Bind_OverDmsg_UsesThePublicAddressGiven()
    {
        var service = new AddressResolverService(new AddressResolverOptions(), _bench.Context);
        var peer = new HttpPeer(null, A.PublicKey);
        const string body = """{"port":"1","addresses":["203.0.113.11"]}""";
        Assert.Equal(400, (await Bench.SendAsync(service, "POST", "/bind/stcpr", body, peer)).Status);
        Assert.Equal(200, (await Bench.SendAsync(service, "POST", "/bind/stcpr", body, peer, ("SW-PublicIP", "203.0.113.11"))).Status);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"port":1}""")]
    [InlineData("""{"port":"0"}""")]
    [InlineData("""{"port":"70000"}""")]
    [InlineData("""{"port":"1","addresses":"x"}""")]
    [InlineData("""{"port":"1","addresses":["a\nb"]}""")]
    public async Task Bind_Malformed_400(string body)
    {
        var service = new AddressResolverService(new AddressResolverOptions { AllowPrivate = true }, _bench.Context);
        Assert.Equal(400, (await _bench.SignedAsync(service, A, "POST", "/bind/stcpr", body)).Status);
    }

    [Fact]
    public async Task BindLife_NotAnnouncedAgain_Expires()
    {
        var service = new AddressResolverService(new AddressResolverOptions { BindLife = TimeSpan.FromMinutes(10) }, _bench.Context);
        await Client(service, A, "203.0.113.11").BindStcprAsync(1, ["203.0.113.11"], Deadline);
        _bench.Time.Advance(TimeSpan.FromMinutes(11));
        Assert.Null(await Client(service, B, "203.0.113.12").ResolveAsync("stcpr", A.PublicKey, Deadline));
    }

    [Fact]
    public async Task ListSigned_DoesNotCount_TheNextCallIsRepeated()
    {
        // Quirk 5: visors sign the list and count it; we answer 401 to the next call and they repeat.
        var service = new AddressResolverService(new AddressResolverOptions(), _bench.Context);
        Assert.Equal(200, (await _bench.SignedAsync(service, A, "GET", "/transports")).Status);
        Assert.Contains("\"next_nonce\":0", (await Bench.SendAsync(service, "GET", $"/security/nonces/{A.PublicKey}")).Body, StringComparison.Ordinal);
    }

    private AddressResolverClient Client(AddressResolverService service, SecKey key, string address) =>
        new(new MemoryExchange(new() { ["ar"] = service }, Bench.From(address)), "ar", key, ServiceClientOptions.Default, _bench.Time);
}

public sealed class ServiceDiscoveryServiceTests : TestBase
{
    private static readonly SecKey A = Bench.Key(501);
    private readonly Bench _bench = new();

    [Fact]
    public async Task Client_RegistersListsAndWithdraws()
    {
        var service = Service();
        var client = new ServiceDiscoveryClient(new MemoryExchange(new() { ["sd"] = service }, Bench.From("203.0.113.1")), "sd", A, ServiceClientOptions.Default, _bench.Time);
        var record = new ServiceRecord(A.PublicKey, 3, "skysocks", "v1");
        await client.RegisterAsync(record, Deadline);
        Assert.Equal([record with { Country = "ZZ" }], await client.ListAsync("proxy", Deadline));
        Assert.Empty(await client.ListAsync("vpn", Deadline));
        await client.DeleteAsync(record, Deadline);
        Assert.Empty(await client.ListAsync("skysocks", Deadline));
        Assert.Equal(400, (await Assert.ThrowsAsync<ServiceException>(() => client.ListAsync("", Deadline))).Status);
        Assert.Equal(403, (await Assert.ThrowsAsync<ServiceException>(() => client.RegisterAsync(record with { Key = Bench.Key(502).PublicKey }, Deadline))).Status);
        Assert.Equal(403, (await Assert.ThrowsAsync<ServiceException>(() => client.RegisterAsync(record with { Version = "" }, Deadline))).Status);
    }

    [Fact]
    public async Task Register_Captured_AnswersAsTheReference()
    {
        var service = Service();
        foreach (var exchange in Vectors.Load("captures/http-exchanges.json").GetProperty("visor_traffic").EnumerateArray().Where(e => e.Text("service") == "service-discovery" && e.Text("request").StartsWith("POST", StringComparison.Ordinal)))
        {
            var key = CaptureReplayTests.KeyOf(exchange.Text("client"));
            var (status, body, _) = await _bench.SignedAsync(service, key, "POST", "/api/services", exchange.Text("request_body"));
            Assert.Equal((200, exchange.Text("response_body")), (status, body));
        }
    }

    [Fact]
    public async Task List_FiltersAndSamples()
    {
        var service = Service();
        for (var i = 0; i < 6; i++)
        {
            var key = Bench.Key(510 + i);
            await _bench.SignedAsync(service, key, "POST", "/api/services", $$"""{"address":"{{key.PublicKey}}:44","type":"vpn","version":"v{{i % 2}}","info":{"latency":1.5},"local_ips":["10.0.0.1"],"display_node_ip":true}""");
        }

        Assert.Equal(6, Count(await Bench.SendAsync(service, "GET", "/api/services?type=vpn")));
        Assert.Equal(3, Count(await Bench.SendAsync(service, "GET", "/api/services?type=vpn&version=v1&country=ZZ")));
        Assert.Equal(0, Count(await Bench.SendAsync(service, "GET", "/api/services?type=vpn&country=NL")));
        Assert.Equal(2, Count(await Bench.SendAsync(service, "GET", "/api/services?type=vpn&quantity=2")));
        Assert.Equal(400, (await Bench.SendAsync(service, "GET", "/api/services?type=vpn&quantity=x")).Status);
        var one = await Bench.SendAsync(service, "GET", $"/api/services/{Bench.Key(510).PublicKey}:44?type=vpn");
        Assert.Equal($$$"""{"address":"{{{Bench.Key(510).PublicKey}}}:44","type":"vpn","geo":{"lat":1,"lon":2,"country":"ZZ","region":"00"},"display_node_ip":true,"version":"v0","local_ips":["10.0.0.1"],"info":{"latency":1.5}}""" + "\n", one.Body);
        Assert.Equal(404, (await Bench.SendAsync(service, "GET", $"/api/services/{A.PublicKey}:44?type=vpn")).Status);
    }

    [Theory]
    [InlineData("\"x\":1", 400)]
    [InlineData("\"geo\":5", 400)]
    [InlineData("\"local_ips\":[1]", 400)]
    [InlineData("\"info\":[]", 400)]
    [InlineData("\"display_node_ip\":1", 400)]
    [InlineData("\"geo\":{\"lat\":9}", 200)]
    public async Task Register_StrictMembers(string member, int expected)
    {
        var (status, body, _) = await _bench.SignedAsync(Service(), A, "POST", "/api/services", $$"""{"address":"{{A.PublicKey}}:44","type":"vpn","version":"v",{{member}}}""");
        Assert.Equal(expected, status);
        Assert.DoesNotContain("\"lat\":9", body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("203.0.113.1", false, 200)]
    [InlineData("192.168.1.1", false, 403)]
    [InlineData("192.168.1.1", true, 200)]
    public async Task Register_PublicVisor_NeedsAPublicAddress(string from, bool allowPrivate, int expected)
    {
        var service = new ServiceDiscoveryService(new ServiceDiscoveryOptions { AllowPrivate = allowPrivate }, new NoGeoLookup(), _bench.Context);
        var (status, body, _) = await _bench.SignedAsync(service, A, "POST", "/api/services", $$"""{"address":"{{A.PublicKey}}:7","type":"visor"}""", Bench.From(from));
        Assert.Equal(expected, status);
        Assert.Equal(expected == 403, body.Contains("visor is unreachable", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Listing_KeptFresh_ExpiresWhenItStops_OthersStay()
    {
        var service = Service();
        var once = Bench.Key(503);
        await _bench.SignedAsync(service, once, "POST", "/api/services", Vpn(once));
        for (var i = 0; i < 3; i++)
        {
            await _bench.SignedAsync(service, A, "POST", "/api/services", Vpn(A));
            _bench.Time.Advance(TimeSpan.FromSeconds(90));
        }

        Assert.Equal(2, Count(await Bench.SendAsync(service, "GET", "/api/services?type=vpn")));
        _bench.Time.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal(1, Count(await Bench.SendAsync(service, "GET", "/api/services?type=vpn")));
    }

    [Fact]
    public async Task Deregister_ByKeyOrAddress()
    {
        var monitor = Bench.Key(504);
        var service = new ServiceDiscoveryService(new ServiceDiscoveryOptions(), new NoGeoLookup(), _bench.Context with { Monitors = [monitor.PublicKey] });
        var b = Bench.Key(505);
        await _bench.SignedAsync(service, A, "POST", "/api/services", Vpn(A));
        await _bench.SignedAsync(service, b, "POST", "/api/services", Vpn(b));
        var sign = monitor.SignPayload(Encoding.ASCII.GetBytes(monitor.PublicKey.ToString())).ToString();
        Assert.Equal(200, (await Bench.SendAsync(service, "DELETE", "/api/services/deregister/vpn", $"[\"{A.PublicKey}\",\"{b.PublicKey}:45\"]", null, ("NM-PK", monitor.PublicKey.ToString()), ("NM-Sign", sign))).Status);
        Assert.Contains(b.PublicKey.ToString(), (await Bench.SendAsync(service, "GET", "/api/services?type=vpn")).Body, StringComparison.Ordinal);
        Assert.Equal(1, Count(await Bench.SendAsync(service, "GET", "/api/services?type=vpn")));
    }

    private static string Vpn(SecKey key) => $$"""{"address":"{{key.PublicKey}}:44","type":"vpn","version":"v"}""";

    private static int Count((int Status, string Body, string Type) reply) => JsonDocument.Parse(reply.Body).RootElement.GetArrayLength();

    private ServiceDiscoveryService Service() => new(new ServiceDiscoveryOptions(), new OnePlace(), _bench.Context);

    internal sealed class OnePlace : IGeoLookup
    {
        public GeoPlace? Find(System.Net.IPAddress address) => new(1, 2, "ZZ", "00");
    }
}

public sealed class UptimeTrackerServiceTests : TestBase
{
    private static readonly SecKey A = Bench.Key(601);
    private readonly Bench _bench = new(new DateTimeOffset(2026, 11, 21, 0, 0, 0, TimeSpan.Zero));

    [Fact]
    public async Task Update_EverySlot_CountsOnceAndShowsOnline()
    {
        var service = new UptimeTrackerService(new ServiceDiscoveryServiceTests.OnePlace(), _bench.Context);
        var client = new UptimeTrackerClient(new MemoryExchange(new() { ["ut"] = service }, Bench.From("203.0.113.1")), "ut", A, ServiceClientOptions.Default, _bench.Time);
        for (var i = 0; i < 288; i++)
        {
            await client.UpdateAsync("v1", Deadline);
            if (i % 2 == 0)
            {
                await client.UpdateAsync("v1", Deadline);
            }

            _bench.Time.Advance(TimeSpan.FromMinutes(5));
        }

        await client.UpdateAsync("v2", Deadline);
        var key = A.PublicKey;
        Assert.Equal($$"""[{"key":"{{key}}","online":true}]""" + "\n", (await Bench.SendAsync(service, "GET", "/uptimes")).Body);
        Assert.Equal($$$"""[{"pk":"{{{key}}}","on":true,"version":"v2","daily":{"2026-11-21":"100","2026-11-22":"0.35"}}]""" + "\n", (await Bench.SendAsync(service, "GET", "/uptimes?v=v2")).Body);
        Assert.Contains("\"daily\":{\"2026-11-22\":\"0.35\"}", (await Bench.SendAsync(service, "GET", $"/uptimes?v=v2&visors={key}&startDate={_bench.Time.GetUtcNow().ToUnixTimeSeconds()}")).Body, StringComparison.Ordinal);
        Assert.Equal("[]\n", (await Bench.SendAsync(service, "GET", "/uptimes?status=off")).Body);
        Assert.Equal("[{\"lat\":1,\"lon\":2}]\n", (await Bench.SendAsync(service, "GET", "/visors")).Body);
        _bench.Time.Advance(TimeSpan.FromMinutes(6));
        Assert.Equal("[]\n", (await Bench.SendAsync(service, "GET", "/uptimes?status=on")).Body);
        Assert.Equal($$"""{"key":"{{key}}","online":false}""" + "\n", (await Bench.SendAsync(service, "GET", $"/uptime/{key}")).Body);
        Assert.Equal(400, (await Bench.SendAsync(service, "GET", "/uptimes?startDate=99999999999999")).Status);
    }

    [Theory]
    [InlineData("/update", 410)]
    [InlineData("/v2/update", 410)]
    [InlineData("/v3/update", 410)]
    [InlineData("/v4/update", 401)]
    public async Task Update_OldOrUnsigned_IsRefused(string path, int expected) =>
        Assert.Equal(expected, (await Bench.SendAsync(new UptimeTrackerService(new NoGeoLookup(), _bench.Context), "GET", path)).Status);

    [Fact]
    public async Task Uptime_Unknown_500() =>
        Assert.Equal(500, (await Bench.SendAsync(new UptimeTrackerService(new NoGeoLookup(), _bench.Context), "GET", $"/uptime/{A.PublicKey}")).Status);

    [Fact]
    public async Task Health_NamesServiceVersionAndServers()
    {
        var service = new UptimeTrackerService(new NoGeoLookup(), _bench.Context with { Health = () => new HealthInfo("1.2", _bench.Time.GetUtcNow()) { DmsgAddress = "x:80", DmsgServers = [A.PublicKey] } });
        var (status, body, _) = await Bench.SendAsync(service, "GET", "/health");
        Assert.Equal(200, status);
        Assert.Equal($$"""{"build_info":{"version":"1.2"},"started_at":"2026-11-21T00:00:00.0000000Z","service_name":"uptime-tracker","dmsg_address":"x:80","dmsg_servers":["{{A.PublicKey}}"]}""" + "\n", body);
    }
}
