using System.Text.Json;
using Skywire.Crypto;
using Skywire.Testing;
using Xunit;

namespace Skywire.Discovery.Tests;

/// <summary>Our clients send what the reference's clients sent, and read what they read (tpd-http.json).</summary>
public sealed class ClientRecordingTests : TestBase
{
    private static readonly JsonElement Root = Vectors.Load("tpd-http.json");
    private static readonly PubKey A = Public("A");
    private static readonly PubKey B = Public("B");
    private static readonly PubKey D = Public("D");
    private readonly SecKey _key = Secret("A");

    [Fact]
    public async Task TransportDiscovery_Recording_IsRepeated()
    {
        var exchange = Play("tpd: ");
        var client = new TransportDiscoveryClient(exchange, "service/", _key, ServiceClientOptions.Default, TimeProvider.System);
        var entry = TransportEntry.Create(A, B, TransportTypes.Stcpr, TransportLabels.User);
        var recorded = TransportEntryJson.ParseSignedList(System.Text.Encoding.UTF8.GetBytes(Root.GetProperty("exchanges")[1].Text("body_utf8")), 10000)!;
        await client.RegisterAsync(recorded, Deadline);
        Assert.Equal(entry, await client.GetByIdAsync(entry.Id, Deadline));
        Assert.Equal([entry], await client.GetByEdgeAsync(B, Deadline));
        await client.DeleteAsync(entry.Id, Deadline);
        await client.DeleteAsync(entry.Id, Deadline);
        Assert.Equal(0, exchange.Left);
    }

    [Fact]
    public async Task TransportDiscovery_StaleNonce_IsFetchedAndTheCallRepeatedOnce()
    {
        var exchange = Play("nonce mismatch");
        var first = Root.GetProperty("exchanges").EnumerateArray().First(e => e.Text("op").StartsWith("nonce mismatch", StringComparison.Ordinal));
        var stale = ulong.Parse(first.GetProperty("headers").Text("Sw-Nonce"), System.Globalization.CultureInfo.InvariantCulture);
        var nonces = 0;
        var fresh = new FuncExchange((call, token) => call.Target.Contains("/security/nonces/", StringComparison.Ordinal) && nonces++ == 0
            ? Task.FromResult(FuncExchange.Reply(200, $$"""{"edge":"{{A}}","next_nonce":{{stale}}}"""))
            : exchange.SendAsync(call, token));
        var client = new TransportDiscoveryClient(fresh, "http://service", _key, ServiceClientOptions.Default, TimeProvider.System);
        Assert.Single(await client.GetByEdgeAsync(B, Deadline));
        Assert.Equal(0, exchange.Left);
    }

    [Fact]
    public async Task TransportDiscovery_V3Recording_IsRepeated()
    {
        var recorded = Root.GetProperty("v3_register_2026");
        HttpCall? seen = null;
        var exchange = new FuncExchange((call, _) =>
        {
            if (call.Method == "GET")
            {
                return Task.FromResult(FuncExchange.Reply(200, $$"""{"edge":"{{A}}","next_nonce":7}"""));
            }

            seen = call;
            return Task.FromResult(FuncExchange.Reply(200, "[]"));
        });
        var client = new TransportDiscoveryClient(exchange, "service", _key, ServiceClientOptions.Default with { VisorVersion = "v1.3.40" }, TimeProvider.System);
        await client.ReregisterAsync([TransportEntry.Create(B, A, TransportTypes.Stcpr, TransportLabels.User), TransportEntry.Create(A, A, TransportTypes.Dmsg, TransportLabels.User)], Deadline);
        Assert.Equal(recorded.Text("body_utf8"), System.Text.Encoding.UTF8.GetString(seen!.Body.Span));
        Assert.EndsWith(recorded.Text("path"), seen.Target, StringComparison.Ordinal);
        foreach (var header in recorded.GetProperty("headers").EnumerateObject().Where(h => h.Name != "SW-Sig"))
        {
            Assert.Equal(header.Value.GetString(), seen.Header(header.Name));
        }
    }

