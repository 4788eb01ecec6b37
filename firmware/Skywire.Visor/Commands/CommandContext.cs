// What every command group needs: output, the options all reading commands share, and one place that turns failures into exit codes.
using System.CommandLine;
using Skywire.Visor.Config;

namespace Skywire.Visor.Commands;

/// <summary>Builds commands that behave alike.</summary>
internal sealed class CommandContext(CliOutput output)
{
    private readonly Dictionary<Command, string[]> _examples = [];

    /// <summary>Where to write.</summary>
    public CliOutput Output => output;

    /// <summary>--json.</summary>
    public Option<bool> Json { get; } = new("--json") { Description = "Print JSON instead of a table." };

    /// <summary>--socket.</summary>
    public Option<string?> Socket { get; } = new("--socket") { Description = $"Unix socket of the visor. Default: {ConfigLocation.SocketVariable}, else from the configuration.", HelpName = "PATH" };

    /// <summary>--url.</summary>
    public Option<string?> Url { get; } = new("--url") { Description = "Reach the visor by TCP instead; SKYWIRE_PASSWORD holds its password.", HelpName = "URL" };

    /// <summary>--config.</summary>
    public Option<string?> Config { get; } = new("--config", "-c") { Description = $"Configuration file. Default: {ConfigLocation.FileVariable}, else ./{ConfigLocation.FileName}, else {ConfigLocation.SystemFile}.", HelpName = "FILE" };

    /// <summary>Examples of a command, for its help.</summary>
    public IReadOnlyList<string> ExamplesOf(Command command) => _examples.GetValueOrDefault(command, []);

    /// <summary>A group of commands.</summary>
    public static Command Group(string name, string description, params Command[] commands)
    {
        var group = new Command(name, description);
        foreach (var command in commands)
        {
            group.Add(command);
        }

        return group;
    }

    /// <summary>A command that runs by itself.</summary>
    public Command Command(string name, string description, string[] examples, IEnumerable<Symbol> symbols, Func<ParseResult, CancellationToken, Task<int>> action)
    {
        var command = new Command(name, description);
        foreach (var symbol in symbols)
        {
            if (symbol is Argument argument)
            {
                command.Add(argument);
            }
            else
            {
                command.Add((Option)symbol);
            }
        }

        _examples[command] = examples;
        command.SetAction(async (result, cancellationToken) =>
        {
            try
            {
                return await action(result, cancellationToken);
            }
            catch (CliException e)
            {
                output.Fail(e.Message, e.Remedy);
                return e.ExitCode;
            }
            catch (ConfigurationException e)
            {
                foreach (var problem in e.Problems)
                {
                    output.Fail($"{e.File}: {problem with { Remedy = "" }}", problem.Remedy);
                }

                return ExitCode.Configuration;
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                output.Fail("interrupted", "");
                return ExitCode.Failure;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                output.Fail(e.Message, "");
                return ExitCode.Failure;
            }
        });
        return command;
    }

    /// <summary>A command that asks a running visor.</summary>
    public Command Remote(string name, string description, string[] examples, IEnumerable<Symbol> symbols, Func<ParseResult, VisorClient, CancellationToken, Task<int>> action)
        => Command(name, description, examples, [.. symbols, Json, Socket, Url], async (result, cancellationToken) =>
        {
            using var client = VisorClient.Open(result.GetValue(Url), result.GetValue(Socket));
            return await action(result, client, cancellationToken);
        });
}
