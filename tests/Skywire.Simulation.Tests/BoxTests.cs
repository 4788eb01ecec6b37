// Boards on one wire with nothing but a shared secret: whole visors, whole services, virtual time.
using Skywire.Routing;
using Skywire.Testing;
using Skywire.Transport;
using Skywire.Visor.Config;
using Xunit;

namespace Skywire.Simulation.Tests;

public sealed class BoxTests
{
    private static readonly MeshOptions Wire = MeshOptions.Default with
    {
        DmsgServers = 1,
        Link = new LinkOptions { Latency = TimeSpan.FromMilliseconds(0.4), Jitter = TimeSpan.FromMilliseconds(0.3) },
    };

    [Fact]
    public void ThreeBoards_OnlyASecret_JoinAndCarryOnWhenTheServingOneDies() => MeshScenario.Run(
        41,
        async mesh =>
        {
            var boards = await StartAsync(mesh, 3);
            await UntilAsync(mesh, "all joined", 15, () => AllJoined(boards));
            Assert.All(boards, b => Assert.Equal(2, b.Transports.Snapshot().Count(t => t.IsUp)));
            var serving = ServingOf(mesh, boards)!;
            Assert.Equal(boards.Min(b => b.Key), serving.Key);
            await CarryAsync(mesh, boards[0], boards[2]);
            await CarryAsync(mesh, boards[2], boards[1]);

            await Task.Delay(TimeSpan.FromSeconds(20), mesh.Sim.Time);
            mesh.Kill(serving);
            var left = boards.Where(b => b != serving).ToArray();
            await UntilAsync(mesh, "joined again after the serving board lost power", 20, () => AllJoined(left) && ServingOf(mesh, left) is { } now && now != serving);
            Assert.Equal(left.Min(b => b.Key), ServingOf(mesh, left)!.Key);
            await CarryAsync(mesh, left[0], left[1]);

            // It comes back with its lower key, and does not take over.
            var second = ServingOf(mesh, left);
            await mesh.RestartAsync(serving);
            await UntilAsync(mesh, "the first one is back", 15, () => AllJoined(boards));
            Assert.Equal(second, ServingOf(mesh, boards));
            await CarryAsync(mesh, serving, left[1]);
        },
        Wire);

    [Fact]
    public void RouteOverTheSetupNode_AfterATakeover_FindsThePathThroughTheNewServices() => MeshScenario.Run(
        42,
        async mesh =>
        {
            var boards = await StartAsync(mesh, 3);
            await UntilAsync(mesh, "all joined", 15, () => AllJoined(boards));
            await Task.Delay(TimeSpan.FromSeconds(20), mesh.Sim.Time);
            var first = ServingOf(mesh, boards)!;
            await CarryAsync(mesh, boards.First(b => b != first), first, minHops: 2);
            await first.StopAsync();
            mesh.Note("the serving board stopped in order");
            var fourth = await AddAsync(mesh, "d");
            SimulatedVisor[] left = [.. boards.Where(b => b != first), fourth];
            await UntilAsync(mesh, "joined again", 15, () => AllJoined(left));

            // Two hops on purpose: route finder, transport discovery and setup node of the board that took over.
            await UntilAsync(mesh, "a route of two hops", 30, async () =>
            {
                try
                {
                    await CarryAsync(mesh, left[0], left[2], minHops: 2);
                    return true;
                }
                catch (IOException)
                {
                    return false;
                }
            });
        },
        Wire);

    [Fact]
    public void TwoHalves_CutAndMended_SettleOnOneServingBoard() => MeshScenario.Run(
        43,
        async mesh =>
        {
            var boards = await StartAsync(mesh, 4);
            await UntilAsync(mesh, "all joined", 15, () => AllJoined(boards));
            await Task.Delay(TimeSpan.FromSeconds(15), mesh.Sim.Time);
            var sorted = boards.OrderBy(b => b.Key).ToArray();
            var (left, right) = (sorted[..2], sorted[2..]);
            var cut = mesh.Sim.Network.Cut(left.Select(b => b.Address), right.Select(b => b.Address));
            mesh.Note("cut in two halves");
            await UntilAsync(mesh, "both halves joined", 40, () => AllJoined(left) && AllJoined(right) && ServingOf(mesh, right) == right[0]);
            await CarryAsync(mesh, right[0], right[1]);
            cut.Dispose();
            mesh.Note("mended");
            await UntilAsync(mesh, "one serving board", 30, () => AllJoined(boards) && boards.Count(b => b.Visor.Status().Box!.Role == "serving") == 1);
            Assert.Equal(sorted[0], ServingOf(mesh, boards));
            await UntilAsync(mesh, "all linked", 90, () => boards.All(b => b.Visor.Status().Box!.Members.Count(m => m.Linked) == 3));
            await CarryAsync(mesh, sorted[3], sorted[0]);
        },
        Wire);

