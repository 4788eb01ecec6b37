// Updates through a box: whole visors, whole update clients, the serving board's own HTTP.
using System.Security.Cryptography;
using System.Text;
using Skywire.Testing;
using Skywire.Update.Tests.Simulated;
using Skywire.Visor.Api.Model;
using Skywire.Visor.Config;
using Xunit;

namespace Skywire.Simulation.Tests;

public sealed class BoxUpdateTests
{
    private const string Feed = "http://updates.example/stable.json";
    private const string Bundle = "http://updates.example/1.3.0.raucb";
    private const string Offered = "1.3.0";
    private const int Size = 3_000_000;

    private static readonly MeshOptions Wire = MeshOptions.Default with
    {
        DmsgServers = 1,
        Link = new LinkOptions { Latency = TimeSpan.FromMilliseconds(0.4), Jitter = TimeSpan.FromMilliseconds(0.3) },
    };

    // All three know the feed; one of them fetches.
    [Fact]
    public void ThreeBoards_AFeed_TheBundleIsFetchedOnceAndTheServingBoardGoesLast() => MeshScenario.Run(51, async mesh =>
    {
        var box = await Box.StartAsync(mesh, automatic: true);
        var serving = box.Serving;
        await box.RunAsync(isGood: _ => true, until: () => box.Boards.Values.All(b => b.Version == Offered));
        Assert.Equal(Size, box.Server.Sent[Bundle]);
        Assert.Equal(3, box.Order.Count);
        Assert.Equal(serving, box.Order[^1]);
        Assert.All(box.Order, v => Assert.Equal("good", v.Visor.Updates!.History()[^1].Event));
    }, Wire);

    // Boards that update only when told to: one order, at a board that does not serve.
    [Fact]
    public void ThreeBoards_OneOrderForAll_EachTakesItsTurn() => MeshScenario.Run(52, async mesh =>
    {
        var box = await Box.StartAsync(mesh, automatic: false);
        var member = mesh.Visors.First(v => v != box.Serving);
        member.Visor.Updates!.Install(new InstallUpdateRequest(null, null, null, true));
        await box.RunAsync(isGood: _ => true, until: () => box.Boards.Values.All(b => b.Version == Offered));
        Assert.Equal(3, box.Order.Count);
        Assert.Equal(Size, box.Server.Sent[Bundle]);
        Assert.All(mesh.Visors, v => Assert.Empty(v.Visor.Updates!.View().Refusals));
    }, Wire);

    // Whoever waits for a board that cannot fetch would wait for ever.
    [Fact]
    public void ThreeBoards_TheServingOneCannotReachTheFeed_TheOthersFetchThemselves() => MeshScenario.Run(54, async mesh =>
    {
        var box = await Box.StartAsync(mesh, automatic: false);
        box.Boards[box.Serving].IsCutOff = true;
        var members = mesh.Visors.Where(v => v != box.Serving).ToList();
        members[0].Visor.Updates!.Install(new InstallUpdateRequest(null, null, null, true));
        await box.RunAsync(isGood: _ => true, until: () => members.All(v => box.Boards[v].Version == Offered));
        Assert.Equal(2 * Size, box.Server.Sent[Bundle]);
        Assert.Equal("1.2.3", box.Boards[box.Serving].Version);
        Assert.Contains("unreachable", box.Serving.Visor.Updates!.View().Refusals.Keys);
    }, Wire);

    [Fact]
    public void ThreeBoards_TheFirstFallsBack_NobodyFollows() => MeshScenario.Run(53, async mesh =>
    {
        var box = await Box.StartAsync(mesh, automatic: true);
        await box.RunAsync(isGood: _ => false, until: () => box.Serving.Visor.Updates!.View().Rollout!.Stopped.Length > 0);
        var failed = Assert.Single(box.Order);
        Assert.StartsWith($"{failed.Key} failed with 1.3.0", box.Serving.Visor.Updates!.View().Rollout!.Stopped, StringComparison.Ordinal);
        await Task.Delay(TimeSpan.FromMinutes(10), mesh.Sim.Time);
        Assert.All(box.Boards.Values, b => Assert.Equal(("1.2.3", false), (b.Version, b.WantsRestart)));
        Assert.Contains(box.Serving.Visor.Updates!.View().Rollout!.Boards, b => b.State == "failed" && b.Board == failed.Key.ToString());
    }, Wire);

