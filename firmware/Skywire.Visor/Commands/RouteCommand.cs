// skywire route ls|groups|find|dial
using System.CommandLine;
using System.Globalization;
using Skywire.Visor.Api.Model;

namespace Skywire.Visor.Commands;

internal static class RouteCommand
{
    public static Command Create(CommandContext context) => CommandContext.Group("route", "Routes over transports.", Rules(context), Groups(context), Find(context), Dial(context));

    private static Command Rules(CommandContext context) => context.Remote("ls", "List routing rules.", ["skywire route ls"], [], async (result, client, cancellationToken) =>
    {
        var json = await client.GetAsync("routes", cancellationToken);
        if (result.GetValue(context.Json))
        {
            context.Output.Json(json);
            return ExitCode.Ok;
        }

        context.Output.Table(["#ID", "TYPE", "NEXT TRANSPORT", "#NEXT ID", "REMOTE", "#REMOTE PORT", "#LOCAL PORT", "#KEEP-ALIVE"], VisorClient.Parse(json, ApiJson.Default.IReadOnlyListRuleView)
            .Select(r => new[] { $"{r.RouteId}", r.Type, r.NextTransport.Length > 0 ? r.NextTransport : "-", Dash(r.NextRouteId), r.Remote.Length > 0 ? r.Remote : "-", Dash(r.RemotePort), Dash(r.LocalPort), Arguments.Span(r.KeepAliveSeconds) }));
        return ExitCode.Ok;
    });

    private static Command Groups(CommandContext context) => context.Remote("groups", "List open routes that end here.", ["skywire route groups"], [], async (result, client, cancellationToken) =>
    {
        var json = await client.GetAsync("route-groups", cancellationToken);
        if (result.GetValue(context.Json))
        {
            context.Output.Json(json);
            return ExitCode.Ok;
        }

        context.Output.Table(["REMOTE", "#REMOTE PORT", "#LOCAL PORT", "#RTT", "#SENT", "#RECEIVED"], VisorClient.Parse(json, ApiJson.Default.IReadOnlyListRouteGroupView)
            .Select(g => new[] { g.Remote, $"{g.RemotePort}", $"{g.LocalPort}", Arguments.Milliseconds(g.RoundTripMs), Arguments.Bytes(g.SentBytes), Arguments.Bytes(g.ReceivedBytes) }));
        return ExitCode.Ok;
    });

    private static Command Find(CommandContext context)
    {
        var key = Arguments.Key();
        var (least, most) = (Hops("--min-hops", "Fewest hops.", 1), Hops("--max-hops", "Most hops.", 50));
        return context.Remote("find", "Ask the route finder for paths to a visor.", ["skywire route find 02a1...", "skywire route find 02a1... --min-hops 2"], [key, least, most], async (result, client, cancellationToken) =>
        {
            var json = await client.GetAsync($"routes/find?remote_key={result.GetValue(key)}&min_hops={result.GetValue(least)}&max_hops={result.GetValue(most)}", cancellationToken);
            if (result.GetValue(context.Json))
            {
                context.Output.Json(json);
                return ExitCode.Ok;
            }

            var paths = VisorClient.Parse(json, ApiJson.Default.PathsView);
            var rows = paths.Forward.Select((p, i) => ("there", i, p)).Concat(paths.Reverse.Select((p, i) => ("back", i, p)));
            context.Output.Table(["DIRECTION", "#PATH", "#HOP", "FROM", "TO", "TRANSPORT"], rows.SelectMany(r => r.p.Select((h, hop) => new[] { r.Item1, $"{r.i + 1}", $"{hop + 1}", h.From, h.To, h.TransportId })));
            return ExitCode.Ok;
        });
    }

    private static Command Dial(CommandContext context)
    {
        var key = Arguments.Key();
        var port = new Argument<int>("PORT") { Description = "Port over there; an app must listen on it." };
        port.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && int.TryParse(token.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is < 1 or > ushort.MaxValue)
            {
                result.AddError($"port {number} is not from 1 to 65535");
            }
        });
        var hops = Hops("--min-hops", "Fewest hops. Default: as configured.", null);
        return context.Remote("dial", "Try a route: dial a port, see that traffic passes, close it.", ["skywire route dial 02a1... 3"], [key, port, hops], async (result, client, cancellationToken) =>
        {
            var json = await client.PostAsync("routes/dial", new DialRequest(result.GetValue(key)!, result.GetValue(port), result.GetValue(hops)), ApiJson.Default.DialRequest, cancellationToken);
            if (result.GetValue(context.Json))
            {
                context.Output.Json(json);
                return ExitCode.Ok;
            }

            var dial = VisorClient.Parse(json, ApiJson.Default.DialView);
            context.Output.Out.WriteLine($"route to {dial.Remote}:{dial.Port} carried traffic; set up in {Arguments.Milliseconds(dial.SetupMs)}, round trip {Arguments.Milliseconds(dial.RoundTripMs)}");
            return ExitCode.Ok;
        });
    }

    private static Option<int?> Hops(string name, string description, int? value)
    {
        var option = new Option<int?>(name) { Description = description, HelpName = "N", DefaultValueFactory = _ => value };
        option.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && (!int.TryParse(token.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number is < 1 or > 50))
            {
                result.AddError($"{name} is \"{token.Value}\": expected 1 to 50");
            }
        });
        return option;
    }

    private static string Dash<T>(T? value)
        where T : struct => value is { } v ? string.Create(CultureInfo.InvariantCulture, $"{v}") : "-";
}
