// skywire visor run
using System.CommandLine;
using Skywire.Visor.Hosting;

namespace Skywire.Visor.Commands;

internal static class VisorCommand
{
    public static Command Create(CommandContext context) => CommandContext.Group("visor", "The visor itself.", context.Command(
        "run",
        "Run a visor until SIGTERM or Ctrl-C. Log lines go to standard error.",
        ["skywire visor run", "skywire visor run --config /var/lib/skywire/skywire.json"],
        [context.Config],
        async (result, _) =>
        {
            await VisorProgram.RunAsync(ConfigLocation.Find(result.GetValue(context.Config)), context.Output.Error);
            return ExitCode.Ok;
        }));
}
