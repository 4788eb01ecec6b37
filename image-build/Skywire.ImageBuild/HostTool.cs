// Running the system's own tools (apt, mksquashfs, mtools, sfdisk ...): arguments as a list, failures with the tool's own words.
using System.Diagnostics;
using System.Text;

namespace Skywire.ImageBuild;

/// <summary>Outcome of a tool run to its end.</summary>
internal sealed record ToolResult(int ExitCode, string Output)
{
    /// <summary>True for exit code 0.</summary>
    public bool Ok => ExitCode == 0;
}

/// <summary>Starts tools. Their environment is fixed (no locale, UTC), so that their output does not depend on who runs them.</summary>
internal static class HostTool
{
    private static readonly string[] ToolFolders = ["/usr/sbin", "/sbin", "/usr/bin", "/bin", "/usr/lib/apt"];

    /// <summary>Where <paramref name="program"/> lies; ordinary users often lack the sbin folders in their PATH.</summary>
    public static string? Find(string program) => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries).Concat(ToolFolders)
        .Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);

    /// <summary>Runs to the end with standard output and error captured together.</summary>
    public static async Task<ToolResult> RunAsync(string program, IEnumerable<string> arguments, CancellationToken cancellationToken, string? folder = null, string? input = null, IReadOnlyDictionary<string, string?>? environment = null)
    {
        using var process = new Process { StartInfo = StartInfo(program, arguments, folder, environment) };
        process.StartInfo.RedirectStandardInput = true;
        var output = new StringBuilder();
        void Take(string? line)
        {
            if (line is not null)
            {
                lock (output)
                {
                    output.Append(line).Append('\n');
                }
            }
        }

        process.OutputDataReceived += (_, e) => Take(e.Data);
        process.ErrorDataReceived += (_, e) => Take(e.Data);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        try
        {
            if (input is not null)
            {
                await process.StandardInput.WriteAsync(input.AsMemory(), cancellationToken);
            }

            process.StandardInput.Close();
            await process.WaitForExitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }

        return new ToolResult(process.ExitCode, output.ToString());
    }

    /// <summary>Runs to the end; a failure becomes an <see cref="ImageException"/>. Returns what the tool printed.</summary>
    public static async Task<string> RequireAsync(string program, IEnumerable<string> arguments, CancellationToken cancellationToken, string? folder = null, string? input = null, IReadOnlyDictionary<string, string?>? environment = null)
    {
        var result = await RunAsync(program, arguments, cancellationToken, folder, input, environment);
        return result.Ok
            ? result.Output
            : throw new ImageException($"{program} failed with exit code {result.ExitCode}: {Tail(result.Output)}", "the text is the tool's own; the step named above says what was being made");
    }

    /// <summary>Runs to the end and hands standard output, as bytes, to <paramref name="reader"/>.</summary>
    public static async Task PipeAsync(string program, IEnumerable<string> arguments, Func<Stream, Task> reader, CancellationToken cancellationToken)
    {
        using var process = new Process { StartInfo = StartInfo(program, arguments, null, null) };
        process.Start();
        var errors = process.StandardError.ReadToEndAsync(cancellationToken);
        try
        {
            await reader(process.StandardOutput.BaseStream);
            await process.StandardOutput.BaseStream.CopyToAsync(Stream.Null, cancellationToken);
            await process.WaitForExitAsync(cancellationToken);
        }
        catch
        {
            process.Kill(entireProcessTree: true);
            throw;
        }

        if (process.ExitCode != 0)
        {
            throw new ImageException($"{program} failed with exit code {process.ExitCode}: {Tail(await errors)}", "the text is the tool's own");
        }
    }

    private static ProcessStartInfo StartInfo(string program, IEnumerable<string> arguments, string? folder, IReadOnlyDictionary<string, string?>? environment)
    {
        var path = Path.IsPathRooted(program) ? program : Find(program);
        var start = new ProcessStartInfo(path ?? throw new ImageException($"the tool {program} is not installed", "tools/skyminer image installs what it needs; otherwise: apt-get install the package that has it"))
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = folder ?? "",
        };
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment["LC_ALL"] = "C.UTF-8";
        start.Environment["TZ"] = "UTC";
        // mksquashfs refuses its own time options when this is set.
        start.Environment.Remove("SOURCE_DATE_EPOCH");
        foreach (var (name, value) in environment ?? new Dictionary<string, string?>())
        {
            start.Environment[name] = value;
        }

        return start;
    }

    private static string Tail(string text) => string.Join(" | ", text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).TakeLast(4));
}

/// <summary>Something the person at the keyboard can act on: what is wrong, and what to do.</summary>
internal sealed class ImageException(string message, string remedy) : Exception(message)
{
    /// <summary>What to do about it.</summary>
    public string Remedy { get; } = remedy;
}
