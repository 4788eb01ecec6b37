using Skywire.Workbench.Checks.Wifi;

namespace Skywire.Workbench.Tests.Checks.Wifi;

public sealed class VisorConfigsTests
{
    private static readonly Dictionary<int, string> Keys = new() { [1] = "k1", [2] = "k2", [3] = "k3" };

    [Fact]
    public void Line_EachNode_LinksToTheNextAndKnowsAllAddresses()
    {
        var second = VisorConfigs.Line(new WifiNode(2), Keys, "setup", null);
        Assert.Equal("k3", (string?)second["transport"]!["persistent"]![0]!["key"]);
        Assert.Equal(["k1", "k3"], second["transport"]!["stcp"]!["table"]!.AsObject().Select(t => t.Key));
        Assert.Equal("10.99.0.3:7777", (string?)second["transport"]!["stcp"]!["table"]!["k3"]);
        Assert.Empty(VisorConfigs.Line(new WifiNode(3), Keys, "setup", null)["transport"]!["persistent"]!.AsArray());
    }

    [Fact]
    public void Box_NodeWithServer_IsItsClient_OthersAreProxies()
    {
        var client = VisorConfigs.Box(new WifiNode(1), "k3")["apps"]![0]!;
        Assert.Equal(("skysocks-client", "k3"), ((string?)client["kind"], (string?)client["settings"]!["server"]));
        Assert.Equal("skysocks", (string?)VisorConfigs.Box(new WifiNode(3), null)["apps"]![0]!["kind"]);
    }
}
