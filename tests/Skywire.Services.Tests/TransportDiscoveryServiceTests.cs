using System.Text;
using Skywire.Crypto;
using Skywire.Discovery;
using Skywire.Services.TransportDiscovery;
using Skywire.Services.UptimeTracker;
using Skywire.Testing;
using Xunit;

namespace Skywire.Services.Tests;

public sealed class TransportDiscoveryServiceTests : TestBase
{
    private static readonly SecKey A = Bench.Key(101);
    private static readonly SecKey B = Bench.Key(102);
    private static readonly SecKey C = Bench.Key(103);
    private readonly Bench _bench = new();
    private readonly TransportDiscoveryService _service;

    public TransportDiscoveryServiceTests()
    {
        _service = new TransportDiscoveryService(new TransportDiscoveryOptions(), _bench.Context);
    }

    [Fact]
    public async Task Client_RegistersReadsAndDeletes()
    {
        var clientA = Client(A);
        var clientB = Client(B);
        var signed = Signed(A, B, TransportTypes.Stcpr);
        await clientB.RegisterAsync([signed], Deadline);
        await clientB.RegisterAsync([signed], Deadline);
        Assert.Equal(signed.Entry, await clientA.GetByIdAsync(signed.Entry.Id, Deadline));
        Assert.Equal([signed.Entry], await clientA.GetByEdgeAsync(A.PublicKey, Deadline));
        Assert.Equal([signed.Entry], await clientA.GetAllAsync(Deadline));
        Assert.Empty(await clientA.GetByEdgeAsync(C.PublicKey, Deadline));
        await clientA.DeleteAsync(signed.Entry.Id, Deadline);
        await clientB.DeleteAsync(signed.Entry.Id, Deadline);
        Assert.Null(await clientA.GetByIdAsync(signed.Entry.Id, Deadline));
        Assert.Empty(await clientA.GetByEdgeAsync(B.PublicKey, Deadline));
        var stranger = Client(C);
        await clientB.RegisterAsync([signed], Deadline);
        Assert.Equal(400, (await Assert.ThrowsAsync<ServiceException>(() => stranger.DeleteAsync(signed.Entry.Id, Deadline))).Status);
    }

    [Fact]
    public async Task Register_Flaws_AreRefusedWithTheReason()
    {
        var good = Signed(A, B, TransportTypes.Stcpr);
        var cases = new (SignedTransportEntry Entry, SecKey Caller, string Reason)[]
        {
            (good, C, "the caller is not an edge"),
            (good with { Entry = good.Entry with { Id = new TransportId(7) } }, A, "ID or order of edges is wrong"),
            (good with { Entry = good.Entry with { Edge0 = good.Entry.Edge1, Edge1 = good.Entry.Edge0 } }, A, "ID or order of edges is wrong"),
            (good with { Signature0 = default }, A, "a signature is missing or wrong"),
            (good with { Signature1 = good.Signature0 }, A, "a signature is missing or wrong"),
        };
        foreach (var (entry, caller, reason) in cases)
        {
            var failure = await Assert.ThrowsAsync<ServiceException>(() => Client(caller).RegisterAsync([entry], Deadline));
            Assert.Equal(400, failure.Status);
            Assert.Contains(reason, failure.Reason, StringComparison.Ordinal);
        }

        Assert.Empty(await Client(A).GetAllAsync(Deadline));
    }

    [Fact]
    public async Task Register_Reply_EchoesWith201AndLeavesTheNonce()
    {
        var body = Encoding.UTF8.GetString(((IReadOnlyList<SignedTransportEntry>)[Signed(A, B, TransportTypes.Dmsg)]).ToJson()) + "\n";
        var (status, reply, type) = await _bench.SignedAsync(_service, A, "POST", "/transports/", body);
        Assert.Equal((201, body, "text/plain; charset=utf-8"), (status, reply, type));
        Assert.Contains("\"next_nonce\":0", (await Bench.SendAsync(_service, "GET", $"/security/nonces/{A.PublicKey}")).Body, StringComparison.Ordinal);
        Assert.Equal((404, "404 page not found\n"), (await _bench.SignedAsync(_service, A, "POST", "/transports", body)) is var r ? (r.Status, r.Body) : default);
        Assert.Equal(400, (await _bench.SignedAsync(_service, A, "POST", "/transports/", "{}")).Status);
        Assert.Equal((200, "null\n"), (await _bench.SignedAsync(_service, A, "GET", $"/transports/edge:{C.PublicKey}")) is var n ? (n.Status, n.Body) : default);
        Assert.Equal((400, "{\"error\":\"transport ID is invalid\"}\n"), (await _bench.SignedAsync(_service, A, "GET", "/transports/id:zz")) is var i ? (i.Status, i.Body) : default);
        Assert.Equal((400, "{\"error\":\"public key is invalid\"}\n"), (await _bench.SignedAsync(_service, A, "GET", "/transports/edge:zz")) is var e ? (e.Status, e.Body) : default);
        Assert.Equal(410, (await Bench.SendAsync(_service, "POST", "/statuses", "[]")).Status);
    }

