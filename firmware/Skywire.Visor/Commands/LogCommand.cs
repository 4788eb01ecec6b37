// skywire log
using System.CommandLine;
using System.Globalization;
using Skywire.Visor.Api.Model;

namespace Skywire.Visor.Commands;

internal static class LogCommand
{
    private static readonly TimeSpan FollowPeriod = TimeSpan.FromSeconds(1);

    public static Command Create(CommandContext context)
    {
        var lines = Lines();
        var level = new Option<string>("--level", "-l") { Description = "Least level shown.", HelpName = "LEVEL", DefaultValueFactory = static _ => "trace" };
        level.AcceptOnlyFromAmong("trace", "debug", "information", "warning", "error", "critical");
        var component = new Option<string>("--component") { Description = "Only components whose name contains this.", HelpName = "TEXT", DefaultValueFactory = static _ => "" };
        var follow = new Option<bool>("--follow", "-f") { Description = "Go on showing new lines until interrupted." };
        return context.Remote("log", "Show the last lines of the visor's log.", ["skywire log -n 50", "skywire log --level warning -f"], [lines, level, component, follow], async (result, client, cancellationToken) =>
        {
            var query = $"level={result.GetValue(level)}&component={Uri.EscapeDataString(result.GetValue(component)!)}";
            var json = await client.GetAsync($"log?limit={result.GetValue(lines)}&{query}", cancellationToken);
            var next = Show(context, result, json);
            while (result.GetValue(follow))
            {
                await Task.Delay(FollowPeriod, cancellationToken);
                json = await client.GetAsync($"log?limit=1000&since={next}&{query}", cancellationToken);
                next = Show(context, result, json);
            }

            return ExitCode.Ok;
        });
    }

    /// <summary>-n.</summary>
    public static Option<int> Lines()
    {
        var option = new Option<int>("--lines", "-n") { Description = "How many lines.", HelpName = "N", DefaultValueFactory = static _ => 200 };
        option.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && (!int.TryParse(token.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number is < 1 or > 1000))
            {
                result.AddError($"--lines is \"{token.Value}\": expected 1 to 1000");
            }
        });
        return option;
    }

    /// <summary>Prints lines; returns the sequence to ask for next.</summary>
    public static long Show(CommandContext context, ParseResult result, byte[] json)
    {
        var log = VisorClient.Parse(json, ApiJson.Default.LogView);
        if (result.GetValue(context.Json))
        {
            context.Output.Json(json);
            return log.Next;
        }

        foreach (var line in log.Lines)
        {
            var message = string.Concat(line.Message.Select(c => char.IsControl(c) ? ' ' : c));
            context.Output.Out.WriteLine($"{line.At.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture)} {line.Level,-11} {line.Component}: {message}");
        }

        return log.Next;
    }
}
