using Skywire.Crypto;
using Skywire.Discovery;
using Skywire.Dmsg;
using Skywire.Routing.Setup;
using Skywire.Routing.Tests.Kit;
using Skywire.Testing;
using Skywire.Transport;
using Skywire.Wire;

namespace Skywire.Routing.Tests;

public sealed class RouteDialerTests
{
    private const ushort Port = 44;

    [Fact]
    public void Dial_ShortestPathIsSilent_NextOneTakesOverAfterTheStagger() => SimulationRun.Execute(1, async sim =>
    {
        await using var mesh = new TestMesh(sim);
        var (a, b, c, d) = await DiamondAsync(mesh);
        ((TestTransport)b.Transports.FindByRemote(d.Key)!).Drop = _ => true;
        d.Router.Listen(Port);
        var start = sim.Time.GetTimestamp();
        var client = await a.Router.DialAsync(d.Key, Port, RouteDialOptions.Default, CancellationToken.None);
        Assert.Equal(TimeSpan.FromSeconds(1), sim.Time.GetElapsedTime(start));
        await client.WriteAsync(new byte[10], CancellationToken.None);
        Assert.Equal(2, c.Router.Table.Count);

        // The silent one is told, and both are counted: nothing of it stays.
        await Task.Delay(TimeSpan.FromMinutes(4), sim.Time);
        Assert.Equal(0, b.Router.Table.Count);
        Assert.Equal(2, a.Router.Table.Count);
    });

    [Fact]
    public void Dial_PathWasDeadBefore_IsTriedLast() => SimulationRun.Execute(2, async sim =>
    {
        await using var mesh = new TestMesh(sim);
        var (a, b, c, d) = await DiamondAsync(mesh);
        ((TestTransport)b.Transports.FindByRemote(d.Key)!).Drop = _ => true;
        d.Router.Listen(Port);
        mesh.Finder = (source, destination) => Task.FromResult<FoundRoutes?>(Found(Path(a, b, d)));
        await Assert.ThrowsAsync<ProtocolException>(() => a.Router.DialAsync(d.Key, Port, RouteDialOptions.Default, CancellationToken.None));
        mesh.Finder = (source, destination) => Task.FromResult<FoundRoutes?>(Found(Path(a, b, d), Path(a, c, d)));
        var start = sim.Time.GetTimestamp();
        await a.Router.DialAsync(d.Key, Port, RouteDialOptions.Default, CancellationToken.None);
        Assert.Equal(TimeSpan.Zero, sim.Time.GetElapsedTime(start));
    });

    [Fact]
    public void Dial_EverythingFails_TextListsWhatWasTriedAndWhy() => SimulationRun.Execute(3, async sim =>
    {
        await using var mesh = new TestMesh(sim);
        var (a, b, c, d) = await DiamondAsync(mesh);
        mesh.Dmsg.OnDial = (_, to, _, _) => to == c.Key ? throw new ProtocolException(ProtocolError.EntryNotFound, "not in the discovery") : Task.CompletedTask;
        ((TestTransport)b.Transports.FindByRemote(d.Key)!).Drop = _ => true;
        var error = await Assert.ThrowsAsync<ProtocolException>(() => a.Router.DialAsync(d.Key, Port, RouteDialOptions.Default, CancellationToken.None));
        Assert.Contains($"via {b.Key.ToShortString()}, set up by a setup node: no handshake came", error.Message, StringComparison.Ordinal);
        Assert.Contains($"via {c.Key.ToShortString()}, set up by a setup node", error.Message, StringComparison.Ordinal);
        Assert.Contains("not in the discovery", error.Message, StringComparison.Ordinal);
        mesh.Dmsg.OnDial = null;
    });

    [Fact]
    public void Dial_FinderKnowsNoPathOrFails_SaysSo() => SimulationRun.Execute(4, async sim =>
    {
        await using var mesh = new TestMesh(sim);
        var (a, _, _, d) = await DiamondAsync(mesh);
        mesh.Finder = (_, _) => Task.FromResult<FoundRoutes?>(null);
        var none = await Assert.ThrowsAsync<ProtocolException>(() => a.Router.DialAsync(d.Key, Port, RouteDialOptions.Default, CancellationToken.None));
        Assert.Equal(ProtocolError.NoRoute, none.Error);
        Assert.Contains("knows no path", none.Message, StringComparison.Ordinal);
        var calls = 0;
        mesh.Finder = (_, _) =>
        {
            calls++;
            throw new ServiceException("route finder", 500, "broken");
        };
        var start = sim.Time.GetTimestamp();
        var failed = await Assert.ThrowsAsync<ProtocolException>(() => a.Router.DialAsync(d.Key, Port, RouteDialOptions.Default, CancellationToken.None));
        Assert.Contains("route finder: broken", failed.Message, StringComparison.Ordinal);
        Assert.Equal(TimeSpan.FromSeconds(2), sim.Time.GetElapsedTime(start));
        Assert.Equal(5, calls);
    });

