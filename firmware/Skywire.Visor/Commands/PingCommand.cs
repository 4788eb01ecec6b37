// skywire ping PK
using System.CommandLine;
using System.Globalization;
using Skywire.Visor.Api.Model;

namespace Skywire.Visor.Commands;

internal static class PingCommand
{
    public static Command Create(CommandContext context)
    {
        var key = Arguments.Key();
        var count = new Option<int>("--count", "-n") { Description = "How many.", HelpName = "N", DefaultValueFactory = static _ => 3 };
        count.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && (!int.TryParse(token.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number is < 1 or > 100))
            {
                result.AddError($"--count is \"{token.Value}\": expected 1 to 100");
            }
        });
        return context.Remote("ping", "Measure round trips to a visor.", ["skywire ping 02a1...", "skywire ping 02a1... -n 10 --json"], [key, count], async (result, client, cancellationToken) =>
        {
            var json = await client.PostAsync("ping", new PingRequest(result.GetValue(key)!, result.GetValue(count)), ApiJson.Default.PingRequest, cancellationToken);
            var ping = VisorClient.Parse(json, ApiJson.Default.PingView);
            if (result.GetValue(context.Json))
            {
                context.Output.Json(json);
            }
            else
            {
                for (var i = 0; i < ping.RoundTripsMs.Count; i++)
                {
                    context.Output.Out.WriteLine($"{i + 1}: {Arguments.Milliseconds(ping.RoundTripsMs[i])} over {ping.Over}");
                }

                context.Output.Out.WriteLine($"{ping.Received} of {ping.Sent} came back; minimum {Arguments.Milliseconds(ping.MinimumMs)}, average {Arguments.Milliseconds(ping.AverageMs)}, maximum {Arguments.Milliseconds(ping.MaximumMs)}");
            }

            return ping.Received > 0 ? ExitCode.Ok : ExitCode.Timeout;
        });
    }
}
