using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Skywire.Workbench.Containers;
using Spectre.Console;

namespace Skywire.Workbench.Commands;

/// <summary><c>container [--run]</c>: the arm64 program as a container.</summary>
internal static class ContainerCommand
{
    public static Command Create()
    {
        var run = new Option<bool>("--run") { Description = "start services and two visors from it, wait until both are healthy, stop them; needs root" };
        var program = new Option<string?>("--program") { Description = "a published arm64 skywire to put in, instead of one published now" };
        var json = new Option<bool>("--json") { Description = "figures as JSON on standard output" };
        var command = new Command("container", """
            Builds Dockerfile.arm64 without a registry, with buildah, into one file for podman load or docker load.

            Examples:
              tools/skyminer container
              tools/skyminer container --run --json
              podman load -i .skyminer/container/skywire-arm64.tar
            """)
        { run, program, json };
        command.SetAction(async (parsed, token) =>
        {
            var asJson = parsed.GetValue(json);
            if (asJson)
            {
                // Standard output belongs to the figures.
                AnsiConsole.Console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
            }

            await Prerequisites.EnsureAsync([.. ContainerEngine.ToBuild, .. parsed.GetValue(run) ? ContainerEngine.ToRun : []], required: true, token);
            var path = parsed.GetValue(program) is { } given ? Path.GetFullPath(given) : await StepAsync("publish for arm64", () => SkywireProgram.PublishAsync("linux-arm64", token));
            if (!File.Exists(path))
            {
                throw new WorkbenchException($"there is no program {path}", "tools/skyminer publish linux-arm64");
            }

            await StepAsync("libraries", () => Done(ContainerContext.MakeAsync(path, token)));
            await StepAsync("build", () => Done(ContainerEngine.BuildAsync(token)));
            var file = Path.Combine(Checkout.State, "container", "skywire-arm64.tar");
            await StepAsync("save", () => Done(ContainerEngine.SaveAsync(file, token)));
            AnsiConsole.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"{Path.GetRelativePath(Directory.GetCurrentDirectory(), file)} [grey]({new FileInfo(file).Length / 1e6:0.0} MB)[/]");
            ContainerReport? report = null;
            if (parsed.GetValue(run))
            {
                report = await new ContainerCheck(text => AnsiConsole.MarkupLineInterpolated($"[grey]{text}[/]")).RunAsync(token);
                AnsiConsole.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"[green]✓[/] healthy [grey]{report.HealthySeconds:0.0} s{(report.Emulated ? ", emulated" : "")}[/]  user {report.User}, {(report.HasShell ? "with a shell" : "no shell")}, root {(report.RootIsReadOnly ? "read-only" : "WRITABLE")}; stopped in {report.StopSeconds:0.0} s with exit code {report.ExitCode}");
            }

            if (asJson)
            {
                Console.WriteLine(JsonSerializer.Serialize(new ContainerView(file, new FileInfo(file).Length, report), ContainerJson.Default.ContainerView));
            }

            return report is null or { HasShell: false, RootIsReadOnly: true, ExitCode: 0 } ? 0 : 1;
        });
        return command;
    }

    private static async Task<bool> Done(Task task)
    {
        await task;
        return true;
    }

    private static async Task<T> StepAsync<T>(string name, Func<Task<T>> step)
    {
        var watch = Stopwatch.StartNew();
        var result = await AnsiConsole.Status().StartAsync(name, _ => step());
        AnsiConsole.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"[green]✓[/] {name} [grey]{watch.Elapsed.TotalSeconds:0.0} s[/]");
        return result;
    }
}

/// <summary>Figures of the container.</summary>
internal sealed record ContainerView(string File, long Bytes, ContainerReport? Run);

/// <summary>Their JSON.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true)]
[JsonSerializable(typeof(ContainerView))]
internal sealed partial class ContainerJson : JsonSerializerContext;