    [Fact]
    public void Dial_FinderGivesNonsense_IsNotSetUp() => SimulationRun.Execute(5, async sim =>
    {
        await using var mesh = new TestMesh(sim);
        var (a, b, c, d) = await DiamondAsync(mesh);
        RouteHop[] elsewhere = [new(new TransportId(99), a.Key, d.Key)];
        foreach (var bad in new[] { Found(Path(b, d)), Found(Path(a, b, d)[..1]), Found([Path(a, b, d)[0], Path(a, c, d)[1]]), Found(elsewhere), new FoundRoutes([[]], [[]]) })
        {
            mesh.Finder = (_, _) => Task.FromResult<FoundRoutes?>(bad);
            await Assert.ThrowsAsync<ProtocolException>(() => a.Router.DialAsync(d.Key, Port, RouteDialOptions.Default, CancellationToken.None));
        }

        Assert.DoesNotContain(mesh.Dmsg.Dials, dial => dial.Port == DmsgPorts.SetupNode);
        Assert.Equal(0, a.Router.Table.ReservedCount);
    });

    [Fact]
    public void Dial_FinderHangs_EndsAtItsLimitWithTheReasons() => SimulationRun.Execute(6, async sim =>
    {
        await using var mesh = new TestMesh(sim);
        var (a, _, _, d) = await DiamondAsync(mesh);
        mesh.Finder = async (_, _) =>
        {
            await Task.Delay(TimeSpan.FromSeconds(60), sim.Time);
            return null;
        };
        var error = await Assert.ThrowsAsync<ProtocolException>(() => a.Router.DialAsync(d.Key, Port, RouteDialOptions.Default with { Limit = TimeSpan.FromSeconds(3) }, CancellationToken.None));
        Assert.Equal(ProtocolError.TimedOut, error.Error);
        Assert.Contains("asking the route finder: no answer yet", error.Message, StringComparison.Ordinal);
        Assert.Equal(TimeSpan.FromSeconds(3), sim.Time.Elapsed);
    });

    [Fact]
    public void Dial_NoTransportAtAll_FailsWithoutAskingAnyone() => SimulationRun.Execute(7, async sim =>
    {
        await using var mesh = new TestMesh(sim);
        var (a, b) = (await mesh.AddAsync("a"), await mesh.AddAsync("b"));
        var error = await Assert.ThrowsAsync<ProtocolException>(() => a.Router.DialAsync(b.Key, Port, RouteDialOptions.Default, CancellationToken.None));
        Assert.Contains("no transport found", error.Message, StringComparison.Ordinal);
        Assert.Empty(mesh.Dmsg.Dials);
    });

    [Fact]
    public void Dial_DirectAttemptBeside_DoesNotDelayAFoundRouteAndHelpsWhenThereIsNone() => SimulationRun.Execute(8, async sim =>
    {
        await using var mesh = new TestMesh(sim);
        var attempt = new Attempt(sim);
        var a = await mesh.AddAsync("a", null, attempt);
        var (b, d) = (await mesh.AddAsync("b"), await mesh.AddAsync("d"));
        mesh.Link(a, b);
        mesh.Link(b, d);
        await RouteGroupTests.ConnectAsync(a, d);
        Assert.Equal(TimeSpan.Zero, sim.Time.Elapsed);
        Assert.Equal(1, attempt.Started);
        mesh.Finder = (_, _) => Task.FromResult<FoundRoutes?>(null);
        attempt.Success = () => mesh.Link(a, d);
        await RouteGroupTests.ConnectAsync(a, d);
        Assert.Equal(TimeSpan.FromSeconds(2), sim.Time.Elapsed);
    });

    [Fact]
    public void Dial_FixedLocalPort_TriesCandidatesInTurn() => SimulationRun.Execute(9, async sim =>
    {
        await using var mesh = new TestMesh(sim);
        var (a, b, _, d) = await DiamondAsync(mesh);
        ((TestTransport)b.Transports.FindByRemote(d.Key)!).Drop = _ => true;
        d.Router.Listen(Port);
        var client = await a.Router.DialAsync(d.Key, Port, RouteDialOptions.Default with { LocalPort = 777 }, CancellationToken.None);
        Assert.Equal(777, client.Descriptor.DestinationPort);
        Assert.InRange(sim.Time.Elapsed, TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(13));
    });

