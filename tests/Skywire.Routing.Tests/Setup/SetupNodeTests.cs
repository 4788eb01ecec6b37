using Skywire.Crypto;
using Skywire.Discovery;
using Skywire.Dmsg;
using Skywire.Routing.Setup;
using Skywire.Routing.Tests.Kit;
using Skywire.Testing;
using Skywire.Wire;
using Skywire.Wire.Gob;
using Skywire.Wire.Rpc;

namespace Skywire.Routing.Tests.Setup;

/// <summary>The setup node, the visor's set-up service and direct set-up, over RPC streams.</summary>
public sealed class SetupNodeTests
{
    [Fact]
    public void DialRouteGroup_HopUnreachable_FailsAtOnceThoughASiblingHangs() => SimulationRun.Execute(1, async sim =>
    {
        await using var mesh = new TestMesh(sim);
        var (a, b, c) = await RouteGroupTests.ChainAsync(mesh);
        mesh.Dmsg.OnDial = async (_, to, port, token) =>
        {
            if (to == b.Key && port == DmsgPorts.VisorSetup)
            {
                await Task.Delay(TimeSpan.FromHours(1), sim.Time, token);
            }
            else if (to == c.Key)
            {
                throw new ProtocolException(ProtocolError.EntryNotFound, "no such visor");
            }
        };
        var error = await Assert.ThrowsAsync<SetupFailedException>(() => mesh.SetupNode.DialRouteGroupAsync(a.Key, Route(a, b, c), CancellationToken.None));
        Assert.Equal(SetupFailure.DestinationUnreachable, error.Class);
        Assert.Contains("a dial attempt failed with", error.Message, StringComparison.Ordinal);
        Assert.Contains("no such visor", error.Message, StringComparison.Ordinal);
        Assert.Equal(TimeSpan.Zero, sim.Time.Elapsed);
        mesh.Dmsg.OnDial = null;
    });

    [Fact]
    public void DialRouteGroup_SessionJustNotThere_IsTriedAgain() => SimulationRun.Execute(2, async sim =>
    {
        await using var mesh = new TestMesh(sim);
        var (a, b, c) = await RouteGroupTests.ChainAsync(mesh);
        var failures = 2;
        mesh.Dmsg.OnDial = (_, to, _, _) => to == b.Key && failures-- > 0 ? throw new ProtocolException(ProtocolError.NoNextSession, "202") : Task.CompletedTask;
        var rules = await mesh.SetupNode.DialRouteGroupAsync(a.Key, Route(a, b, c), CancellationToken.None);
        Assert.Equal(a.Key, rules.Descriptor.DestinationKey);
        Assert.Equal(TimeSpan.FromMilliseconds(900), sim.Time.Elapsed);
    });

    [Fact]
    public void DialRouteGroup_VisorKeepsFailing_CircuitOpensForItAlone() => SimulationRun.Execute(3, async sim =>
    {
        await using var mesh = new TestMesh(sim);
        var (a, b, c) = await RouteGroupTests.ChainAsync(mesh);
        mesh.Dmsg.OnDial = (_, to, _, _) => to == b.Key ? throw new ProtocolException(ProtocolError.EntryNotFound, "gone") : Task.CompletedTask;
        for (var i = 0; i < 3; i++)
        {
            var error = await Assert.ThrowsAsync<SetupFailedException>(() => mesh.SetupNode.DialRouteGroupAsync(a.Key, Route(a, b, c), CancellationToken.None));
            Assert.Equal(SetupFailure.IntermediateUnreachable, error.Class);
        }

        mesh.Dmsg.OnDial = null;
        var open = await Assert.ThrowsAsync<SetupFailedException>(() => mesh.SetupNode.DialRouteGroupAsync(a.Key, Route(a, b, c), CancellationToken.None));
        Assert.Equal(SetupFailure.CircuitOpen, open.Class);
        await Task.Delay(TimeSpan.FromMinutes(5), sim.Time);
        await mesh.SetupNode.DialRouteGroupAsync(a.Key, Route(a, b, c), CancellationToken.None);
    });

