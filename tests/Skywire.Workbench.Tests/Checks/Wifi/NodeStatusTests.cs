using System.Text.Json;
using Skywire.Wifi.Running;
using Skywire.Workbench.Checks.Wifi;

namespace Skywire.Workbench.Tests.Checks.Wifi;

public sealed class NodeStatusTests
{
    private static readonly DateTimeOffset At = DateTimeOffset.UnixEpoch.AddSeconds(1_800_000_000);

    [Fact]
    public void Parse_TwoNodesAndASilentOne_HasTheTwo()
    {
        var status = NodeStatus.Parse($"-- now\n1800000003.250000000\n-- 1\n{Text(Report("joined", Neighbour("established", true)))}\n-- 2\n\n-- 3\n{Text(Report("searching"))}\n");
        Assert.Equal([1, 3], status.Reports.Keys.Order());
        Assert.Equal(At.AddSeconds(3.25), status.Now);
        Assert.Equal("joined", status.Reports[1].State);
        Assert.Contains("says nothing", status.Describe(2), StringComparison.Ordinal);
    }

    [Fact]
    public void Parse_CutReport_CountsAsMissing()
    {
        var text = Text(Report("joined"));
        Assert.Empty(NodeStatus.Parse($"-- 1\n{text[..(text.Length / 2)]}\n").Reports);
    }

    [Fact]
    public void Links_Mesh_CountsOnlyThoseThatStandAndAreProved()
        => Assert.Equal(1, Of(Report("joined", Neighbour("established", true), Neighbour("established", false), Neighbour("open_sent", true))).Links(1));

    [Fact]
    public void Links_AdHoc_HasNoPeerings()
    {
        var report = Report("joined", Neighbour("", true));
        Assert.Equal(1, Of(report with { Radios = [report.Radios[0] with { Mode = "ad_hoc" }] }).Links(1));
    }

    [Fact]
    public void IsJoined_ReportOfBefore_DoesNotCount()
    {
        var status = Of(Report("joined", Neighbour("established", true)));
        Assert.True(status.IsJoined(1, 1, At));
        Assert.False(status.IsJoined(1, 1, At.AddSeconds(1)));
        Assert.False(status.IsJoined(1, 2, At));
        Assert.False(status.IsJoined(2, 1, At));
        Assert.False(Of(Report("searching", Neighbour("established", true))).IsJoined(1, 1, At));
    }

    private static NodeStatus Of(WifiReport report) => NodeStatus.Parse($"-- 1\n{Text(report)}\n");

    private static string Text(WifiReport report) => JsonSerializer.Serialize(report, WifiJson.Default.WifiReport);

    private static WifiReport Report(string state, params NeighbourReport[] neighbours) => new()
    {
        At = At,
        State = state,
        Reason = "why",
        Radios = [new RadioReport { Name = "r1", Role = "backhaul", Mode = "mesh", PlanReason = "", State = state, Reason = "why", Since = At, Neighbours = neighbours }],
    };

    private static NeighbourReport Neighbour(string peering, bool isAuthorized) => new() { MacAddress = "02:00:00:00:00:00", Peering = peering, IsAuthorized = isAuthorized };
}
