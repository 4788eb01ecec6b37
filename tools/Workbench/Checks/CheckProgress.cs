// Steps of a long check, shown as they go; on standard error, so that --json on standard output stays JSON.
using System.Diagnostics;
using System.Globalization;
using Spectre.Console;

namespace Skywire.Workbench.Checks;

/// <summary>Shows steps with their times.</summary>
internal sealed class CheckProgress
{
    private readonly IAnsiConsole _console = AnsiConsole.Create(new AnsiConsoleSettings
    {
        Ansi = Console.IsErrorRedirected ? AnsiSupport.No : AnsiSupport.Detect,
        Out = new AnsiConsoleOutput(Console.Error),
    });

    /// <summary>Runs a step.</summary>
    public async Task<T> StepAsync<T>(string name, Func<Task<T>> step)
    {
        var watch = Stopwatch.StartNew();
        var result = await _console.Status().StartAsync(name, _ => step());
        _console.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"[green]✓[/] {name} [grey]{watch.Elapsed.TotalSeconds:0.0} s[/]");
        return result;
    }

    /// <summary>A step that ended while others go on.</summary>
    public void Note(string name, TimeSpan took, bool ok)
    {
        lock (_console)
        {
            _console.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"{(ok ? "✓" : "✗")} {name} [grey]{took.TotalSeconds:0.0} s[/]");
        }
    }

    /// <summary>Runs a step.</summary>
    public Task StepAsync(string name, Func<Task> step) => StepAsync(name, async () =>
    {
        await step();
        return 0;
    });
}
