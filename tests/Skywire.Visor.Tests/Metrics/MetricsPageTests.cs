using System.Text;
using System.Text.RegularExpressions;
using Skywire.Visor.Api.Model;
using Skywire.Visor.Metrics;
using Skywire.Visor.Tests.Api;
using Skywire.Visor.Tests.Wifi;

namespace Skywire.Visor.Tests.Metrics;

public sealed partial class MetricsPageTests
{
    [Fact]
    public void Write_Page_FollowsTheFormatAndRepeatsNothing()
    {
        var declared = new HashSet<string>();
        var samples = new HashSet<string>();
        var type = "";
        foreach (var line in Lines())
        {
            if (line.StartsWith("# TYPE ", StringComparison.Ordinal))
            {
                var parts = line.Split(' ');
                Assert.True(declared.Add(parts[2]), line);
                Assert.Contains(parts[3], new[] { "counter", "gauge" });
                type = parts[2];
                Assert.Equal(parts[3] == "counter", parts[2].EndsWith("_total", StringComparison.Ordinal));
            }
            else if (!line.StartsWith('#'))
            {
                Assert.Matches(Sample(), line);
                Assert.Equal(type, line.Split('{', ' ')[0]);
                Assert.True(samples.Add(line[..line.LastIndexOf(' ')]), line);
            }
        }
    }

    [Theory]
    [InlineData("skywire_build_info{version=\"1.2.3\",commit=\"abc\"} 1")]
    [InlineData("skywire_uptime_seconds 61")]
    [InlineData("skywire_link_state{state=\"joined\"} 1")]
    [InlineData("skywire_link_state{state=\"no_link\"} 0")]
    [InlineData("skywire_dmsg_sessions 1")]
    [InlineData("skywire_box_joined 1")]
    [InlineData("skywire_box_members 1")]
    [InlineData("skywire_box_serving 0")]
    [InlineData("skywire_box_takeovers_total 1")]
    [InlineData("skywire_box_beacons_refused_total{reason=\"tag\"} 3")]
    [InlineData("skywire_service_answers_total{service=\"route_finder\"} 3")]
    [InlineData("skywire_routing_rules 1")]
    [InlineData("skywire_route_groups 1")]
    [InlineData("skywire_app_running{app=\"skysocks\",kind=\"skysocks\"} 1")]
    [InlineData("skywire_update_info{version=\"1.2.3\",slot=\"A\",channel=\"stable\"} 1")]
    [InlineData("skywire_update_phase{phase=\"downloading\"} 1")]
    [InlineData("skywire_update_phase{phase=\"waiting_for_window\"} 0")]
    [InlineData("skywire_update_fetched_bytes_total 100")]
    [InlineData("skywire_update_reused_bytes_total 300")]
    [InlineData("skywire_update_refusals_total{code=\"bad_signature\"} 2")]
    [InlineData("skywire_update_last_good_timestamp_seconds 1795244400")]
    [InlineData("skywire_causes_total{component=\"router\",cause=\"rule_not_found\"} 2")]
    public void Write_Page_HasTheSample(string sample) => Assert.Contains(sample, Lines());

    [Theory]
    [InlineData("skywire_wifi_running 1")]
    [InlineData("skywire_wifi_state{state=\"joined\"} 1")]
    [InlineData("skywire_wifi_state{state=\"setup\"} 0")]
    [InlineData("skywire_wifi_radio_info{radio=\"phy1\",driver=\"ath9k_htc\",interface=\"wlan1\",role=\"backhaul\",mode=\"mesh\"} 1")]
    [InlineData("skywire_wifi_radio_state{radio=\"phy0\",state=\"off\"} 1")]
    [InlineData("skywire_wifi_frequency_hertz{radio=\"phy1\"} 2437000000")]
    [InlineData("skywire_wifi_neighbours{radio=\"phy1\"} 2")]
    [InlineData("skywire_wifi_paths{radio=\"phy1\"} 3")]
    [InlineData("skywire_wifi_signal_dbm{radio=\"phy1\",neighbour=\"02:00:00:00:00:03\"} -83")]
    [InlineData("skywire_wifi_retry_ratio{radio=\"phy1\",neighbour=\"02:00:00:00:00:02\"} 0.032")]
    [InlineData("skywire_wifi_rate_bits_per_second{radio=\"phy1\",neighbour=\"02:00:00:00:00:02\",direction=\"sent\"} 65000000")]
    [InlineData("skywire_wifi_bytes_total{radio=\"phy1\",neighbour=\"02:00:00:00:00:02\",direction=\"received\"} 2000")]
    [InlineData("skywire_wifi_heard_networks 3")]
    [InlineData("skywire_wifi_heard_ours 1")]
    [InlineData("skywire_wifi_last_scan_timestamp_seconds 1795341560")]
    [InlineData("skywire_wifi_joins_total 3")]
    public void Write_Air_HasTheSample(string sample) => Assert.Contains(sample, Lines());

    // Old measurements would pass for new ones; a name that is none would spoil the page.
    [Fact]
    public void Write_WifiServiceStopped_TellsOnlyThat()
    {
        var text = Encoding.UTF8.GetString(new MetricsPage(new FakeVisor { Wifi = WifiView.Of(SampleAir.Report, isRunning: false) }).Write());
        Assert.Contains("\nskywire_wifi_running 0\n", text, StringComparison.Ordinal);
        Assert.DoesNotContain("skywire_wifi_state", text, StringComparison.Ordinal);
        Assert.DoesNotContain("skywire_wifi_", Encoding.UTF8.GetString(new MetricsPage(new FakeVisor()).Write()), StringComparison.Ordinal);
        Assert.DoesNotContain("Not A Name", string.Join('\n', Lines()), StringComparison.Ordinal);
    }

    [Fact]
    public void Write_Page_HasTransportBytesAndProcess()
    {
        var text = string.Join('\n', Lines());
        Assert.Contains($"skywire_transport_bytes_total{{id=\"{FakeVisor.Id}\",direction=\"received\"}} 200", text, StringComparison.Ordinal);
        Assert.Matches(@"process_resident_memory_bytes [1-9]\d{6,}", text);
        Assert.Matches(@"process_cpu_seconds_total \d", text);
    }

    [Fact]
    public void Sample_LabelWithQuotesAndLineFeed_IsEscaped()
    {
        var writer = new PrometheusWriter();
        writer.Single("a", "gauge", "help\nmore", 0.5, "l", "a\"b\\c\nd");
        Assert.Equal("# HELP a help\\nmore\n# TYPE a gauge\na{l=\"a\\\"b\\\\c\\nd\"} 0.5\n", Encoding.UTF8.GetString(writer.ToBytes()));
    }

    private static string[] Lines() => Encoding.UTF8.GetString(new MetricsPage(new FakeVisor { Box = FakeVisor.SampleBox, Updates = new FakeUpdates(), Wifi = SampleAir.View }).Write()).TrimEnd('\n').Split('\n');

    [GeneratedRegex("^[a-z_]+(\\{[a-z_]+=\"[^\"]*\"(,[a-z_]+=\"[^\"]*\")*\\})? -?[0-9.eE+-]+$")]
    private static partial Regex Sample();
}
