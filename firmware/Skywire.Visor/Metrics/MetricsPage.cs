// What /metrics shows: the visor's own snapshots, read when asked, so that nothing is counted twice.
using System.Diagnostics;
using System.Text.Json;
using Skywire.Update.Policy;
using Skywire.Visor.Api;
using Skywire.Visor.State;

namespace Skywire.Visor.Metrics;

/// <summary>Renders all metrics of a visor.</summary>
internal sealed class MetricsPage(IVisorControl visor)
{
    /// <summary>MIME type of the format.</summary>
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    private const string Counter = "counter";
    private const string Gauge = "gauge";

    /// <summary>The page.</summary>
    public byte[] Write()
    {
        var writer = new PrometheusWriter();
        var status = visor.Status();
        writer.Single("skywire_build_info", Gauge, "Version and commit of the running program.", 1, "version", status.Version, "commit", status.Commit);
        writer.Single("skywire_uptime_seconds", Gauge, "Seconds since the visor started.", status.UptimeSeconds);
        writer.Family("skywire_link_state", Gauge, "1 for the state that the LEDs show.");
        foreach (var level in Enum.GetValues<LinkLevel>())
        {
            var word = LinkState.WordOf(level);
            writer.Sample(word == status.State ? 1 : 0, "state", word);
        }

        writer.Single("skywire_dmsg_ready", Gauge, "1 when the own entry is published and a session is live.", status.Dmsg.Ready ? 1 : 0);
        writer.Single("skywire_dmsg_sessions", Gauge, "Live sessions to dmsg servers.", status.Dmsg.Servers.Count);
        Services(writer, status);
        Box(writer, status.Box);
        WifiMetrics.Write(writer, visor.Wifi());
        Transports(writer);
        writer.Single("skywire_routing_rules", Gauge, "Routing rules.", status.Rules);
        RouteGroups(writer);
        Apps(writer);
        Updates(writer);
        Causes(writer);
        Process(writer);
        return writer.ToBytes();
    }

    private static void Services(PrometheusWriter writer, Api.Model.StatusView status)
    {
        writer.Family("skywire_service_answers_total", Counter, "Answers of a service, refusals included.");
        foreach (var service in status.Services.Where(s => s.State != "unused"))
        {
            writer.Sample(service.Answers, "service", service.Name);
        }

        writer.Family("skywire_service_failures_total", Counter, "Calls that a service did not answer, or answered with a failure of its own.");
        foreach (var service in status.Services.Where(s => s.State != "unused"))
        {
            writer.Sample(service.Failures, "service", service.Name);
        }
    }

    private static void Box(PrometheusWriter writer, Api.Model.BoxView? box)
    {
        if (box is null)
        {
            return;
        }

        writer.Single("skywire_box_joined", Gauge, "1 when the serving board answers and a link to another board of the box is up.", box.Joined ? 1 : 0);
        writer.Single("skywire_box_members", Gauge, "Boards of the box seen, this one not counted.", box.Members.Count);
        writer.Single("skywire_box_serving", Gauge, "1 when this board serves the box.", box.Serving is { IsSelf: true } ? 1 : 0);
        writer.Single("skywire_box_takeovers_total", Counter, "How often another board, or another life of a board, began to serve.", box.Takeovers);
        writer.Single("skywire_box_beacons_sent_total", Counter, "Beacons sent.", box.BeaconsSent);
        writer.Single("skywire_box_beacons_heard_total", Counter, "Beacons taken.", box.BeaconsHeard);
        writer.Family("skywire_box_beacons_refused_total", Counter, "Beacons not taken, by reason.");
        foreach (var (reason, count) in box.BeaconsRefused)
        {
            writer.Sample(count, "reason", reason);
        }
    }

