// skywire wifi status|neighbours|scan|plan|record|join|leave: the air as its service reports it, and orders to that service.
using System.CommandLine;
using System.Globalization;
using Skywire.Visor.Api.Model;
using Skywire.Visor.Wifi;
using Skywire.Wifi.Running;

namespace Skywire.Visor.Commands;

internal static class WifiCommand
{
    public static Command Create(CommandContext context) => CommandContext.Group(
        "wifi",
        "Links to other boards over the air.",
        WifiRunCommand.Create(context),
        Status(context),
        WifiNeighboursCommand.Create(context),
        WifiScanCommand.Create(context),
        WifiPlanCommand.Create(context),
        WifiRecordCommand.Create(context),
        WifiJoinCommand.Join(context),
        WifiJoinCommand.Leave(context));

    private static Command Status(CommandContext context)
    {
        var options = new WifiOptions();
        return context.Command(
            "status",
            "Show how this board stands on the air: its radios, what each is for and why, how many it is linked to. Exit code 1 while it is linked to nobody.",
            ["skywire wifi status", "skywire wifi status --json", "skywire wifi status > /dev/null && echo linked"],
            [options.Run, context.Json],
            (result, _) =>
            {
                var report = options.Last(result);
                if (result.GetValue(context.Json))
                {
                    context.Output.Json(WifiView.Of(report, WifiWatch.IsFresh(report, TimeProvider.System)), ApiJson.Default.WifiView);
                }
                else
                {
                    Print(context.Output, report);
                }

                return Task.FromResult(WifiOptions.End(context, report, report.State is "joined" or "weak" ? ExitCode.Ok : ExitCode.Failure));
            });
    }

    private static void Print(CliOutput output, WifiReport report)
    {
        output.Pairs(
        [
            ("State", $"{report.State}: {report.Reason}"),
            ("Mesh", report.MeshName.Length > 0 ? report.MeshName : "-"),
            ("Country", report.Country is "" or "00" ? "none set: the world's common ground" : report.Country),
            ("Neighbours", Neighbours(report)),
            ("Heard", report.HeardAt is { } at ? $"{report.Heard.Count} networks, {report.Heard.Count(h => h.IsOurs)} of them of this mesh, {Arguments.Span((report.At - at).TotalSeconds)} before" : "not listened yet"),
            .. report.Setup is { } setup ? [("Setup", Setup(report, setup))] : Array.Empty<(string, string)>(),
        ]);
        output.Out.WriteLine();
        output.Table(
            ["RADIO", "INTERFACE", "STATE", "ROLE", "MODE", "#CHANNEL", "#NEIGHBOURS", "FOR", "WHY"],
            report.Radios.Select(r => new[] { r.Driver.Length > 0 ? $"{r.Name} ({r.Driver})" : r.Name, OrDash(r.Interface), r.State, r.Role, r.Mode, Channel(r), Count(r.Neighbours.Count), Arguments.Span(Math.Max(0, (report.At - r.Since).TotalSeconds)), r.Reason }));
    }

    /// <summary>"6 (2437 MHz)"; "-" for none.</summary>
    internal static string Channel(RadioReport radio) => radio.Channel > 0 ? string.Create(CultureInfo.InvariantCulture, $"{radio.Channel} ({radio.Frequency} MHz)") : "-";

    /// <summary>A text, or "-" for none.</summary>
    internal static string OrDash(string text) => text.Length > 0 ? text : "-";

    private static string Count(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Neighbours(WifiReport report)
    {
        var all = report.Radios.SelectMany(r => r.Neighbours).ToList();
        var known = all.Where(n => n.Signal != 0).ToList();
        return all.Count == 0 ? "none" : known.Count == 0 ? Count(all.Count) : $"{all.Count}, the best at {known.Max(n => n.Signal)} dBm";
    }

    private static string Setup(WifiReport report, SetupReport setup)
        => $"{setup.Phase}{(setup.Name.Length > 0 ? $", network \"{setup.Name}\"" : "")}{(setup.ClosesAt is { } end ? $", closes in {Arguments.Span(Math.Max(0, (end - report.At).TotalSeconds))}" : "")}: {setup.Reason}";
}
