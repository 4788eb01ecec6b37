// skywire wifi plan: what each radio is for, how it links boards, on which channel, and why.
using System.CommandLine;
using Skywire.Visor.Api.Model;
using Skywire.Wifi.Running;

namespace Skywire.Visor.Commands;

internal static class WifiPlanCommand
{
    public static Command Create(CommandContext context)
    {
        var options = new WifiOptions();
        return context.Command(
            "plan",
            "Show what each radio is for, how it links boards, on which channel, and why so.",
            ["skywire wifi plan", "skywire wifi plan --json"],
            [options.Run, context.Json],
            (result, _) =>
            {
                var report = options.Last(result);
                Print(context, result, [.. report.Radios.Select(RowOf)]);
                return Task.FromResult(WifiOptions.End(context, report, ExitCode.Ok));
            });
    }

    /// <summary>Prints plans, from whatever they were made.</summary>
    internal static void Print(CommandContext context, ParseResult result, IReadOnlyList<WifiPlanView> plans)
    {
        if (result.GetValue(context.Json))
        {
            context.Output.Json(plans, ApiJson.Default.IReadOnlyListWifiPlanView);
        }
        else
        {
            context.Output.Table(["RADIO", "ROLE", "MODE", "CHANNEL", "WHY"], plans.Select(p => new[] { p.Radio, p.Role, p.Mode, p.Frequency == 0 ? "-" : p.Channel == 0 ? $"{p.Frequency} MHz" : $"{p.Channel} ({p.Frequency} MHz)", p.Reason }));
        }
    }

    private static WifiPlanView RowOf(RadioReport radio) => new(radio.Name, radio.Driver, radio.Types, radio.Role, radio.Mode, radio.Channel, radio.Frequency, radio.PlanReason);
}
