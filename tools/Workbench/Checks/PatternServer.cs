// The file server of a check as a process inside a board's namespace.
using System.Diagnostics;
using System.Globalization;

namespace Skywire.Workbench.Checks;

internal static class PatternServer
{
    /// <summary>Starts it and waits until it listens; the caller ends the process. Throws <see cref="WorkbenchException"/>.</summary>
    public static async Task<Process> StartAsync(string networkNamespace, int port, bool anyAddress, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo("ip") { RedirectStandardOutput = true };
        string[] arguments = ["netns", "exec", networkNamespace, Checkout.Dotnet, typeof(PatternServer).Assembly.Location, "serve-pattern", "--port", port.ToString(CultureInfo.InvariantCulture), .. anyAddress ? ["--any"] : Array.Empty<string>()];
        arguments.ToList().ForEach(start.ArgumentList.Add);
        var server = Process.Start(start) ?? throw new WorkbenchException("the file server did not start", "is dotnet on the PATH?");
        if (await server.StandardOutput.ReadLineAsync(cancellationToken) != "listening")
        {
            server.Kill();
            server.Dispose();
            throw new WorkbenchException($"the file server did not start on port {port}", $"is port {port} taken?");
        }

        return server;
    }
}
