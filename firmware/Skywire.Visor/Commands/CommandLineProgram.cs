// The command line as a whole: one group a file, help with examples, usage errors with their own exit code.
using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using Skywire.Visor.Hosting;

namespace Skywire.Visor.Commands;

internal static class CommandLineProgram
{
    /// <summary>Parses and runs; the return value is the exit code.</summary>
    public static async Task<int> RunAsync(string[] args, CliOutput output)
    {
        var context = new CommandContext(output);
        var root = new RootCommand("Skywire visor: joins a board to the mesh, and everything to run and watch it.")
        {
            VisorCommand.Create(context),
            ServicesCommand.Create(context),
            StatusCommand.Create(context),
            TransportCommand.Create(context),
            RouteCommand.Create(context),
            AppCommand.Create(context),
            PingCommand.Create(context),
            BoxCommand.Create(context),
            LogCommand.Create(context),
            ConfigCommand.Create(context),
            KeyCommand.Create(context),
            UpdateCommand.Create(context),
            BoardCommand.Create(context),
            WifiCommand.Create(context),
            CompletionCommand.Create(context),
        };
        foreach (var option in root.Options)
        {
            option.Action = option switch
            {
                HelpOption { Action: HelpAction help } => new HelpWithExamples(help, context),
                VersionOption => new PrintVersion(output),
                _ => option.Action,
            };
        }

        var result = root.Parse(args);
        if (result.Errors.Count > 0 && result.Action is not (HelpWithExamples or PrintVersion))
        {
            var path = Path(result.CommandResult.Command);
            output.Fail(string.Join("; ", result.Errors.Select(e => e.Message.TrimEnd('.'))), $"see \"{path} --help\"");
            return ExitCode.Usage;
        }

        return await result.InvokeAsync(new InvocationConfiguration { Output = output.Out, Error = output.Error, EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
    }

    private static string Path(Command command) => command.Parents.OfType<Command>().FirstOrDefault() is { } parent ? $"{Path(parent)} {command.Name}" : "skywire";

    private sealed class HelpWithExamples(HelpAction inner, CommandContext context) : SynchronousCommandLineAction
    {
        public override int Invoke(ParseResult parseResult)
        {
            var code = inner.Invoke(parseResult);
            var examples = context.ExamplesOf(parseResult.CommandResult.Command);
            if (examples.Count > 0)
            {
                context.Output.Out.WriteLine("Examples:");
                foreach (var example in examples)
                {
                    context.Output.Out.WriteLine("  " + example);
                }

                context.Output.Out.WriteLine();
            }

            return code;
        }
    }

    private sealed class PrintVersion(CliOutput output) : SynchronousCommandLineAction
    {
        public override int Invoke(ParseResult parseResult)
        {
            output.Out.WriteLine($"skywire {BuildInfo.Version} ({BuildInfo.Commit})");
            return ExitCode.Ok;
        }
    }
}
