// The air's part of /metrics: the wifi service's report as numbers.
using Skywire.Visor.Api.Model;
using Skywire.Wifi.Running;

namespace Skywire.Visor.Metrics;

internal static class WifiMetrics
{
    private const string Counter = "counter";
    private const string Gauge = "gauge";

    private static readonly string[] States = ["no_radio", "off", "searching", "weak", "joined", "setup"];

    /// <summary>Writes the families. Of a service that does not run only that: old measurements would pass for new ones.</summary>
    public static void Write(PrometheusWriter writer, WifiView? wifi)
    {
        if (wifi is null)
        {
            return;
        }

        writer.Single("skywire_wifi_running", Gauge, "1 while the wifi service reports.", wifi.IsRunning ? 1 : 0);
        if (!wifi.IsRunning)
        {
            return;
        }

        writer.Family("skywire_wifi_state", Gauge, "1 for the state of the air as a whole.");
        foreach (var state in States)
        {
            writer.Sample(state == wifi.State ? 1 : 0, "state", state);
        }

        // Names are the kernel's and by that unique; the format allows each label set once, whatever the report holds.
        List<RadioReport> radios = [.. wifi.Radios.DistinctBy(r => r.Name)];
        List<(string Radio, NeighbourReport Neighbour)> neighbours = [.. radios.SelectMany(r => r.Neighbours.DistinctBy(n => n.MacAddress).Select(n => (r.Name, n)))];
        Radios(writer, radios);
        Neighbours(writer, neighbours);
        writer.Single("skywire_wifi_heard_networks", Gauge, "Networks heard in the last scan.", wifi.Heard.Count);
        writer.Single("skywire_wifi_heard_ours", Gauge, "Of these, those of this board's mesh.", wifi.Heard.Count(h => h.IsOurs));
        if (wifi.HeardAt is { } at)
        {
            writer.Single("skywire_wifi_last_scan_timestamp_seconds", Gauge, "When the last scan ended.", at.ToUnixTimeSeconds());
        }

        foreach (var (name, count) in wifi.Counters.Where(c => IsName(c.Key)).OrderBy(c => c.Key, StringComparer.Ordinal))
        {
            writer.Single($"skywire_wifi_{name}_total", Counter, "Counted by the wifi service since its start.", count);
        }
    }

    private static void Radios(PrometheusWriter writer, List<RadioReport> radios)
    {
        writer.Family("skywire_wifi_radio_info", Gauge, "A radio with its driver, interface, role and mode.");
        foreach (var radio in radios)
        {
            writer.Sample(1, "radio", radio.Name, "driver", radio.Driver, "interface", radio.Interface, "role", radio.Role, "mode", radio.Mode);
        }

        writer.Family("skywire_wifi_radio_state", Gauge, "1 for the state of a radio.");
        foreach (var radio in radios)
        {
            foreach (var state in States)
            {
                writer.Sample(state == radio.State ? 1 : 0, "radio", radio.Name, "state", state);
            }
        }

        Each("skywire_wifi_frequency_hertz", "Frequency in use.", radios.Where(r => r.Frequency > 0), r => r.Frequency * 1e6);
        Each("skywire_wifi_neighbours", "Neighbours linked over a radio.", radios, r => r.Neighbours.Count);
        Each("skywire_wifi_paths", "Boards reached by the kernel's mesh.", radios, r => r.Paths.Count(p => p.IsActive));
        Each("skywire_wifi_tree_depth", "Hops to the root, in a tree.", radios.Where(r => r.Depth >= 0), r => r.Depth);

        void Each(string name, string help, IEnumerable<RadioReport> of, Func<RadioReport, double> value)
        {
            writer.Family(name, Gauge, help);
            foreach (var radio in of)
            {
                writer.Sample(value(radio), "radio", radio.Name);
            }
        }
    }

    private static void Neighbours(PrometheusWriter writer, List<(string Radio, NeighbourReport Neighbour)> neighbours)
    {
        Each("skywire_wifi_signal_dbm", "Signal of a neighbour.", neighbours.Where(n => n.Neighbour.Signal != 0), n => n.Signal);
        Each("skywire_wifi_retry_ratio", "Frames sent again, of all sent to a neighbour.", neighbours, n => n.RetryPercent / 100);
        Each("skywire_wifi_silence_seconds", "Time since a neighbour was heard.", neighbours, n => n.InactiveSeconds);
        Each("skywire_wifi_airtime_metric", "Airtime metric of the link to a neighbour.", neighbours.Where(n => n.Neighbour.AirtimeMetric > 0), n => n.AirtimeMetric);
        Both("skywire_wifi_rate_bits_per_second", Gauge, "Rate to and from a neighbour.", n => (n.TransmitRate, n.ReceiveRate));
        Both("skywire_wifi_bytes_total", Counter, "Bytes to and from a neighbour since it was linked.", n => (n.TransmitBytes, n.ReceiveBytes));

        void Each(string name, string help, IEnumerable<(string Radio, NeighbourReport Neighbour)> of, Func<NeighbourReport, double> value)
        {
            writer.Family(name, Gauge, help);
            foreach (var (radio, neighbour) in of)
            {
                writer.Sample(value(neighbour), "radio", radio, "neighbour", neighbour.MacAddress);
            }
        }

        void Both(string name, string type, string help, Func<NeighbourReport, (long Sent, long Received)> value)
        {
            writer.Family(name, type, help);
            foreach (var (radio, neighbour) in neighbours)
            {
                var (sent, received) = value(neighbour);
                writer.Sample(sent, "radio", radio, "neighbour", neighbour.MacAddress, "direction", "sent");
                writer.Sample(received, "radio", radio, "neighbour", neighbour.MacAddress, "direction", "received");
            }
        }
    }

    // "bytes" is taken by the neighbours'.
    private static bool IsName(string text) => text.Length is > 0 and <= 40 && text != "bytes" && text.All(c => char.IsAsciiLetterLower(c) || c == '_');
}
