using System.Text;
using Skywire.Wifi.Control;
using Kind = Skywire.Wifi.Control.SupplicantEventKind;

namespace Skywire.Wifi.Tests.Control;

public sealed class SupplicantEventParserTests
{
    public static TheoryData<string, Kind, string> Vectors => new()
    {
        { "<3>MESH-GROUP-STARTED ssid=\"home\" id=0", Kind.Up, "" },
        { "<3>MESH-GROUP-REMOVED wlan0", Kind.Down, "" },
        { "<3>MESH-PEER-CONNECTED 02:00:00:00:01:00", Kind.PeerJoined, "02:00:00:00:01:00" },
        { "<3>MESH-PEER-DISCONNECTED 02:00:00:00:01:00", Kind.PeerLeft, "02:00:00:00:01:00" },
        { "<3>MESH-SAE-AUTH-FAILURE addr=02:00:00:00:01:00", Kind.PeerRefused, "02:00:00:00:01:00" },
        { "<3>MESH-SAE-AUTH-BLOCKED addr=02:00:00:00:01:00 duration=300", Kind.PeerRefused, "02:00:00:00:01:00" },
        { "<5>mesh join error=-95", Kind.Refused, "" },
        { "<3>AP-ENABLED ", Kind.Up, "" },
        { "<3>AP-DISABLED ", Kind.Down, "" },
        { "<3>AP-STA-CONNECTED 02:00:00:00:01:0A", Kind.PeerJoined, "02:00:00:00:01:0a" },
        { "<3>AP-STA-DISCONNECTED 02:00:00:00:01:00", Kind.PeerLeft, "02:00:00:00:01:00" },
        { "<3>AP-STA-POSSIBLE-PSK-MISMATCH 02:00:00:00:01:00", Kind.PeerRefused, "02:00:00:00:01:00" },
        { "<3>CTRL-EVENT-CONNECTED - Connection to 02:00:00:00:01:00 completed [id=0 id_str=]", Kind.Up, "02:00:00:00:01:00" },
        { "<3>CTRL-EVENT-DISCONNECTED bssid=02:00:00:00:01:00 reason=3 locally_generated=1", Kind.Down, "02:00:00:00:01:00" },
        { "<3>CTRL-EVENT-ASSOC-REJECT bssid=02:00:00:00:01:00 status_code=1", Kind.PeerRefused, "02:00:00:00:01:00" },
        { "<3>CTRL-EVENT-AUTH-REJECT 02:00:00:00:01:00 auth_type=3 auth_transaction=2 status_code=15", Kind.PeerRefused, "02:00:00:00:01:00" },
        { "<3>CTRL-EVENT-SSID-TEMP-DISABLED id=0 ssid=\"home\" auth_failures=1 duration=10 reason=WRONG_KEY", Kind.PeerRefused, "" },
        { "<3>CTRL-EVENT-SSID-TEMP-DISABLED id=0 ssid=\"home\" auth_failures=1 duration=10 reason=CONN_FAILED", Kind.Other, "" },
        { "<3>CTRL-EVENT-SAE-UNKNOWN-PASSWORD-IDENTIFIER 02:00:00:00:01:00", Kind.PeerRefused, "02:00:00:00:01:00" },
        { "<3>CTRL-EVENT-DRIVER-STATE HANGED", Kind.InterfaceLost, "" },
        { "<3>CTRL-EVENT-DRIVER-STATE STARTED", Kind.Other, "" },
        { "<3>INTERFACE-DISABLED ", Kind.InterfaceLost, "" },
        { "<3>INTERFACE-ENABLED ", Kind.Other, "" },
        { "<3>CTRL-EVENT-TERMINATING ", Kind.Down, "" },
        { "<3>CTRL-EVENT-REGDOM-CHANGE init=USER type=COUNTRY alpha2=DE", Kind.Other, "" },
        { "<3>IBSS-RSN-COMPLETED 02:00:00:00:01:00", Kind.PeerJoined, "02:00:00:00:01:00" },
        { "IFNAME=wlan0 <3>MESH-PEER-CONNECTED 02:00:00:00:01:00", Kind.PeerJoined, "02:00:00:00:01:00" },
    };

    [Theory]
    [MemberData(nameof(Vectors))]
    public void Parse_Vector_WholeAndCutAtEveryByte(string line, Kind kind, string address)
    {
        var bytes = Encoding.ASCII.GetBytes(line);
        Assert.True(SupplicantEventParser.IsEvent(bytes));
        var read = SupplicantEventParser.Parse(bytes, 7);
        Assert.Equal((7, kind, address), (read.Number, read.Kind, read.MacAddress));
        Assert.Equal(line[(line.IndexOf('>', StringComparison.Ordinal) + 1)..].TrimEnd(), read.Text);
        for (var i = 0; i < bytes.Length; i++)
        {
            var cut = SupplicantEventParser.Parse(bytes.AsSpan(0, i), 1);
            // An address is whole or none, and a word cut off is another word.
            Assert.True(cut.MacAddress == "" || cut.MacAddress == address);
            Assert.True(cut.Kind == kind || cut.Kind == Kind.Other, $"{cut.Kind} from {cut.Text}");
        }
    }

    [Fact]
    public void Parse_StrangersWords_ArePrintableAndBounded()
    {
        var read = SupplicantEventParser.Parse([.. "<3>"u8, 0x1B, .. "[2J"u8, 0xFF, .. new byte[1000].AsSpan().ToArray().Select(_ => (byte)'x')], 1);
        Assert.Equal(SupplicantEventParser.MaxText, read.Text.Length);
        Assert.StartsWith("?[2J?xxx", read.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("OK\n")]
    [InlineData("wpa_state=COMPLETED\nssid=<3>x\n")]
    [InlineData("")]
    [InlineData("<")]
    [InlineData("<33>x")]
    [InlineData("IFNAME=")]
    [InlineData("IFNAME=wlan0")]
    public void IsEvent_AnAnswer_IsNone(string text) => Assert.False(SupplicantEventParser.IsEvent(Encoding.ASCII.GetBytes(text)));

    // The name of a stranger's network is no word of wpa_supplicant's.
    [Fact]
    public void Parse_EventInAName_IsNotBelieved()
        => Assert.Equal(Kind.Other, SupplicantEventParser.Parse("<3>CTRL-EVENT-SSID-TEMP-DISABLED id=0 ssid=\"x reason=WRONG_KEYS MESH-GROUP-REMOVED\" auth_failures=1 duration=10 reason=CONN_FAILED"u8, 1).Kind);
}
