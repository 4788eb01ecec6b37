using Skywire.Wifi.Radios;
using Skywire.Wifi.Tests.Air;

namespace Skywire.Wifi.Tests.Running;

public sealed class TreeTests
{
    [Fact]
    public void Tree_FiveInALine_AreOneTreeWithoutLoops() => AirTests.Run(async air =>
    {
        Line(air, 5);
        Assert.True(await air.Until(() => IsOne(air), 1200), Words(air));
        Assert.All(air.Nodes, n => Assert.Equal("tree", n.Radio.Mode));
        Assert.True(air.Nodes.Max(n => n.Radio.Depth) is >= 2 and <= 4, Words(air));
        Assert.All(air.Nodes.SelectMany(n => n.Supplicants.Values), s => Assert.True(s.Network.IsSae));
    });

    [Fact]
    public void Tree_AllInReach_HaveOneRoot() => AirTests.Run(async air =>
    {
        for (var i = 0; i < 5; i++)
        {
            air.Add(SampleRadio.Tree(i));
        }

        Assert.True(await air.Until(() => IsOne(air), 300), Words(air));
    });

    [Fact]
    public void Tree_ParentLost_IsFoundAnew() => AirTests.Run(async air =>
    {
        Line(air, 3);
        Assert.True(await air.Until(() => IsOne(air), 600), Words(air));
        var root = air.Nodes.Single(n => n.Radio.Depth == 0);
        root.Unplug(root.Radios[0]);
        Assert.True(await air.Until(() => air.Nodes.All(n => n == root || n.State != "joined" || n.Radio.Depth == 0 || Follows(air, n) != root), 30), Words(air));
        root.Plug(root.Radios[0], "wlan40");
        Assert.True(await air.Until(() => IsOne(air), 900), Words(air));
        Assert.True(air.Nodes.Sum(n => n.Report!.Counters["rejoins"]) > 0);
    });

    [Fact]
    public void Tree_TwoTreesMeet_TheHigherRootStepsDown() => AirTests.Run(async air =>
    {
        for (var i = 0; i < 4; i++)
        {
            var node = air.Add(SampleRadio.Tree(i));
            node.Groups.Clear();
            node.Groups.Add(i / 2);
        }

        Assert.True(await air.Until(() => air.Nodes.TrueForAll(n => n.State == "joined"), 120), Words(air));
        var roots = air.Nodes.Where(n => n.Radio.Depth == 0).ToList();
        Assert.Equal(2, roots.Count);
        foreach (var root in roots)
        {
            root.Groups.Add(9);
        }

        Assert.True(await air.Until(() => IsOne(air), 400), Words(air));
        Assert.Equal(0, roots[0].Radio.Depth);
        Assert.True(roots[1].Report!.Counters["root_changes"] >= 1);
        Assert.Contains(roots[1].Radio.Steps, s => s.Step == "step_down");
    });

    [Fact]
    public void Tree_RadiosThatCannotBeBoth_AreOneRootAndLeaves() => AirTests.Run(async air =>
    {
        for (var i = 0; i < 4; i++)
        {
            air.Add(SampleRadio.Either(i));
        }

        Assert.True(await air.Until(() => IsOne(air), 600), Words(air));
        Assert.Equal(["tree_root", "tree_station", "tree_station", "tree_station"], air.Nodes.Select(n => n.Radio.Mode).Order(StringComparer.Ordinal));
    });

    [Fact]
    public void Tree_RootsThatCannotScan_StillFindTogether() => AirTests.Run(async air =>
    {
        for (var i = 0; i < 2; i++)
        {
            var node = air.Add(SampleRadio.Either(i));
            node.IsDeafAsAccessPoint = true;
            node.Groups.Clear();
            node.Groups.Add(i);
        }

        Assert.True(await air.Until(() => air.Nodes.TrueForAll(n => n.Radio.Mode == "tree_root"), 60), Words(air));
        air.Nodes[1].Groups.Add(0);
        Assert.True(await air.Until(() => IsOne(air), 400), Words(air));
    });

    [Fact]
    public void Tree_StationOnly_FollowsAndNeverLeads() => AirTests.Run(async air =>
    {
        var leaf = air.Add(SampleRadio.Make(0, InterfaceTypes.Station) with { HasSae = true });
        await air.Wait(60);
        Assert.Equal("searching", leaf.State);
        air.Add(SampleRadio.Tree(1));
        Assert.True(await air.Until(() => leaf.State == "joined", 120), Words(air));
        Assert.Equal(1, leaf.Radio.Depth);
    });

    [Fact]
    public void Tree_WrongPassphrase_NeverJoins() => AirTests.Run(async air =>
    {
        air.Add(SampleRadio.Tree(0));
        var stranger = air.Add(SampleRadio.Tree(1), SimAir.Wishes with { Passphrase = "ffffffffffffffffffffffffffffffff" });
        await air.Wait(600);
        Assert.All(air.Nodes, n => Assert.Equal("searching", n.State));
        Assert.Contains(stranger.Radio.Steps.Concat(air.Nodes[0].Radio.Steps), s => s.Reason.Contains("another passphrase?", StringComparison.Ordinal));
    });

    [Fact]
    public void Tree_DeeperThanItMayBe_OffersNothingMore() => AirTests.Run(async air =>
    {
        Line(air, 12);
        Assert.True(await air.Until(() => air.Nodes.TrueForAll(n => n.State == "joined"), 2400), Words(air));
        Assert.All(air.Nodes, n => Assert.InRange(n.Radio.Depth, 0, 8));
    });

    internal static bool IsOne(SimAir air)
        => air.Nodes.TrueForAll(n => n.State == "joined") && air.Nodes.Count(n => n.Radio.Depth == 0) == 1
            && air.Nodes.TrueForAll(n => n.Radio.Depth == 0 || Follows(air, n) is { } parent && parent.Radio.Depth == n.Radio.Depth - 1);

    internal static string Words(SimAir air) => string.Join("; ", air.Nodes.Select(n => $"{n.Name} {n.State} {n.Radio.Depth}: {n.Radio.Reason}")) + string.Concat(air.Violations);

    private static SimNode? Follows(SimAir air, SimNode node)
        => node.Supplicants.Values.Select(s => s.Parent).OfType<AirSupplicant>().Select(p => air.Nodes.Find(n => n.Supplicants.Values.Contains(p))).FirstOrDefault();

    private static void Line(SimAir air, int count)
    {
        for (var i = 0; i < count; i++)
        {
            var node = air.Add(SampleRadio.Tree(i));
            node.Groups.Clear();
            node.Groups.UnionWith([i, i + 1]);
        }
    }
}
