using System.Text;
using Skywire.Wifi.Control;
using Skywire.Wifi.Radios;

namespace Skywire.Wifi.Tests.Control;

public sealed class SupplicantConfigTests
{
    [Fact]
    public void Write_Mesh_IsSecuredByUserSpacePeering()
    {
        var text = SupplicantConfig.Write(Networks.Mesh with { Country = "DE" }, "/run/x/ctrl");
        Assert.Equal(
            """
            # Made by the wifi service; changes here are lost.
            ctrl_interface=DIR=/run/x/ctrl
            update_config=0
            p2p_disabled=1
            ap_scan=1
            sae_pwe=2
            country=DE
            user_mpm=1
            mesh_max_inactivity=60
            network={
            ssid=686f6d65
            mode=5
            frequency=2437
            no_auto_peer=0
            beacon_int=200
            dot11MeshMaxRetries=10
            dot11MeshRetryTimeout=255
            dot11MeshConfirmTimeout=500
            dot11MeshHoldingTimeout=255
            key_mgmt=SAE
            proto=RSN
            pairwise=CCMP
            group=CCMP
            sae_password=636f727265637420686f727365
            ieee80211w=2
            }

            """,
            text);
    }

    // The vector of IEEE 802.11-2020, J.4.2: passphrase "password", name "IEEE".
    [Fact]
    public void Write_AdHoc_HasTheKeyOfTheStandardsVector()
    {
        var lines = Lines(Networks.AdHoc with { Name = "IEEE", Passphrase = "password" });
        Assert.Contains("psk=f42c6fc52df0ebef9ebb4b90b38a5f902e83fe1b135a70e23aed762e9710a12e", lines);
        Assert.Contains("key_mgmt=WPA-PSK", lines);
        Assert.Contains("fixed_freq=1", lines);
        Assert.DoesNotContain(lines, l => l.StartsWith("sae_password", StringComparison.Ordinal));
    }

    [Fact]
    public void Write_TreeAccessPoint_TellsItsPlace()
    {
        var lines = Lines(Networks.TreeAccessPoint);
        // Element dd, 13 bytes: OUI 02:73:6b, type 1, depth 3, root, 300 members told as 255, and a zero.
        Assert.Contains("ap_vendor_elements=dd0c02736b010302000000000aff", lines);
        Assert.True(lines.IndexOf("ap_vendor_elements=dd0c02736b010302000000000aff") < lines.IndexOf("network={"));
        Assert.Contains("ieee80211w=2", lines);
    }

    [Fact]
    public void Write_Station_LooksOnOneChannelForOneAccessPoint()
    {
        var lines = Lines(Networks.Station with { Frequency = 2462, MacAddress = "02:00:00:00:00:0b" });
        Assert.Contains("scan_freq=2462", lines);
        Assert.Contains("freq_list=2462", lines);
        Assert.Contains("bssid=02:00:00:00:00:0b", lines);
        Assert.DoesNotContain(Lines(Networks.Station), l => l.StartsWith("freq_list", StringComparison.Ordinal) || l.StartsWith("bssid", StringComparison.Ordinal));
    }

    [Fact]
    public void Write_OpenAccessPoint_HasNoKey()
    {
        var lines = Lines(Networks.Setup);
        Assert.Contains("key_mgmt=NONE", lines);
        Assert.Contains("wps_disabled=1", lines);
        Assert.DoesNotContain(lines, l => l.StartsWith("psk", StringComparison.Ordinal) || l.StartsWith("sae_password", StringComparison.Ordinal));
    }

    // Whatever people call it and however they lock it: the grammar of the file stays ours.
    [Theory]
    [InlineData("a\"b", "quote\" # {}=\\n")]
    [InlineData("}network={", "\"\"\"\"\"\"\"\"")]
    [InlineData("münchen ☕", "        ")]
    public void Write_HostileText_StandsInHexAlone(string name, string passphrase)
    {
        foreach (var network in Networks.All.Where(n => n.Passphrase.Length > 0))
        {
            var usual = Lines(network);
            var lines = Lines(network with { Name = name, Passphrase = passphrase });
            Assert.Equal(usual.Select(Key), lines.Select(Key));
            Assert.Contains("ssid=" + Convert.ToHexStringLower(Encoding.UTF8.GetBytes(name)), lines);
            Assert.All(lines, l => Assert.True(Ascii.IsValid(l)));
        }
    }

    public static TheoryData<SupplicantNetwork, string> Faults => new()
    {
        { Networks.Mesh with { Name = "" }, "0 bytes" },
        { Networks.Mesh with { Name = new string('ü', 17) }, "34 bytes" },
        { Networks.Mesh with { Name = "a\nb" }, "control character" },
        { Networks.Mesh with { Passphrase = "short" }, "5 characters" },
        { Networks.Mesh with { Passphrase = new string('x', 64) }, "64 characters" },
        { Networks.Mesh with { Passphrase = "with\nline end" }, "printable" },
        { Networks.Mesh with { Passphrase = "naïve passphrase" }, "printable" },
        { Networks.Mesh with { Passphrase = "" }, "never formed" },
        { Networks.AdHoc with { Passphrase = "" }, "never formed" },
        { Networks.Station with { Passphrase = "" }, "never formed" },
        { Networks.TreeAccessPoint with { Passphrase = "" }, "needs a passphrase" },
        { Networks.Mesh with { Frequency = 0 }, "no frequency" },
        { Networks.Mesh with { Frequency = 100 }, "no channel" },
        { Networks.Mesh with { Country = "DE\n" }, "capital letters" },
        { Networks.Mesh with { Country = "de" }, "capital letters" },
        { Networks.Station with { MacAddress = "02:00:00:00:00:0b\nx" }, "address" },
        { Networks.TreeAccessPoint with { Tree = new TreeMark("nobody", 1, 0) }, "place in the tree" },
        { Networks.TreeAccessPoint with { Tree = new TreeMark("02:00:00:00:00:0a", 256, 0) }, "place in the tree" },
        { Networks.Mesh with { Type = InterfaceType.Monitor }, "no network" },
    };

    [Theory]
    [MemberData(nameof(Faults))]
    public void Fault_BadNetwork_IsNamedAndNeverWritten(SupplicantNetwork network, string expected)
    {
        var fault = SupplicantConfig.Fault(network);
        Assert.Contains(expected, fault, StringComparison.Ordinal);
        Assert.True(network.Passphrase.Length == 0 || !fault.Contains(network.Passphrase, StringComparison.Ordinal));
        Assert.Throws<ArgumentException>(() => SupplicantConfig.Write(network, "/run/x"));
    }

    [Fact]
    public void Write_FolderWithLineEnd_IsRefused() => Assert.Throws<ArgumentException>(() => SupplicantConfig.Write(Networks.Mesh, "/run/x\nuser_mpm=0"));

    private static List<string> Lines(SupplicantNetwork network) => [.. SupplicantConfig.Write(network, "/run/x/ctrl").Split('\n')];

    private static string Key(string line) => line.Split('=')[0];
}
