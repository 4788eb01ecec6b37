// skywire app ls|start|stop|log
using System.CommandLine;
using Skywire.Visor.Api.Model;

namespace Skywire.Visor.Commands;

internal static class AppCommand
{
    public static Command Create(CommandContext context) => CommandContext.Group("app", "Apps: programs that use routes.", List(context), Change(context, "start", "Start an app."), Change(context, "stop", "Stop an app."), Log(context));

    private static Command List(CommandContext context) => context.Remote("ls", "List the configured apps.", ["skywire app ls"], [], async (result, client, cancellationToken) =>
    {
        Show(context, result, await client.GetAsync("apps", cancellationToken));
        return ExitCode.Ok;
    });

    private static Command Change(CommandContext context, string verb, string description)
    {
        var name = Name();
        return context.Remote(verb, description, [$"skywire app {verb} skysocks"], [name], async (result, client, cancellationToken) =>
        {
            Show(context, result, await client.SendAsync(HttpMethod.Post, $"apps/{Uri.EscapeDataString(result.GetValue(name)!)}/{verb}", cancellationToken));
            return ExitCode.Ok;
        });
    }

    private static Command Log(CommandContext context)
    {
        var name = Name();
        var lines = LogCommand.Lines();
        return context.Remote("log", "Show what an app logged.", ["skywire app log skysocks -n 50"], [name, lines], async (result, client, cancellationToken) =>
        {
            var json = await client.GetAsync($"apps/{Uri.EscapeDataString(result.GetValue(name)!)}/log?limit={result.GetValue(lines)}", cancellationToken);
            LogCommand.Show(context, result, json);
            return ExitCode.Ok;
        });
    }

    private static Argument<string> Name() => new("NAME") { Description = "Name of the app, as \"skywire app ls\" shows it." };

    private static void Show(CommandContext context, ParseResult result, byte[] json)
    {
        if (result.GetValue(context.Json))
        {
            context.Output.Json(json);
            return;
        }

        context.Output.Table(["NAME", "KIND", "#PORT", "AUTO START", "STATE", "#CONNECTIONS", "DETAIL"], VisorClient.Parse(json, ApiJson.Default.IReadOnlyListAppView)
            .Select(a => new[] { a.Name, a.Kind, $"{a.Port}", a.AutoStart ? "yes" : "no", a.Status, $"{a.Connections}", a.Detail }));
    }
}
