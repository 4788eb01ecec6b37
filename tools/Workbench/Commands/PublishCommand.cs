using System.CommandLine;
using System.Globalization;
using Spectre.Console;

namespace Skywire.Workbench.Commands;

/// <summary><c>publish [RID]</c>.</summary>
internal static class PublishCommand
{
    public static Command Create()
    {
        var rid = new Argument<string>("rid") { Description = "linux-x64 or linux-arm64", DefaultValueFactory = _ => SkywireProgram.HostRid };
        rid.AcceptOnlyFromAmong("linux-x64", "linux-arm64");
        var command = new Command("publish", "Builds the trimmed self-contained program and says where it is and how large.") { rid };
        command.SetAction(async (parsed, token) =>
        {
            var path = await SkywireProgram.PublishAsync(parsed.GetValue(rid)!, token);
            AnsiConsole.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"{path} [grey]({new FileInfo(path).Length / 1e6:0.0} MB)[/]");
            return 0;
        });
        return command;
    }
}