    private sealed class Box(SimulatedMesh mesh)
    {
        public SimulatedServer Server { get; } = new(mesh.Sim.Time);

        public Dictionary<SimulatedVisor, UpdatedBoard> Boards { get; } = [];

        /// <summary>Who restarted into the new version, in this order.</summary>
        public List<SimulatedVisor> Order { get; } = [];

        public SimulatedVisor Serving
        {
            get
            {
                var keys = mesh.Visors.Select(b => b.Visor.Status().Box!.Serving?.Key).Distinct().ToList();
                return mesh.Visors.Single(v => v.Key.ToString() == Assert.Single(keys));
            }
        }

        public static async Task<Box> StartAsync(SimulatedMesh mesh, bool automatic)
        {
            var box = new Box(mesh);
            mesh.Updates = visor => box.BoardOf(visor).World;
            box.Publish();
            await Task.WhenAll("abc".Select(name => mesh.AddVisorAsync(name.ToString(), config =>
            {
                config.Services = new ServicesConfig();
                config.Transport = new TransportConfig();
                config.Box = new BoxConfig { MeshName = "home" };
                config.Update = new UpdateConfig { Feed = Feed, Window = "00:00-00:00", Automatic = automatic };
            })));
            while (!mesh.Visors.All(v => v.Visor.Status().Box!.Joined))
            {
                await Task.Delay(TimeSpan.FromMilliseconds(100), mesh.Sim.Time);
            }

            return box;
        }

        /// <summary>Restarts boards as they want it, and sees that never two are away.</summary>
        public async Task RunAsync(Func<SimulatedVisor, bool> isGood, Func<bool> until)
        {
            var since = mesh.Sim.Time.Elapsed;
            var restarting = new List<Task>();
            while (restarting.Any(r => !r.IsCompleted) || !until())
            {
                Assert.True(mesh.Sim.Time.Elapsed - since < TimeSpan.FromMinutes(45), string.Join("; ", Boards.Where(b => b.Key.IsRunning).Select(b => $"{b.Key.Name} {b.Value.Version} {b.Key.Visor.Updates!.View().Phase} {b.Key.Visor.Updates!.View().Reason}")));
                Assert.True(Boards.Values.Count(b => b.IsAway) <= 1, "two boards at once");
                foreach (var (visor, board) in Boards.Where(b => b.Value.WantsRestart))
                {
                    mesh.Note($"{visor.Name} restarts");
                    Order.Add(visor);
                    restarting.Add(board.RestartAsync(visor, isGood(visor)));
                }

                await Task.Delay(TimeSpan.FromSeconds(1), mesh.Sim.Time);
            }

            foreach (var one in restarting)
            {
                await one;
            }
        }

        private void Publish()
        {
            var bytes = new byte[Size];
            mesh.Sim.Entropy.For("bundle").Fill(bytes);
            Server.Files[Bundle] = bytes;
            Server.Files[Feed] = Encoding.UTF8.GetBytes(
                $$"""{"schema":1,"channel":"stable","bundles":[{"compatible":"{{UpdatedBoard.Compatible}}","version":"{{Offered}}","file":"1.3.0.raucb","size":{{Size}},"sha256":"{{Convert.ToHexStringLower(SHA256.HashData(bytes))}}"}]}""");
        }

        private UpdatedBoard BoardOf(SimulatedVisor visor)
        {
            if (!Boards.TryGetValue(visor, out var board))
            {
                Boards[visor] = board = new UpdatedBoard(mesh, Server, Offered);
            }

            return board;
        }
    }
}