    [Fact]
    public void ClockJumps_ForwardAndBack_DisturbNothing() => MeshScenario.Run(
        44,
        async mesh =>
        {
            var boards = await StartAsync(mesh, 3);
            await UntilAsync(mesh, "all joined", 15, () => AllJoined(boards));
            foreach (var jump in new[] { TimeSpan.FromDays(400), TimeSpan.FromDays(-800), TimeSpan.FromDays(400) })
            {
                mesh.Sim.Time.JumpWallClock(jump);
                await Task.Delay(TimeSpan.FromSeconds(30), mesh.Sim.Time);
                Assert.True(AllJoined(boards));
            }

            Assert.All(boards, b => Assert.Equal(1, b.Visor.Status().Box!.Takeovers));
        },
        Wire);

    [Fact]
    [Trait("Category", "Slow")]
    public void LossyWire_TwelveBoards_AllJoined() => MeshScenario.Run(
        45,
        async mesh =>
        {
            var boards = await StartAsync(mesh, 12);
            await UntilAsync(mesh, "twelve joined", 40, () => AllJoined(boards));

            // More than a full mesh allows: a bounded number of links each, and a route to everybody.
            await UntilAsync(mesh, "a bounded number of links", 120, () => boards.All(b => b.Transports.Snapshot().Count(t => t.IsUp) is >= 2 and <= 9));
            await Task.Delay(TimeSpan.FromSeconds(15), mesh.Sim.Time);
            await CarryAsync(mesh, boards[0], boards[7]);
        },
        Wire with { Link = Wire.Link with { Loss = 0.1 }, Log = Microsoft.Extensions.Logging.LogLevel.Information });

    [Fact]
    public void PublicServicesAndBox_BothUsed_AndNeitherNeedsTheOther() => MeshScenario.Run(
        46,
        async mesh =>
        {
            var outside = await mesh.AddVisorAsync("outside");
            var boards = await Task.WhenAll(Enumerable.Range(0, 2).Select(i => mesh.AddVisorAsync($"both{i}", c => c.Box = new BoxConfig { MeshName = "home" })));
            await UntilAsync(mesh, "both joined the box", 20, () => AllJoined(boards));
            await CarryAsync(mesh, boards[0], boards[1]);
            await mesh.ConnectAsync(boards[0], outside);
            await CarryAsync(mesh, outside, boards[1], minHops: 2);

            // The way out of the house goes: the box carries on.
            using (mesh.Sim.Network.Cut(boards.Select(b => b.Address), [SimulatedServices.Address, outside.Address, .. mesh.DmsgAddresses]))
            {
                mesh.Note("the way out is cut");
                await Task.Delay(TimeSpan.FromMinutes(3), mesh.Sim.Time);
                Assert.True(AllJoined(boards));
                await CarryAsync(mesh, boards[1], boards[0]);

                // A board that starts meanwhile joins the box as well.
                await boards[1].StopAsync();
                await boards[1].StartAsync(default);
                await UntilAsync(mesh, "joined without a way out", 20, () => AllJoined(boards));
                await CarryAsync(mesh, boards[1], boards[0]);
            }
        },
        Wire);