    [Fact]
    public void DialRouteGroup_DialToAHopHangs_IsThatHopsFailure() => SimulationRun.Execute(4, async sim =>
    {
        await using var mesh = new TestMesh(sim);
        var (a, b, c) = await RouteGroupTests.ChainAsync(mesh);
        mesh.Dmsg.OnDial = (_, to, _, token) => to == b.Key ? Task.Delay(TimeSpan.FromHours(1), sim.Time, token) : Task.CompletedTask;
        for (var i = 0; i < 3; i++)
        {
            var error = await Assert.ThrowsAsync<SetupFailedException>(() => mesh.SetupNode.DialRouteGroupAsync(a.Key, Route(a, b, c), CancellationToken.None));
            Assert.Equal(SetupFailure.IntermediateUnreachable, error.Class);
        }

        Assert.Equal(TimeSpan.FromSeconds(30), sim.Time.Elapsed);
        mesh.Dmsg.OnDial = null;
        var open = await Assert.ThrowsAsync<SetupFailedException>(() => mesh.SetupNode.DialRouteGroupAsync(a.Key, Route(a, b, c), CancellationToken.None));
        Assert.Equal(SetupFailure.CircuitOpen, open.Class);
    });

    [Fact]
    public void DialRouteGroup_HopTakesTheStreamButNeverAnswers_EndsAtTheDeadline() => SimulationRun.Execute(14, async sim =>
    {
        await using var mesh = new TestMesh(sim);
        var (a, _, c) = await RouteGroupTests.ChainAsync(mesh);
        var mute = SecKey.Generate(sim.Entropy.For("mute")).PublicKey;
        await using var listener = mesh.Dmsg.Client(mute).Listen(DmsgPorts.VisorSetup);
        RouteHop[] forward = [new(new TransportId(1), a.Key, mute), new(new TransportId(2), mute, c.Key)];
        var route = new BidirectionalRoute(new RouteDescriptor(a.Key, c.Key, 50000, 44), TimeSpan.FromSeconds(30), forward, TestMesh.Reversed(forward));
        var error = await Assert.ThrowsAsync<SetupFailedException>(() => mesh.SetupNode.DialRouteGroupAsync(a.Key, route, CancellationToken.None));
        Assert.Equal(SetupFailure.ContextDeadline, error.Class);
        Assert.Equal(TimeSpan.FromSeconds(30), sim.Time.Elapsed);
    });

    [Fact]
    public void DialRouteGroup_MiddleVisorLacksTheTransport_NothingButReservationsStays() => SimulationRun.Execute(5, async sim =>
    {
        await using var mesh = new TestMesh(sim);
        var (a, b, c) = await RouteGroupTests.ChainAsync(mesh);
        var route = Route(a, b, c);
        b.Transports.Remove(b.Transports.All[1]);
        var error = await Assert.ThrowsAsync<SetupFailedException>(() => mesh.SetupNode.DialRouteGroupAsync(a.Key, route, CancellationToken.None));
        Assert.Equal(SetupFailure.IntermediaryRules, error.Class);
        Assert.Contains("failure code 1", error.Message, StringComparison.Ordinal);
        Assert.Equal(0, a.Router.Table.Count + b.Router.Table.Count + c.Router.Table.Count);
        await Task.Delay(TimeSpan.FromSeconds(70), sim.Time);
        Assert.Equal(0, a.Router.Table.ReservedCount + b.Router.Table.ReservedCount + c.Router.Table.ReservedCount);
    });

