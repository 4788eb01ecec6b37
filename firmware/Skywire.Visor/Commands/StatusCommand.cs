// skywire status
using System.CommandLine;
using Skywire.Visor.Api.Model;

namespace Skywire.Visor.Commands;

internal static class StatusCommand
{
    public static Command Create(CommandContext context)
    {
        var check = new Option<bool>("--check") { Description = "Only judge fitness: exit 0 when healthy, 1 when not." };
        return context.Remote("status", "Show how this visor stands in the mesh.", ["skywire status", "skywire status --json", "skywire status --check && echo fit"], [check], async (result, client, cancellationToken) =>
        {
            if (result.GetValue(check))
            {
                return Check(context, result, await client.GetAsync("health", cancellationToken));
            }

            var json = await client.GetAsync("status", cancellationToken);
            if (result.GetValue(context.Json))
            {
                context.Output.Json(json);
            }
            else
            {
                Print(context.Output, VisorClient.Parse(json, ApiJson.Default.StatusView));
            }

            return ExitCode.Ok;
        });
    }

    private static int Check(CommandContext context, ParseResult result, byte[] json)
    {
        var health = VisorClient.Parse(json, ApiJson.Default.HealthView);
        if (result.GetValue(context.Json))
        {
            context.Output.Json(json);
        }
        else
        {
            context.Output.Table(["CHECK", "STATE", "REASON"], health.Checks.Select(c => new[] { c.Name, c.Ok ? "ok" : "failed", c.Reason }));
        }

        return health.Healthy ? ExitCode.Ok : ExitCode.Failure;
    }

    private static void Print(CliOutput output, StatusView status)
    {
        output.Pairs(
        [
            ("State", $"{status.State}: {status.StateReason}"),
            ("Name", status.Name.Length > 0 ? status.Name : "-"),
            ("Public key", status.PublicKey),
            ("Version", $"{status.Version} ({status.Commit})"),
            ("Up for", Arguments.Span(status.UptimeSeconds)),
            ("Transports", $"{status.TransportsUp} up"),
            ("Routes", $"{status.RouteGroups} open, {status.Rules} rules"),
            ("dmsg", !status.Dmsg.Enabled ? "not used" : status.Dmsg.Ready ? $"ready, {status.Dmsg.Servers.Count} servers" : $"not ready: {status.Dmsg.Reason}"),
            ("Box", status.Box is not { } box ? "none" : $"{box.MeshName}: {(box.Joined ? "joined" : "not joined, " + box.Reason)}; {box.Members.Count + 1} boards, served by {(box.Serving is not { } s ? "nobody" : s.IsSelf ? "this one" : s.Name.Length > 0 ? s.Name : s.Key)}"),
            .. status.Wifi is { } wifi ? [("Wifi", wifi.IsRunning ? $"{wifi.State}: {wifi.Reason}" : "the wifi service does not run")] : Array.Empty<(string, string)>(),
            ("Listening", status.Listening.Count == 0 ? "-" : string.Join(", ", status.Listening.Select(l => $"{l.What} {l.Address}"))),
        ]);
        output.Out.WriteLine();
        output.Table(["SERVICE", "STATE", "#ANSWERS", "#FAILURES", "REASON"], status.Services.Select(s => new[] { s.Name, s.State, $"{s.Answers}", $"{s.Failures}", s.Reason }));
        foreach (var warning in status.Warnings)
        {
            output.Out.WriteLine();
            output.Out.WriteLine("! " + warning);
        }
    }
}
