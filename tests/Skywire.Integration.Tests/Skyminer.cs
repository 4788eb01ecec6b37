// Runs the workbench as a person would, on a lab of its own.
using System.Diagnostics;
using System.Text;
using System.Text.Json;

namespace Skywire.Integration.Tests;

/// <summary>Outcome of one command.</summary>
internal sealed record CommandResult(int ExitCode, string Output, string Error)
{
    /// <summary>Standard output as JSON.</summary>
    public JsonElement Json => JsonDocument.Parse(Output).RootElement;

    /// <summary>Everything, for the message of a failed assertion.</summary>
    public override string ToString() => $"exit code {ExitCode}\n{Output}\n{Error}";
}

/// <summary>The tools of this checkout, with a state folder and ports apart from those of a person at work.</summary>
internal sealed class Skyminer(string stateName, int firstPort)
{
    /// <summary>The top folder of the checkout.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>State folder of this lab.</summary>
    public string State { get; } = Path.Combine(Root, ".skyminer", "tests", stateName);

    /// <summary>SOCKS5 port of this lab.</summary>
    public int ProxyPort => firstPort;

    /// <summary>First page port of this lab.</summary>
    public int PagePort => firstPort + 1;

    /// <summary>Arguments that keep a lab's ports apart.</summary>
    public string[] PortArguments => ["--proxy-port", $"{ProxyPort}", "--page-port", $"{PagePort}"];

    /// <summary>Runs the workbench.</summary>
    public Task<CommandResult> RunAsync(CancellationToken cancellationToken, params string[] arguments) =>
        ExecuteAsync("dotnet", [Path.Combine(Root, "tools", "Workbench", "bin", "Release", "net10.0", "skyminer.dll"), .. arguments], cancellationToken);

    /// <summary>Runs any program with this lab's environment.</summary>
    public async Task<CommandResult> ExecuteAsync(string program, IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(program) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = Root };
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment["SKYMINER_ROOT"] = Root;
        start.Environment["SKYMINER_STATE"] = State;
        using var process = Process.Start(start)!;
        var output = new StringBuilder();
        var error = new StringBuilder();
        process.OutputDataReceived += (_, e) => output.AppendLine(e.Data);
        process.ErrorDataReceived += (_, e) => error.AppendLine(e.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        try
        {
            await process.WaitForExitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{program} {string.Join(' ', arguments)} did not end in time\n{output}\n{error}");
        }

        return new CommandResult(process.ExitCode, output.ToString(), error.ToString());
    }

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Skywire.Firmware.sln")))
            {
                return folder.FullName;
            }
        }

        throw new DirectoryNotFoundException("no checkout above " + AppContext.BaseDirectory);
    }
}
