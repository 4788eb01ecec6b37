// skywire completion bash|zsh|fish: small scripts that ask this program itself what fits, so that they never get out of date.
using System.CommandLine;

namespace Skywire.Visor.Commands;

internal static class CompletionCommand
{
    private const string Bash = """
        _skywire() {
          local IFS=$'\n'
          COMPREPLY=($(skywire "[suggest:${COMP_POINT}]" "${COMP_LINE}" 2>/dev/null))
        }
        complete -o default -F _skywire skywire
        """;

    private const string Zsh = """
        #compdef skywire
        _skywire() {
          local -a found
          found=("${(@f)$(skywire "[suggest:${#BUFFER}]" "${BUFFER}" 2>/dev/null)}")
          compadd -a found
        }
        compdef _skywire skywire
        """;

    private const string Fish = """
        complete -c skywire -f -a '(skywire "[suggest:"(string length -- (commandline -cp))"]" (commandline -cp) 2>/dev/null)'
        """;

    public static Command Create(CommandContext context)
    {
        var shell = new Argument<string>("SHELL") { Description = "bash, zsh or fish." };
        shell.AcceptOnlyFromAmong("bash", "zsh", "fish");
        return context.Command("completion", "Print a completion script for a shell.", ["skywire completion bash > /etc/bash_completion.d/skywire", "skywire completion fish > ~/.config/fish/completions/skywire.fish"], [shell], (result, _) =>
        {
            context.Output.Out.WriteLine(result.GetValue(shell) switch { "bash" => Bash, "zsh" => Zsh, _ => Fish });
            return Task.FromResult(ExitCode.Ok);
        });
    }
}
