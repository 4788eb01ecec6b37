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
        command.Add(OtaChecks.Create());
        command.Add(WifiChecks.Create());
        command.Add(SetupChecks.Create());
        command.Add(CreateBoxLab(json, size));
        return command;
    }

    private static Command CreateBoxLab(Option<bool> json, Option<string> size)
    {
        var boards = new Option<int>("--boards") { Description = "boards on the wire, 3 to 8", DefaultValueFactory = _ => 3 };
        boards.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 3 or > 8)
            {
                result.AddError("--boards takes a number from 3 to 8");
            }
        });
        var linkLocal = new Option<bool>("--link-local") { Description = "no address but the one IPv6 gives a board by itself, as on a wire without a router" };
        var program = new Option<string?>("--program") { Description = "a skywire executable to use instead of the one built from this checkout" };
        var command = new Command("box-lab", "Boards in namespaces on one wire with nothing but a secret: all joined; a file A to C by way of B's proxy; the serving board without power: joined again, traffic flows; switched on again. Example: tools/skyminer check box-lab --size 20M --json")
        {
            json, size, boards, linkLocal, program,
        };
        command.SetAction((parsed, token) =>
        {
            _ = TryParseSize(parsed.GetValue(size), out var bytes);
            return BoxLabCheck.RunAsync(parsed.GetValue(boards), bytes, parsed.GetValue(linkLocal), parsed.GetValue(program), parsed.GetValue(json), token);
        });
        return command;
    }

    /// <summary>The server side of the traffic check, run inside C's namespace.</summary>
    public static Command CreateServe()
    {
        var port = new Option<int>("--port") { Required = true };
        var any = new Option<bool>("--any");
        var command = new Command("serve-pattern") { port, any };
        command.Hidden = true;
        command.SetAction((parsed, token) => FileServer.RunAsync(parsed.GetValue(port), parsed.GetValue(any), token));
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