    private void Transports(PrometheusWriter writer)
    {
        var transports = visor.Transports();
        writer.Family("skywire_transport_up", Gauge, "1 when the transport is up.");
        foreach (var t in transports)
        {
            writer.Sample(t.Up ? 1 : 0, "id", t.Id, "remote", t.RemoteKey, "type", t.Type);
        }

        writer.Family("skywire_transport_bytes_total", Counter, "Bytes over a transport.");
        foreach (var t in transports)
        {
            writer.Sample(t.SentBytes, "id", t.Id, "direction", "sent");
            writer.Sample(t.ReceivedBytes, "id", t.Id, "direction", "received");
        }

        writer.Family("skywire_transport_packets_total", Counter, "Packets over a transport.");
        foreach (var t in transports)
        {
            writer.Sample(t.SentPackets, "id", t.Id, "direction", "sent");
            writer.Sample(t.ReceivedPackets, "id", t.Id, "direction", "received");
        }

        writer.Family("skywire_transport_round_trip_seconds", Gauge, "Last measured round trip of a transport.");
        foreach (var t in transports.Where(t => t.RoundTripMs is not null))
        {
            writer.Sample(t.RoundTripMs!.Value / 1000, "id", t.Id);
        }
    }

    private void RouteGroups(PrometheusWriter writer)
    {
        var groups = visor.RouteGroups();
        writer.Single("skywire_route_groups", Gauge, "Open route groups.", groups.Count);
        writer.Single("skywire_route_group_sent_bytes", Gauge, "Bytes sent over the route groups open now.", groups.Sum(g => g.SentBytes));
        writer.Single("skywire_route_group_received_bytes", Gauge, "Bytes received over the route groups open now.", groups.Sum(g => g.ReceivedBytes));
    }

    private void Apps(PrometheusWriter writer)
    {
        writer.Family("skywire_app_running", Gauge, "1 when the app runs.");
        foreach (var app in visor.Apps())
        {
            writer.Sample(app.Status == "running" ? 1 : 0, "app", app.Name, "kind", app.Kind);
        }
    }

    private void Updates(PrometheusWriter writer)
    {
        if (visor.Updates?.View() is not { } update)
        {
            return;
        }

        writer.Single("skywire_update_info", Gauge, "Version and slot of the running system.", 1, "version", update.Version, "slot", update.Slot, "channel", update.Channel);
        writer.Family("skywire_update_phase", Gauge, "1 for the phase that updates are in.");
        foreach (var phase in Enum.GetValues<UpdatePhase>())
        {
            var word = JsonNamingPolicy.SnakeCaseLower.ConvertName(phase.ToString());
            writer.Sample(word == update.Phase ? 1 : 0, "phase", word);
        }

        writer.Single("skywire_update_fetched_bytes_total", Counter, "Bytes of updates that came over the network.", update.TotalFetched);
        writer.Single("skywire_update_reused_bytes_total", Counter, "Bytes of updates that the running slot had already.", update.TotalReused);
        writer.Family("skywire_update_refusals_total", Counter, "Updates that were not taken, by cause.");
        foreach (var (code, count) in update.Refusals)
        {
            writer.Sample(count, "code", code);
        }

        if (update.LastGood is { } good)
        {
            writer.Single("skywire_update_last_good_timestamp_seconds", Gauge, "When a new version last proved itself.", good.ToUnixTimeSeconds());
        }
    }

    private void Causes(PrometheusWriter writer)
    {
        writer.Family("skywire_causes_total", Counter, "Refusals, drops and retries by component and cause.");
        // Two parts may count under one name; the format allows each label set once.
        foreach (var component in visor.Causes().GroupBy(c => c.Component, StringComparer.Ordinal))
        {
            foreach (var cause in component.SelectMany(c => c.Snapshot()).GroupBy(c => c.Key))
            {
                writer.Sample(cause.Sum(c => c.Value), "component", component.Key, "cause", Remedies.Word(cause.Key));
            }
        }
    }

    private static void Process(PrometheusWriter writer)
    {
        using var process = System.Diagnostics.Process.GetCurrentProcess();
        writer.Single("process_cpu_seconds_total", Counter, "Processor time of this process.", process.TotalProcessorTime.TotalSeconds);
        writer.Single("process_resident_memory_bytes", Gauge, "Memory of this process that is in RAM.", process.WorkingSet64);
        writer.Single("process_threads", Gauge, "Threads of this process.", process.Threads.Count);
        writer.Single("dotnet_gc_heap_bytes", Gauge, "Managed heap after the last collection.", GC.GetGCMemoryInfo().HeapSizeBytes);
        writer.Family("dotnet_gc_collections_total", Counter, "Collections by generation.");
        for (var generation = 0; generation <= GC.MaxGeneration; generation++)
        {
            writer.Sample(GC.CollectionCount(generation), "generation", generation.ToString(System.Globalization.CultureInfo.InvariantCulture));
        }
    }
}