    [Fact]
    public void DialRouteGroup_OverRpc_ForeignOrBrokenRoutesAreRefusedAndCounted() => SimulationRun.Execute(6, async sim =>
    {
        await using var mesh = new TestMesh(sim);
        var (a, b, c) = await RouteGroupTests.ChainAsync(mesh);
        var stranger = SecKey.Generate(sim.Entropy.For("stranger")).PublicKey;
        await using var client = new RpcClient(await mesh.Dmsg.Client(stranger).DialAsync(mesh.SetupKey.PublicKey, DmsgPorts.SetupNode, CancellationToken.None));
        var foreign = await Assert.ThrowsAsync<RpcException>(() => client.CallAsync(SetupGob.DialRouteGroup, SetupGob.RouteType, SetupGob.Of(Route(a, b, c)), CancellationToken.None));
        Assert.Contains("not the source", foreign.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<RpcException>(() => client.CallAsync(SetupGob.DialRouteGroup, SetupGob.RouteType, SetupGob.Of(Route(a, b, c) with { Forward = [] }), CancellationToken.None));
        await Assert.ThrowsAsync<RpcException>(() => client.CallAsync(SetupGob.DialRouteGroup, GobType.UInt, GobValue.Of(5UL), CancellationToken.None));
        var unknown = await Assert.ThrowsAsync<RpcException>(() => client.CallAsync("SetupRPCGateway.Capabilities", GobType.Empty, GobValue.EmptyStruct, CancellationToken.None));
        Assert.True(unknown.IsUnknownMethod);
        Assert.Equal(3, mesh.SetupNode.Failures(SetupFailure.InvalidRoute));
        Assert.DoesNotContain(mesh.Dmsg.Dials, dial => dial.Port == DmsgPorts.VisorSetup);
    });

    [Fact]
    public void DialRouteGroup_LoopOverANeighbour_BothEndsAreThisVisor() => SimulationRun.Execute(7, async sim =>
    {
        await using var mesh = new TestMesh(sim);
        var (a, b) = (await mesh.AddAsync("a"), await mesh.AddAsync("b"));
        var (atA, _) = mesh.Link(a, b);
        var listener = a.Router.Listen(51);
        RouteHop[] path = [new(atA.Id, a.Key, b.Key), new(atA.Id, b.Key, a.Key)];
        var route = new BidirectionalRoute(new RouteDescriptor(a.Key, a.Key, 50, 51), TimeSpan.FromSeconds(30), path, path);
        var rules = await mesh.SetupNode.DialRouteGroupAsync(a.Key, route, CancellationToken.None);
        var group = a.Router.Prepare(rules, atA.Id);
        await a.Router.OpenAsync(group, CancellationToken.None);
        var other = await listener.AcceptAsync(CancellationToken.None);
        await group.WriteAsync(new byte[100_000], CancellationToken.None);
        await Io.ReadExactlyAsync(other, 100_000);
        Assert.Equal(2, b.Router.Table.Count);
        Assert.Equal(4, a.Router.Table.Count);
    });

    [Fact]
    public void VisorService_StrangerWithoutTransport_IsClosedAtOnce() => SimulationRun.Execute(8, async sim =>
    {
        await using var mesh = new TestMesh(sim);
        var a = await mesh.AddAsync("a");
        var stranger = SecKey.Generate(sim.Entropy.For("stranger")).PublicKey;
        await using var calls = await VisorCalls.DialAsync(mesh.Dmsg.Client(stranger), a.Key, CancellationToken.None);
        await Assert.ThrowsAsync<ProtocolException>(() => calls.ReserveAsync(2, CancellationToken.None));
        Assert.Equal(0, a.Router.Table.ReservedCount);
        Assert.Equal(1, a.Routing.Causes.Single(causes => causes.Component == "setup-server")[ProtocolError.NotTrusted]);
    });

    [Fact]
    public void VisorService_Neighbour_MayReserveOnceAndAddOneRouteFromItself() => SimulationRun.Execute(9, async sim =>
    {
        await using var mesh = new TestMesh(sim);
        var (a, b, c) = await RouteGroupTests.ChainAsync(mesh);
        await using var calls = await VisorCalls.DialAsync(mesh.Dmsg.Client(a.Key), b.Key, CancellationToken.None);
        await AssertRefused(() => calls.ReserveAsync(5, CancellationToken.None), "failure code 4");
        var ids = await calls.ReserveAsync(4, CancellationToken.None);
        await AssertRefused(() => calls.ReserveAsync(1, CancellationToken.None), "reserve once");
        await AssertRefused(() => calls.AddIntermediaryRulesAsync([], CancellationToken.None), "not a trusted setup node");

        // Neither a route that claims to come from C, nor one that leaves over the transport to C.
        foreach (var (source, transport) in new[] { (c, b.Transports.All[0]), (a, b.Transports.All[1]) })
        {
            var descriptor = new RouteDescriptor(source.Key, b.Key, 50000, 44);
            await AssertRefused(() => calls.AddEdgeRulesAsync(new(descriptor, RoutingRule.Forward(TimeSpan.FromSeconds(30), ids[0], 9, transport.Id, descriptor.Inverted).ToBytes(), RoutingRule.Consume(TimeSpan.FromSeconds(30), ids[1], descriptor).ToBytes()), CancellationToken.None), "failure code 2");
        }

        Assert.Equal(0, b.Router.Table.Count);

        async Task AssertRefused(Func<Task> call, string text) => Assert.Contains(text, (await Assert.ThrowsAsync<RpcException>(call)).Message, StringComparison.Ordinal);
    });

    [Fact]
    public void VisorService_ReserveMoreThanTheTableHolds_AnswersTheReferencesText() => SimulationRun.Execute(10, async sim =>
    {
        await using var mesh = new TestMesh(sim);
        var a = await mesh.AddAsync("a", options => options with { Router = options.Router with { Table = new RoutingTableOptions { MaxRules = 100 } } });
        await using var calls = await VisorCalls.DialAsync(mesh.Dmsg.Client(mesh.SetupKey.PublicKey), a.Key, CancellationToken.None);
        Assert.Equal(90, (await calls.ReserveAsync(90, CancellationToken.None)).Length);
        var error = await Assert.ThrowsAsync<RpcException>(() => calls.ReserveAsync(20, CancellationToken.None));
        Assert.Equal("failure code 4 (no available routeIDs)", error.Message);
    });

    [Fact]
    public void DirectSetup_NeighbourAdmits_NoSetupNodeIsAsked() => SimulationRun.Execute(11, async sim =>
    {
        await using var mesh = new TestMesh(sim);
        var (a, b) = (await mesh.AddAsync("a", WithDirect), await mesh.AddAsync("b", WithDirect));
        mesh.Link(a, b);
        var (client, server) = await RouteGroupTests.ConnectAsync(a, b);
        await server.WriteAsync(new byte[5000], CancellationToken.None);
        await Io.ReadExactlyAsync(client, 5000);
        Assert.DoesNotContain(mesh.Dmsg.Dials, dial => dial.Port == DmsgPorts.SetupNode);
        Assert.Equal(0, mesh.SetupNode.Succeeded);
    });

    [Fact]
    public void DirectSetup_NeighbourRefuses_SetupNodeIsUsedAndTheRefusalRemembered() => SimulationRun.Execute(12, async sim =>
    {
        await using var mesh = new TestMesh(sim);
        var a = await mesh.AddAsync("a", WithDirect);
        var b = await mesh.AddAsync("b", options => options with { Server = new SetupServerOptions { AllowDirect = false } });
        mesh.Link(a, b);
        for (var i = 0; i < 2; i++)
        {
            await RouteGroupTests.ConnectAsync(a, b);
        }

        Assert.Equal(1, mesh.Dmsg.Dials.Count(dial => dial.From == a.Key && dial.Port == DmsgPorts.VisorSetup));
        await Task.Delay(TimeSpan.FromMinutes(30), sim.Time);
        await RouteGroupTests.ConnectAsync(a, b);
        Assert.Equal(2, mesh.Dmsg.Dials.Count(dial => dial.From == a.Key && dial.Port == DmsgPorts.VisorSetup));
        Assert.Equal(3, mesh.SetupNode.Succeeded);
    });

    [Fact]
    public void VisorService_MutatedCalls_NeitherCrashNorInstallAnything() => SimulationRun.Execute(13, async sim =>
    {
        await using var mesh = new TestMesh(sim);
        var a = await mesh.AddAsync("a");
        var calls = Vectors.Load("setup-rpc.json").GetProperty("vectors").EnumerateArray().Select(vector => vector.Hex("client_to_server_hex")).ToList();
        var random = new Random(13);
        for (var i = 0; i < 400; i++)
        {
            var bytes = (byte[])calls[i % calls.Count].Clone();
            for (var n = random.Next(1, 6); n > 0; n--)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            }

            await using var stream = await mesh.Dmsg.Client(mesh.SetupKey.PublicKey).DialAsync(a.Key, DmsgPorts.VisorSetup, CancellationToken.None);
            await stream.WriteAsync(bytes.AsMemory(0, random.Next(1, bytes.Length + 1)), CancellationToken.None);
            await Task.Delay(TimeSpan.FromMilliseconds(10), sim.Time);
        }

        Assert.Equal(0, a.Router.Table.Count);
        await Task.Delay(TimeSpan.FromSeconds(130), sim.Time);
        Assert.Equal(0, a.Router.Table.ReservedCount);
        await using var good = await VisorCalls.DialAsync(mesh.Dmsg.Client(mesh.SetupKey.PublicKey), a.Key, CancellationToken.None);
        Assert.Equal(3, (await good.ReserveAsync(3, CancellationToken.None)).Length);
    });

    private static VisorRoutingOptions WithDirect(VisorRoutingOptions options) => options with { Direct = DirectSetupOptions.Default };

    private static BidirectionalRoute Route(TestVisor a, TestVisor b, TestVisor c)
    {
        RouteHop[] forward = [new(a.Transports.All[0].Id, a.Key, b.Key), new(c.Transports.All[0].Id, b.Key, c.Key)];
        return new(new RouteDescriptor(a.Key, c.Key, 50000, 44), TimeSpan.FromSeconds(30), forward, TestMesh.Reversed(forward));
    }
}
