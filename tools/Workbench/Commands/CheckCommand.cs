using System.CommandLine;
using System.Globalization;
using Skywire.Workbench.Checks;

namespace Skywire.Workbench.Commands;

/// <summary><c>check NAME</c>: shows that a capability holds, with figures; exit 0 only when it does.</summary>
internal static class CheckCommand
{
    public static Command Create()
    {
        var command = new Command("check", "Shows that a capability holds on the running lab; prints figures; exit code 0 only when all of it holds.");
        var json = new Option<bool>("--json") { Description = "figures as JSON on standard output" };
        var size = new Option<string>("--size") { Description = "bytes to carry, with K, M or G (10^3, 10^6, 10^9)", DefaultValueFactory = _ => "200M" };
        size.Validators.Add(result =>
        {
            if (!TryParseSize(result.GetValueOrDefault<string>(), out _))
            {
                result.AddError("--size takes a number with K, M or G, for example 200M");
            }
        });
        var quick = new Option<bool>("--transfer-only") { Description = "only the transfer: no board is killed, nothing is dropped" };
        var traffic = new Command("traffic", "A file from a server only C can reach, through the proxy on A over relay B; then B is killed; then A and C cannot reach each other. Example: tools/skyminer check traffic --size 200M --json") { json, size, quick };
        traffic.SetAction((parsed, token) =>
        {
            _ = TryParseSize(parsed.GetValue(size), out var bytes);
            return TrafficCheck.RunAsync(bytes, parsed.GetValue(quick), parsed.GetValue(json), token);
        });
        command.Add(traffic);
        command.Add(BoardChecks.Boot());
        command.Add(BoardChecks.Box());
        return command;
    }

    /// <summary>The server side of the traffic check, run inside C's namespace.</summary>
    public static Command CreateServe()
    {
        var port = new Option<int>("--port") { Required = true };
        var command = new Command("serve-pattern") { port };
        command.Hidden = true;
        command.SetAction((parsed, token) => FileServer.RunAsync(parsed.GetValue(port), token));
        return command;
    }

    internal static bool TryParseSize(string? text, out long bytes)
    {
        bytes = 0;
        if (string.IsNullOrEmpty(text))
        {
            return false;
        }

        long factor = char.ToUpperInvariant(text[^1]) switch { 'K' => 1_000, 'M' => 1_000_000, 'G' => 1_000_000_000, _ => 1 };
        if (!long.TryParse(factor == 1 ? text : text[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number <= 0 || number > long.MaxValue / factor)
        {
            return false;
        }

        bytes = number * factor;
        return true;
    }
}
