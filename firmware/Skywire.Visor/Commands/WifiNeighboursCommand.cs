// skywire wifi neighbours: who is linked over the air, how well, and who is reached over whom.
using System.CommandLine;
using System.Globalization;
using Skywire.Visor.Api.Model;
using Skywire.Wifi.Running;

namespace Skywire.Visor.Commands;

internal static class WifiNeighboursCommand
{
    public static Command Create(CommandContext context)
    {
        var options = new WifiOptions();
        return context.Command(
            "neighbours",
            "List the boards linked over the air with their signal now and in the last minutes, and the paths over them.",
            ["skywire wifi neighbours", "skywire wifi neighbours --json"],
            [options.Run, context.Json],
            (result, _) =>
            {
                var report = options.Last(result);
                if (result.GetValue(context.Json))
                {
                    context.Output.Json([.. report.Radios.Select(r => new WifiNeighboursView(r.Name, r.Interface, r.Mode, r.State, r.Neighbours, r.Paths))], ApiJson.Default.IReadOnlyListWifiNeighboursView);
                }
                else
                {
                    Print(context.Output, report);
                }

                return Task.FromResult(WifiOptions.End(context, report, ExitCode.Ok));
            });
    }

    private static void Print(CliOutput output, WifiReport report)
    {
        output.Table(
            ["NEIGHBOUR", "RADIO", "SIGNAL", "LAST 3 MINUTES", "#TO IT", "#FROM IT", "#RETRIES", "PEERING", "LET IN", "#SILENT"],
            report.Radios.SelectMany(r => r.Neighbours.Select(n => new[]
            {
                n.MacAddress, r.Name, SignalText.Bar(n.Signal), SignalText.Spark(n.SignalHistory), Rate(n.TransmitRate), Rate(n.ReceiveRate),
                n.RetryPercent.ToString("0.0", CultureInfo.InvariantCulture) + " %", WifiCommand.OrDash(n.Peering), n.IsAuthorized ? "yes" : "no", Arguments.Span(n.InactiveSeconds),
            })));
        var paths = report.Radios.SelectMany(r => r.Paths.Select(p => (Radio: r.Name, Path: p))).ToList();
        if (paths.Count > 0)
        {
            output.Out.WriteLine();
            output.Table(
                ["REACHES", "OVER", "RADIO", "#HOPS", "#METRIC", "STATE"],
                paths.Select(p => new[] { p.Path.Destination, p.Path.NextHop == p.Path.Destination ? "directly" : p.Path.NextHop, p.Radio, p.Path.Hops > 0 ? Number(p.Path.Hops) : "-", Number(p.Path.Metric), p.Path.IsActive ? "active" : "not usable now" }));
        }
    }

    private static string Rate(long bitsPerSecond) => bitsPerSecond > 0 ? (bitsPerSecond / 1e6).ToString("0.0", CultureInfo.InvariantCulture) + " Mbit/s" : "-";

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
}