    [Fact]
    public void OneBoardAlone_ServesItselfAndIsLinkedWithNobody() => MeshScenario.Run(
        47,
        async mesh =>
        {
            var board = (await StartAsync(mesh, 1))[0];
            await UntilAsync(mesh, "it serves itself", 30, () => board.Visor.Status().Box!.Serving is { IsSelf: true } && board.Dmsg.SessionServers.Count == 1);
            await Task.Delay(TimeSpan.FromSeconds(5), mesh.Sim.Time);
            Assert.Equal(("no_link", "no transport is up; box: no other board of the box is seen"), (board.Visor.Status().State, board.Visor.Status().StateReason));
            SimulatedVisor[] boards = [board, await AddAsync(mesh, "b")];
            await UntilAsync(mesh, "both joined", 30, () => AllJoined(boards));
        },
        Wire);

    [Fact]
    public void BeaconsFailOfOurOwnFault_TheBoardListensAgain() => MeshScenario.Run(
        46,
        async mesh =>
        {
            var boards = await StartAsync(mesh, 2);
            await UntilAsync(mesh, "both joined", 15, () => AllJoined(boards));
            boards[0].BoxWorld.Fault = new InvalidOperationException("never foreseen");
            await UntilAsync(mesh, "it has happened", 15, () => boards[0].BoxWorld.Fault is null);
            boards = [.. boards, await AddAsync(mesh, "c")];
            await UntilAsync(mesh, "the third is known to both", 30, () => AllJoined(boards) && boards.All(b => b.Visor.Status().Box!.Members.Count == 2));
        },
        Wire);

    private static async Task<SimulatedVisor[]> StartAsync(SimulatedMesh mesh, int count)
    {
        mesh.Note($"{count} boards are switched on");
        return await Task.WhenAll(Enumerable.Range(0, count).Select(i => AddAsync(mesh, $"{(char)('a' + i)}")));
    }

    private static Task<SimulatedVisor> AddAsync(SimulatedMesh mesh, string name) => mesh.AddVisorAsync(name, config =>
    {
        config.Services = new ServicesConfig();
        config.Transport = new TransportConfig();
        config.Box = new BoxConfig { MeshName = "home" };
    });

    private static bool AllJoined(params IEnumerable<SimulatedVisor> boards) => boards.All(b => b.Visor.Status() is { Box.Joined: true, State: "joined" or "traffic" });

    // The board that all of these follow; null while they do not agree.
    private static SimulatedVisor? ServingOf(SimulatedMesh mesh, params IReadOnlyList<SimulatedVisor> boards)
    {
        var keys = boards.Select(b => b.Visor.Status().Box!.Serving?.Key).Distinct().ToList();
        return keys is [{ } key] ? mesh.Visors.Single(v => v.Key.ToString() == key) : null;
    }

    private static async Task CarryAsync(SimulatedMesh mesh, SimulatedVisor from, SimulatedVisor to, int minHops = 1)
    {
        await using var listener = to.Listen(MeshScenario.Port);
        var echo = MeshScenario.EchoAsync(listener);
        var since = mesh.Sim.Time.Elapsed;
        await using (var connection = await from.DialAsync(to, MeshScenario.Port, RouteDialOptions.Default with { MinHops = minHops }))
        {
            await MeshScenario.TransferAsync(mesh.Sim, connection, 100_000);
        }

        mesh.Note($"{from.Name} to {to.Name}: 100 kB there and back in {(mesh.Sim.Time.Elapsed - since).TotalSeconds:0.00} s");
        await listener.DisposeAsync();
        await echo;
    }

    private static Task UntilAsync(SimulatedMesh mesh, string what, double limit, Func<bool> condition) => UntilAsync(mesh, what, limit, () => Task.FromResult(condition()));

    private static async Task UntilAsync(SimulatedMesh mesh, string what, double limit, Func<Task<bool>> condition)
    {
        var since = mesh.Sim.Time.Elapsed;
        while (!await condition())
        {
            Assert.True((mesh.Sim.Time.Elapsed - since).TotalSeconds < limit, $"not within {limit} s: {what}; {string.Join("; ", mesh.Visors.Where(v => v.IsRunning).Select(v => $"{v.Name} {v.Visor.Status().State} {v.Visor.Status().StateReason}"))}");
            await Task.Delay(TimeSpan.FromMilliseconds(100), mesh.Sim.Time);
        }

        mesh.Note($"{what}: {(mesh.Sim.Time.Elapsed - since).TotalSeconds:0.0} s");
    }
}