    [Fact]
    public async Task Reregister_KeepsAliveExpiresAndClearsStaleOnes()
    {
        var client = Client(A);
        TransportEntry ab = Entry(A, B), ac = Entry(A, C), bc = Entry(B, C);
        await client.ReregisterAsync([ab, ac, bc], Deadline);
        Assert.Equal([ab, ac], (await client.GetAllAsync(Deadline)).OrderBy(e => e == ac));
        for (var i = 0; i < 5; i++)
        {
            _bench.Time.Advance(TimeSpan.FromSeconds(90));
            await client.ReregisterAsync([ab], Deadline);
            Assert.Equal([ab], await client.GetAllAsync(Deadline));
        }

        _bench.Time.Advance(TimeSpan.FromMinutes(6));
        Assert.Empty(await client.GetAllAsync(Deadline));
        Assert.Empty(await client.GetByEdgeAsync(A.PublicKey, Deadline));
    }

    [Fact]
    public async Task Reregister_ListWrittenBeforeSettlement_DoesNotDropTheNewTransport()
    {
        await Client(B).RegisterAsync([Signed(A, B, TransportTypes.Stcpr)], Deadline);
        _bench.Time.Advance(TimeSpan.FromSeconds(1));
        await Client(A).ReregisterAsync([], Deadline);
        Assert.Single(await Client(A).GetAllAsync(Deadline));
        _bench.Time.Advance(TimeSpan.FromSeconds(90));
        await Client(A).ReregisterAsync([], Deadline);
        Assert.Empty(await Client(A).GetAllAsync(Deadline));
    }

    [Fact]
    public async Task Registered_TheOldWay_StaysUntilDeleted()
    {
        await Client(A).RegisterAsync([Signed(A, B, TransportTypes.Stcpr)], Deadline);
        _bench.Time.Advance(TimeSpan.FromDays(30));
        Assert.Single(await Client(A).GetAllAsync(Deadline));
    }

    [Fact]
    public async Task Reregister_CountsAsUptime()
    {
        await Client(A).ReregisterAsync([], Deadline);
        var row = _bench.Store.Read(r => UptimeLedger.Get(r, A.PublicKey.ToString()));
        Assert.Equal(("v9", _bench.Time.GetUtcNow().ToUnixTimeSeconds()), (row!.Value.Version, row.Value.Last.ToUnixTimeSeconds()));
    }

    [Fact]
    public async Task DeleteBatch_DeletesOwnOnesOnly()
    {
        TransportEntry ab = Entry(A, B), bc = Entry(B, C);
        await Client(B).ReregisterAsync([ab, bc], Deadline);
        var (status, body, _) = await _bench.SignedAsync(_service, A, "POST", "/transports/delete-batch", $"[\"{ab.Id}\",\"{bc.Id}\",\"{new TransportId(9)}\"]");
        Assert.Equal((200, $"[\"{ab.Id}\"]\n"), (status, body));
        Assert.Equal([bc], await Client(B).GetAllAsync(Deadline));
        Assert.Equal(400, (await _bench.SignedAsync(_service, A, "POST", "/transports/delete-batch", "[1]")).Status);
    }

    [Fact]
    public async Task Deregister_ListedMonitorOnly()
    {
        var monitor = Bench.Key(200);
        var service = new TransportDiscoveryService(new TransportDiscoveryOptions(), _bench.Context with { Monitors = [monitor.PublicKey] });
        var ab = Entry(A, B);
        await Client(A).ReregisterAsync([ab], Deadline);
        var sign = monitor.SignPayload(Encoding.ASCII.GetBytes(monitor.PublicKey.ToString())).ToString();
        Assert.Equal(403, (await Bench.SendAsync(_service, "DELETE", "/transports/deregister", $"[\"{ab.Id}\"]", null, ("NM-PK", monitor.PublicKey.ToString()), ("NM-Sign", sign))).Status);
        Assert.Equal(403, (await Bench.SendAsync(service, "DELETE", "/transports/deregister", $"[\"{ab.Id}\"]", null, ("NM-PK", monitor.PublicKey.ToString()), ("NM-Sign", A.SignPayload([1]).ToString()))).Status);
        Assert.Equal((200, "null\n"), (await Bench.SendAsync(service, "DELETE", "/transports/deregister", $"[\"{ab.Id}\"]", null, ("NM-PK", monitor.PublicKey.ToString()), ("NM-Sign", sign))) is var r ? (r.Status, r.Body) : default);
        Assert.Empty(await Client(A).GetAllAsync(Deadline));
    }

    [Fact]
    public async Task MonitorVector_IsAccepted()
    {
        var headers = Vectors.Load("tpd-http.json").GetProperty("network_monitor_headers");
        var service = new TransportDiscoveryService(new TransportDiscoveryOptions(), _bench.Context with { Monitors = [PubKey.Parse(headers.Text("NM-PK"))] });
        Assert.Equal(200, (await Bench.SendAsync(service, "DELETE", "/transports/deregister", headers.GetProperty("body_example").GetRawText(), null, ("NM-PK", headers.Text("NM-PK")), ("NM-Sign", headers.Text("NM-Sign")))).Status);
    }

    private static TransportEntry Entry(SecKey a, SecKey b) => TransportEntry.Create(a.PublicKey, b.PublicKey, TransportTypes.Stcpr, TransportLabels.User);

    private static SignedTransportEntry Signed(SecKey a, SecKey b, string type) =>
        new SignedTransportEntry(TransportEntry.Create(a.PublicKey, b.PublicKey, type, TransportLabels.User), default, default).Sign(a).Sign(b);

    private TransportDiscoveryClient Client(SecKey key) =>
        new(new MemoryExchange(new() { ["tpd"] = _service }, Bench.From("203.0.113.5")), "http://tpd", key, ServiceClientOptions.Default with { VisorVersion = "v9" }, _bench.Time);
}
