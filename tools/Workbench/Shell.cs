// Running other programs: to the end with captured output, or with output to a file.
using System.Diagnostics;
using System.Text;

namespace Skywire.Workbench;

/// <summary>Outcome of a program run to its end.</summary>
internal sealed record ShellResult(int ExitCode, string Output)
{
    /// <summary>True for exit code 0.</summary>
    public bool Ok => ExitCode == 0;
}

/// <summary>Starts programs; arguments are passed as a list, never through a shell.</summary>
internal static class Shell
{
    /// <summary>Runs to the end; both output streams are captured, optionally copied line by line to <paramref name="onLine"/>.</summary>
    public static async Task<ShellResult> RunAsync(string program, IEnumerable<string> arguments, CancellationToken cancellationToken, string? folder = null, Action<string>? onLine = null, IReadOnlyDictionary<string, string>? environment = null)
    {
        var start = new ProcessStartInfo(program) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true, WorkingDirectory = folder ?? Checkout.Root };
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        using var process = new Process { StartInfo = start };
        var output = new StringBuilder();
        void Take(string? line)
        {
            if (line is null)
            {
                return;
            }

            lock (output)
            {
                output.AppendLine(line);
            }

            onLine?.Invoke(line);
        }

        process.OutputDataReceived += (_, e) => Take(e.Data);
        process.ErrorDataReceived += (_, e) => Take(e.Data);
        try
        {
            process.Start();
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            return new ShellResult(127, $"{program}: {e.Message}");
        }

        process.StandardInput.Close();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        try
        {
            await process.WaitForExitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }

        return new ShellResult(process.ExitCode, output.ToString());
    }

    /// <summary>Runs to the end and throws <see cref="WorkbenchException"/> with the program's own words when it fails.</summary>
    public static async Task<string> RequireAsync(string program, IEnumerable<string> arguments, CancellationToken cancellationToken, string? remedy = null)
    {
        var list = arguments.ToList();
        var result = await RunAsync(program, list, cancellationToken);
        return result.Ok ? result.Output : throw new WorkbenchException($"{program} {string.Join(' ', list)} failed: {result.Output.Trim()}", remedy ?? "the text above is the program's own");
    }

    /// <summary>Runs to the end with this process's own streams, so that colours and progress stay; returns the exit code.</summary>
    public static async Task<int> InTerminalAsync(ProcessStartInfo start, CancellationToken cancellationToken)
    {
        start.UseShellExecute = false;
        using var process = Process.Start(start)!;
        try
        {
            await process.WaitForExitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }

        return process.ExitCode;
    }

    /// <summary>True when a program of this name is on the PATH.</summary>
    public static bool Has(string program) => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Append("/usr/sbin").Append("/sbin").Any(folder => folder.Length > 0 && File.Exists(Path.Combine(folder, program)));
}

/// <summary>Something the person at the keyboard can act on: what is wrong, and what to do.</summary>
internal sealed class WorkbenchException(string message, string remedy) : Exception(message)
{
    /// <summary>What to do about it.</summary>
    public string Remedy { get; } = remedy;
}
