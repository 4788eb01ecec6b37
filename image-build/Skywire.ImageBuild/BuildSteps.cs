// Progress of a build: every step named when it begins, with its time and what it made when it ends; kept for the report.
using System.Diagnostics;
using System.Globalization;
using Spectre.Console;

namespace Skywire.ImageBuild;

/// <summary>A finished step. <paramref name="Seconds"/> is wall time; <paramref name="Made"/> says what came out, sizes included.</summary>
internal sealed record BuildStep(string Name, double Seconds, string Made);

/// <summary>Runs steps and shows them.</summary>
internal sealed class BuildSteps(IAnsiConsole console)
{
    private readonly List<BuildStep> _done = [];

    /// <summary>All finished steps in order.</summary>
    public IReadOnlyList<BuildStep> Done => _done;

    /// <summary>Runs one step; what it returns says what it made.</summary>
    public async Task RunAsync(string name, Func<Action<string>, Task<string>> step)
    {
        var watch = Stopwatch.StartNew();
        var made = "";
        try
        {
            if (console.Profile.Capabilities.Interactive)
            {
                await console.Status().StartAsync(Markup.Escape(name), async context =>
                    made = await step(detail => context.Status(Markup.Escape($"{name}: {detail}"))));
            }
            else
            {
                // In a log the lines of finished steps are enough.
                made = await step(_ => { });
            }
        }
        catch (ImageException)
        {
            console.MarkupLineInterpolated($"[red]✗[/] {name}");
            throw;
        }

        var done = new BuildStep(name, Math.Round(watch.Elapsed.TotalSeconds, 1), made);
        _done.Add(done);
        console.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"[green]✓[/] {name} [grey]{done.Seconds:0.0} s[/]  {made}");
    }

    /// <summary>A line that is not a step: something the person should know.</summary>
    public void Warn(string text) => console.MarkupLineInterpolated($"[yellow]![/] {text}");

    /// <summary>Bytes as people read them, 10^6 to the MB.</summary>
    public static string Size(long bytes) => bytes >= 10_000_000
        ? string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e6:0} MB")
        : bytes >= 100_000 ? string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e6:0.0} MB") : string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e3:0.0} kB");
}