    [Fact]
    public void Dial_Cancelled_LeavesNoPortNoGroupNoRule() => SimulationRun.Execute(10, async sim =>
    {
        await using var mesh = new TestMesh(sim);
        var (a, b, c, d) = await DiamondAsync(mesh);
        foreach (var end in d.Transports.All)
        {
            ((TestTransport)end).Drop = header => header.Type == PacketType.Handshake;
        }

        d.Router.Listen(Port);
        using var cancel = new CancellationTokenSource(TimeSpan.FromSeconds(1.5), sim.Time);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => a.Router.DialAsync(d.Key, Port, RouteDialOptions.Default with { LocalPort = 777 }, cancel.Token));
        await Task.Delay(TimeSpan.FromSeconds(4), sim.Time);
        Assert.Empty(a.Router.Groups);
        Assert.Equal(0, a.Router.Table.Count);
        Assert.Equal(777, a.Router.TakePort(777));
    });

    [Fact]
    public void SetupClient_FirstNodeHangs_SecondIsUsedAfterTheStagger() => SimulationRun.Execute(11, async sim =>
    {
        await using var mesh = new TestMesh(sim);
        var dead = SecKey.Generate(sim.Entropy.For("dead node")).PublicKey;
        var (a, b) = (await mesh.AddAsync("a", options => options with { SetupNodes = [dead, .. options.SetupNodes] }), await mesh.AddAsync("b"));
        mesh.Link(a, b);
        mesh.Dmsg.OnDial = (_, to, _, token) => to == dead ? Task.Delay(TimeSpan.FromHours(1), sim.Time, token) : Task.CompletedTask;
        await RouteGroupTests.ConnectAsync(a, b);
        Assert.Equal(TimeSpan.FromMilliseconds(500), sim.Time.Elapsed);
        mesh.Dmsg.OnDial = (_, to, _, _) => to == dead ? throw new ProtocolException(ProtocolError.EntryNotFound, "no entry") : Task.CompletedTask;
        await RouteGroupTests.ConnectAsync(a, b);
        Assert.Equal(TimeSpan.FromMilliseconds(500), sim.Time.Elapsed);
        mesh.Dmsg.OnDial = (_, _, port, _) => port == DmsgPorts.SetupNode ? throw new ProtocolException(ProtocolError.EntryNotFound, "no entry") : Task.CompletedTask;
        var error = await Assert.ThrowsAsync<ProtocolException>(() => a.Router.DialAsync(b.Key, Port, RouteDialOptions.Default, CancellationToken.None));
        Assert.Equal(ProtocolError.NoSetupNode, error.Error);
        Assert.Contains("failed to dial to a setup node", error.Message, StringComparison.Ordinal);
    });

    [Fact]
    public void Dial_RaceOfASameSeed_RunsTheSameTwice()
    {
        Assert.Equal(Run(), Run());

        static string Run() => SimulationRun.ExecuteTraced(12, async sim =>
        {
            await using var mesh = new TestMesh(sim);
            var (a, b, _, d) = await DiamondAsync(mesh);
            ((TestTransport)a.Transports.FindByRemote(b.Key)!).Observe = packet => sim.Trace(Convert.ToHexString(packet));
            var (client, server) = await RouteGroupTests.ConnectAsync(a, d);
            await client.WriteAsync(Io.Pattern(100_000, 1), CancellationToken.None);
            await Io.ReadExactlyAsync(server, 100_000);
            await Task.Delay(TimeSpan.FromSeconds(20), sim.Time);
        }).TraceDigest;
    }

    private static async Task<(TestVisor A, TestVisor B, TestVisor C, TestVisor D)> DiamondAsync(TestMesh mesh)
    {
        var (a, b, c, d) = (await mesh.AddAsync("a"), await mesh.AddAsync("b"), await mesh.AddAsync("c"), await mesh.AddAsync("d"));
        mesh.Link(a, b);
        mesh.Link(a, c);
        mesh.Link(b, d);
        mesh.Link(c, d);
        return (a, b, c, d);
    }

    private static RouteHop[] Path(params TestVisor[] visors) =>
        [.. visors.Zip(visors.Skip(1), (from, to) => new RouteHop(TransportId.Of(from.Key, to.Key, TransportTypes.Stcpr), from.Key, to.Key))];

    private static FoundRoutes Found(params RouteHop[][] paths) => new([.. paths], [.. paths.Select(TestMesh.Reversed)]);

    private sealed class Attempt(SimulationRun sim) : IDirectTransportAttempt
    {
        public int Started { get; private set; }

        public Action? Success { get; set; }

        public async Task TryAsync(PubKey remote, CancellationToken cancellationToken)
        {
            Started++;
            await Task.Delay(TimeSpan.FromSeconds(2), sim.Time, cancellationToken);
            (Success ?? throw new IOException("refused"))();
        }
    }
}
