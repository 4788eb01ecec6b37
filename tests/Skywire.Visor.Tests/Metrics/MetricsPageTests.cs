using System.Text;
using System.Text.RegularExpressions;
using Skywire.Visor.Metrics;
using Skywire.Visor.Tests.Api;

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

    private static string[] Lines() => Encoding.UTF8.GetString(new MetricsPage(new FakeVisor { Box = FakeVisor.SampleBox, Updates = new FakeUpdates() }).Write()).TrimEnd('\n').Split('\n');

    [GeneratedRegex("^[a-z_]+(\\{[a-z_]+=\"[^\"]*\"(,[a-z_]+=\"[^\"]*\")*\\})? -?[0-9.eE+-]+$")]
    private static partial Regex Sample();
}
