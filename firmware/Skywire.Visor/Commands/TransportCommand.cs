// skywire tp ls|add|rm
using System.CommandLine;
using Skywire.Discovery;
using Skywire.Visor.Api.Model;

namespace Skywire.Visor.Commands;

internal static class TransportCommand
{
    public static Command Create(CommandContext context) => CommandContext.Group("tp", "Transports: the links to neighbours.", List(context), Add(context), Remove(context));

    private static Command List(CommandContext context) => context.Remote("ls", "List transports.", ["skywire tp ls", "skywire tp ls --json"], [], async (result, client, cancellationToken) =>
    {
        Show(context, result, await client.GetAsync("transports", cancellationToken));
        return ExitCode.Ok;
    });

    private static Command Add(CommandContext context)
    {
        var key = Arguments.Key();
        var type = new Option<string>("--type", "-t") { Description = "Transport type.", DefaultValueFactory = static _ => TransportTypes.Stcpr };
        type.AcceptOnlyFromAmong([.. Config.ConfigSchema.TransportTypes]);
        return context.Remote("add", "Make a transport to another visor.", ["skywire tp add 02a1... --type stcpr"], [key, type], async (result, client, cancellationToken) =>
        {
            var json = await client.PostAsync("transports", new AddTransportRequest(result.GetValue(key)!, result.GetValue(type)!), ApiJson.Default.AddTransportRequest, cancellationToken);
            if (result.GetValue(context.Json))
            {
                context.Output.Json(json);
            }
            else
            {
                Table(context.Output, [VisorClient.Parse(json, ApiJson.Default.TransportView)]);
            }

            return ExitCode.Ok;
        });
    }

    private static Command Remove(CommandContext context)
    {
        var id = new Argument<string>("ID") { Description = "Transport ID, as \"skywire tp ls\" shows it." };
        id.Validators.Add(result =>
        {
            if (!TransportId.TryParse(result.GetValueOrDefault<string>(), out _))
            {
                result.AddError($"\"{result.GetValueOrDefault<string>()}\" is not a transport ID");
            }
        });
        return context.Remote("rm", "Close a transport and take it out of the discovery.", ["skywire tp rm 9f1c2d3e-..."], [id], async (result, client, cancellationToken) =>
        {
            var json = await client.SendAsync(HttpMethod.Delete, "transports/" + result.GetValue(id), cancellationToken);
            if (result.GetValue(context.Json))
            {
                context.Output.Json(json);
            }
            else
            {
                context.Output.Out.WriteLine("removed");
            }

            return ExitCode.Ok;
        });
    }

    private static void Show(CommandContext context, ParseResult result, byte[] json)
    {
        if (result.GetValue(context.Json))
        {
            context.Output.Json(json);
        }
        else
        {
            Table(context.Output, VisorClient.Parse(json, ApiJson.Default.IReadOnlyListTransportView));
        }
    }

    private static void Table(CliOutput output, IEnumerable<TransportView> transports) => output.Table(
        ["ID", "REMOTE", "TYPE", "STATE", "LABEL", "#RTT", "#SENT", "#RECEIVED", "#AGE", "ADDRESS"],
        transports.Select(t => new[] { t.Id, t.RemoteKey, t.Type, t.Up ? "up" : "down", t.Label, Arguments.Milliseconds(t.RoundTripMs), Arguments.Bytes(t.SentBytes), Arguments.Bytes(t.ReceivedBytes), Arguments.Span(t.AgeSeconds), t.RemoteAddress }));
}
