using System.Text.Json;
using Skywire.Discovery;
using Skywire.Testing;
using Skywire.Visor.Api.Model;
using Skywire.Visor.Composition;
using Skywire.Visor.Config;
using Skywire.Wire;

namespace Skywire.Visor.Tests.Composition;

public sealed class VisorMeshTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(30);

    [Fact]
    public void Mesh_ThreeVisorsInARow_JoinAndPingOverTheMiddleOne() => SimulationRun.Execute(1, async sim =>
    {
        await using var mesh = new Mesh(sim);
        await mesh.Services.StartAsync();
        var (a, b, c) = await StartRowAsync(mesh);
        Assert.Equal("joined", a.Status().State);
        Assert.Empty(a.Status().Warnings);
        Assert.True(a.Health().Healthy);
        await mesh.UntilAsync(() => RoutesAsync(a, c).IsCompletedSuccessfully, Soon);
        var far = await a.PingAsync(KeyOf(c), 3, CancellationToken.None);
        Assert.Equal((3, 3), (far.Sent, far.Received));
        var dial = await a.DialAsync(KeyOf(c), PingService.Port, null, CancellationToken.None);
        Assert.True(dial.SetupMs >= 0);
        await mesh.UntilAsync(() => b.Rules().Count == 0 || b.Rules().All(r => r.Type == "intermediary"), Soon);
        Assert.DoesNotContain(a.Transports(), t => t.RemoteKey == c.Status().PublicKey);
        Assert.All(a.Status().Services.Where(s => s.Name is "route_finder" or "dmsg_discovery" or "address_resolver"), s => Assert.Equal("ok", s.State));
        var refused = await Assert.ThrowsAsync<ProtocolException>(() => a.DialAsync(KeyOf(c), 99, null, CancellationToken.None));
        Assert.Equal(ProtocolError.NoListener, refused.Error);
    });

    [Fact]
    public void Mesh_SameSeed_RunsTheSame()
    {
        static string Run() => SimulationRun.ExecuteTraced(7, async sim =>
        {
            await using var mesh = new Mesh(sim);
            await mesh.Services.StartAsync();
            var (a, b, c) = await StartRowAsync(mesh);
            foreach (var visor in new[] { a, b, c })
            {
                sim.Trace(JsonSerializer.Serialize(visor.Status(), ApiJson.Default.StatusView));
                sim.Trace(JsonSerializer.Serialize(visor.Transports(), ApiJson.Default.IReadOnlyListTransportView));
            }
        }).TraceDigest;
        Assert.Equal(Run(), Run());
    }

    [Fact]
    public void Start_ServicesDown_WorksWithoutThemSaysWhyAndRecovers() => SimulationRun.Execute(2, async sim =>
    {
        await using var mesh = new Mesh(sim) { ServicesUnreachable = true };
        await mesh.Services.StartAsync();
        using var key = mesh.Key("a");
        var a = mesh.Visor("10.0.0.11", key, mesh.Config("a", null));
        await a.StartAsync(CancellationToken.None);
        await Task.Delay(TimeSpan.FromSeconds(20), sim.Time);
        Assert.Equal("no_link", a.Status().State);
        Assert.False(a.Status().Dmsg.Ready);
        Assert.Contains("Connection refused", a.Status().Dmsg.Reason, StringComparison.Ordinal);
        Assert.Contains(a.Status().Warnings, w => w.StartsWith("dmsg_discovery: Connection refused", StringComparison.Ordinal));
        Assert.False(a.Health().Healthy);
        Assert.Equal(2, (await a.PingAsync(key.PublicKey, 2, CancellationToken.None)).Received);
        mesh.ServicesUnreachable = false;
        await mesh.UntilAsync(() => a.Status().Dmsg.Ready, TimeSpan.FromMinutes(1));
        await mesh.UntilAsync(() => a.Status().State == "linked", Soon);
        await mesh.UntilAsync(() => a.Status().Warnings.Count == 0, TimeSpan.FromMinutes(3));
    });

    [Fact]
    public void Stop_RunningVisor_TellsPeersAndServices() => SimulationRun.Execute(3, async sim =>
    {
        await using var mesh = new Mesh(sim);
        await mesh.Services.StartAsync();
        var (a, b, _) = await StartRowAsync(mesh);
        await mesh.UntilAsync(() => RegisteredAsync(mesh, a).Result, Soon);
        var since = sim.Time.Elapsed;
        await a.DisposeAsync();
        Assert.InRange(sim.Time.Elapsed - since, TimeSpan.Zero, TimeSpan.FromSeconds(5));
        await mesh.UntilAsync(() => b.Transports().Count(t => t.Up) == 1, TimeSpan.FromSeconds(5));
        Assert.False(await RegisteredAsync(mesh, a));
        Assert.Null(await EntryAsync(mesh, a));
    });

    [Fact]
    public void Stop_ServicesHang_IsBounded() => SimulationRun.Execute(4, async sim =>
    {
        await using var mesh = new Mesh(sim);
        await mesh.Services.StartAsync();
        var (a, _, _) = await StartRowAsync(mesh);
        mesh.ServicesUnreachable = true;
        var since = sim.Time.Elapsed;
        await a.DisposeAsync();
        Assert.InRange(sim.Time.Elapsed - since, TimeSpan.Zero, TimeSpan.FromSeconds(13));
    });

    [Fact]
    public void Mesh_StcpOnly_NeedsNoServices() => SimulationRun.Execute(5, async sim =>
    {
        await using var mesh = new Mesh(sim);
        using var keyA = mesh.Key("a");
        using var keyB = mesh.Key("b");
        var a = mesh.Visor("10.0.0.11", keyA, Stcp(keyB.PublicKey, "10.0.0.12:7777", persistent: true));
        var b = mesh.Visor("10.0.0.12", keyB, Stcp(keyA.PublicKey, "10.0.0.11:7777", persistent: false));
        await a.StartAsync(CancellationToken.None);
        await b.StartAsync(CancellationToken.None);
        await mesh.UntilAsync(() => a.Status().State == "joined" && b.Status().State == "joined", Soon);
        Assert.Equal("not configured", a.Status().Dmsg.Reason);
        Assert.All(a.Status().Services, s => Assert.Equal("unused", s.State));
        Assert.Equal("stcp", Assert.Single(b.Transports()).Type);
        Assert.True(await b.RemoveTransportAsync(TransportId.Of(keyA.PublicKey, keyB.PublicKey, "stcp"), CancellationToken.None));

        static VisorConfig Stcp(Crypto.PubKey peer, string address, bool persistent) => new()
        {
            Transport = new TransportConfig
            {
                Stcp = new StcpConfig { Listen = "0.0.0.0:7777", Table = new Dictionary<string, string> { [peer.ToString()] = address } },
                Persistent = persistent ? [new PersistentTransportConfig { Key = peer, Type = "stcp" }] : [],
            },
        };
    });

    [Fact]
    public void Uptime_AfterFiveMinutes_IsCountedEveryFive() => SimulationRun.Execute(6, async sim =>
    {
        await using var mesh = new Mesh(sim);
        await mesh.Services.StartAsync();
        using var key = mesh.Key("a");
        var a = mesh.Visor("10.0.0.11", key, mesh.Config("a", null));
        await a.StartAsync(CancellationToken.None);
        await Task.Delay(TimeSpan.FromMinutes(4), sim.Time);
        Assert.Equal("waiting", a.Status().Services.Single(s => s.Name == "uptime_tracker").State);
        await Task.Delay(TimeSpan.FromMinutes(13), sim.Time);
        var service = a.Status().Services.Single(s => s.Name == "uptime_tracker");
        Assert.Equal("ok", service.State);
        Assert.InRange(service.Answers, 3, 6);
    });

    [Fact]
    public void Listing_OpenProxy_IsListedAndWithdrawn() => SimulationRun.Execute(8, async sim =>
    {
        await using var mesh = new Mesh(sim);
        await mesh.Services.StartAsync();
        using var key = mesh.Key("a");
        using var privateKey = mesh.Key("b");
        var open = mesh.Config("a", null);
        open.Apps = [new AppConfig { Name = "proxy", Kind = AppKinds.Skysocks, AutoStart = true }];
        var secret = mesh.Config("b", null);
        secret.Apps = [new AppConfig { Name = "proxy", Kind = AppKinds.Skysocks, AutoStart = true, Settings = new Dictionary<string, string> { ["passcode"] = "x" } }];
        var a = mesh.Visor("10.0.0.11", key, open);
        var b = mesh.Visor("10.0.0.12", privateKey, secret);
        await a.StartAsync(CancellationToken.None);
        await b.StartAsync(CancellationToken.None);
        await Task.Delay(TimeSpan.FromSeconds(10), sim.Time);
        Assert.Equal([key.PublicKey], (await a.Parts.ServiceDiscovery!.ListAsync("skysocks", CancellationToken.None)).Select(r => r.Key));
        Assert.Equal("stopped", (await a.StopAppAsync("proxy", CancellationToken.None))!.Status);
        await Task.Delay(TimeSpan.FromSeconds(100), sim.Time);
        Assert.Empty(await a.Parts.ServiceDiscovery!.ListAsync("skysocks", CancellationToken.None));
    });

    private static async Task<(VisorHost A, VisorHost B, VisorHost C)> StartRowAsync(Mesh mesh)
    {
        var (keyA, keyB, keyC) = (mesh.Key("a"), mesh.Key("b"), mesh.Key("c"));
        var a = mesh.Visor("10.0.0.11", keyA, mesh.Config("a", keyB));
        var b = mesh.Visor("10.0.0.12", keyB, mesh.Config("b", keyC));
        var c = mesh.Visor("10.0.0.13", keyC, mesh.Config("c", null));
        foreach (var visor in new[] { a, b, c })
        {
            await visor.StartAsync(CancellationToken.None);
        }

        await mesh.UntilAsync(() => new[] { a, b, c }.All(v => v.Status().State == "joined") && b.Transports().Count(t => t.Up) == 2, Soon);
        return (a, b, c);
    }

    private static Crypto.PubKey KeyOf(VisorHost visor) => Crypto.PubKey.Parse(visor.Status().PublicKey);

    private static Task<PathsView> RoutesAsync(VisorHost from, VisorHost to) => from.FindRoutesAsync(KeyOf(to), 1, 50, CancellationToken.None);

    private static async Task<bool> RegisteredAsync(Mesh mesh, VisorHost visor)
        => (await AskAsync(mesh, Services.ServiceKind.TransportDiscovery, "/all-transports")).Contains(visor.Status().PublicKey, StringComparison.Ordinal);

    private static async Task<string?> EntryAsync(Mesh mesh, VisorHost visor)
    {
        var reply = await mesh.Services.ByKind[Services.ServiceKind.DmsgDiscovery].HandleAsync(new HttpCall("GET", "/dmsg-discovery/entry/" + visor.Status().PublicKey, [], default), default, CancellationToken.None);
        return reply.Status == 404 ? null : System.Text.Encoding.UTF8.GetString(reply.Body.Span);
    }

    private static async Task<string> AskAsync(Mesh mesh, Services.ServiceKind kind, string path)
        => System.Text.Encoding.UTF8.GetString((await mesh.Services.ByKind[kind].HandleAsync(new HttpCall("GET", path, [], default), default, CancellationToken.None)).Body.Span);
}