    [Fact]
    public async Task TransportDiscovery_No_V3_FallsBackToSignedEntriesWithoutSignatures()
    {
        var exchange = new FuncExchange((call, _) => Task.FromResult(call.Method == "GET"
            ? FuncExchange.Reply(200, $$"""{"edge":"{{A}}","next_nonce":0}""")
            : call.Target.Contains("/v3/", StringComparison.Ordinal) ? FuncExchange.Reply(404, "404 page not found\n") : FuncExchange.Reply(201, "[]")));
        var client = new TransportDiscoveryClient(exchange, "service", _key, ServiceClientOptions.Default, TimeProvider.System);
        await client.ReregisterAsync([TransportEntry.Create(A, B, TransportTypes.Stcpr, TransportLabels.User)], Deadline);
        await client.ReregisterAsync([], Deadline);
        Assert.Equal(["POST http://service/v3/transports/ 0", "POST http://service/transports/ 0", "POST http://service/v3/transports/ 0"], exchange.Seen.Skip(1));
    }

    [Fact]
    public async Task UptimeTracker_Recording_IsRepeated()
    {
        var exchange = Play("uptime tracker");
        await new UptimeTrackerClient(exchange, "service", _key, ServiceClientOptions.Default, TimeProvider.System).UpdateAsync("v1.3.19", Deadline);
        Assert.Equal(0, exchange.Left);
    }

    [Fact]
    public async Task ServiceDiscovery_Recording_IsRepeated()
    {
        var exchange = new ScriptedExchange(Root.GetProperty("exchanges").EnumerateArray().Where(e => e.Text("op").StartsWith("service discovery", StringComparison.Ordinal) && !e.Text("op").EndsWith("list", StringComparison.Ordinal)));
        var client = new ServiceDiscoveryClient(exchange, "service", _key, ServiceClientOptions.Default, TimeProvider.System);
        var record = new ServiceRecord(A, 44, "vpn", "unknown");
        await client.RegisterAsync(record, Deadline);
        await client.DeleteAsync(record, Deadline);
        Assert.Equal(0, exchange.Left);

        var list = Root.GetProperty("exchanges").EnumerateArray().Single(e => e.Text("op") == "service discovery: list");
        var lister = new ServiceDiscoveryClient(new FuncExchange((_, _) => Task.FromResult(FuncExchange.Reply(200, list.Text("response_body_utf8").Replace("[", "[{\"address\":\"odd\"},", StringComparison.Ordinal)))), "service", _key, ServiceClientOptions.Default, TimeProvider.System);
        Assert.Equal([record with { Version = "v1.3.19" }], await lister.ListAsync("vpn", Deadline));
        Assert.Equal(1, lister.Causes[Wire.ProtocolError.BadServiceAnswer]);
    }

    [Fact]
    public async Task RouteFinder_Recording_IsRepeated()
    {
        var exchange = Play("route finder");
        var client = new RouteFinderClient(exchange, "service", ServiceClientOptions.Default, TimeProvider.System);
        var found = await client.FindRoutesAsync(A, D, 1, 50, Deadline);
        Assert.Equal(3, Assert.Single(found!.Forward).Count);
        Assert.Equal(found.Forward[0].Reverse().Select(h => h.TransportId), Assert.Single(found.Reverse).Select(h => h.TransportId));
        Assert.Equal(A, found.Forward[0][0].From);
        Assert.Null(await client.FindRoutesAsync(A, D, 0, 0, Deadline));
        Assert.Equal(0, exchange.Left);
    }

    [Fact]
    public async Task AddressResolver_Recording_IsRepeated()
    {
        var exchange = Play("address resolver");
        var client = new AddressResolverClient(exchange, "service", _key, ServiceClientOptions.Default, TimeProvider.System);
        await client.BindStcprAsync(45123, ["198.51.100.7"], Deadline);
        var stcpr = await client.ResolveAsync("stcpr", B, Deadline);
        Assert.Equal(("198.51.100.7", "45123", false), (stcpr!.RemoteAddress, stcpr.Port, stcpr.IsLocal));
        var sudph = await client.ResolveAsync("sudph", B, Deadline);
        Assert.Equal(("203.0.113.5:30001", "45124", true), (sudph!.RemoteAddress, sudph.Port, sudph.IsLocal));
        Assert.Equal(["192.0.2.10"], sudph.Addresses);
        await client.UnbindStcprAsync(Deadline);
        Assert.Equal(0, exchange.Left);
    }

    private static ScriptedExchange Play(string op) => new(Root.GetProperty("exchanges").EnumerateArray().Where(e => e.Text("op").StartsWith(op, StringComparison.Ordinal)));

    private static PubKey Public(string name) => PubKey.Parse(Root.GetProperty("keys").GetProperty(name).Text("pk"));

    private static SecKey Secret(string name)
    {
        Assert.True(SecKey.TryParse(Root.GetProperty("keys").GetProperty(name).Hex("sk"), out var key));
        return key!;
    }
}
