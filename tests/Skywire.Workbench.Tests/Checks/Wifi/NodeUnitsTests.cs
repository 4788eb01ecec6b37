using System.Text.Json;
using Skywire.Workbench.Checks.Wifi;

namespace Skywire.Workbench.Tests.Checks.Wifi;

public sealed class NodeUnitsTests
{
    private static readonly WifiNode Node = new(3);

    [Fact]
    public void ServiceOf_BoardsUnit_IsTheSameUnderTheNodesNames()
    {
        var unit = NodeUnits.ServiceOf(Node, "[Service]\nType=notify\nExecStart=/usr/bin/skywire wifi run\nRuntimeDirectory=skyminer-wifi\nCapabilityBoundingSet=CAP_NET_ADMIN\n", "/usr/bin/skywire");
        Assert.Contains("RuntimeDirectory=skyminer-wifi-n3\n", unit, StringComparison.Ordinal);
        Assert.Contains("CapabilityBoundingSet=CAP_NET_ADMIN\n", unit, StringComparison.Ordinal);
        Assert.EndsWith("""
            [Service]
            NetworkNamespacePath=/run/netns/n3
            ExecStart=
            ExecStart=/usr/bin/skywire wifi run --no-setup --settings /run/check/n3/wifi.json --run /run/skyminer-wifi-n3 --supplicant-unit skyminer-wpa-n3
            ReadOnlyPaths=/run/check

            """, unit, StringComparison.Ordinal);
    }

    [Fact]
    public void SupplicantOf_BoardsUnit_ReadsTheNodesFolder()
    {
        var unit = NodeUnits.SupplicantOf(Node, "[Unit]\nPartOf=skyminer-wifi.service\n[Service]\nExecStart=/usr/sbin/wpa_supplicant -i %i -c /run/skyminer-wifi/%i.conf\n");
        Assert.Contains("PartOf=skyminer-wifi-n3.service\n", unit, StringComparison.Ordinal);
        Assert.Contains("-c /run/skyminer-wifi-n3/%i.conf\n", unit, StringComparison.Ordinal);
        Assert.EndsWith("NetworkNamespacePath=/run/netns/n3\n", unit, StringComparison.Ordinal);
    }

    [Fact]
    public void SettingsText_IsWhatTheServiceReads()
    {
        using var settings = JsonDocument.Parse(WifiNode.SettingsText("DE", "a passphrase", 11));
        Assert.Equal(["is_on", "country", "mesh_name", "passphrase", "channel", "client_name", "client_passphrase", "is_gateway", "is_set"], settings.RootElement.EnumerateObject().Select(p => p.Name));
        Assert.Equal(("DE", "a passphrase", 11), (settings.RootElement.GetProperty("country").GetString(), settings.RootElement.GetProperty("passphrase").GetString(), settings.RootElement.GetProperty("channel").GetInt32()));
    }
}
