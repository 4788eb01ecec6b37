// Building and publishing the product itself.
using System.Runtime.InteropServices;

namespace Skywire.Workbench;

/// <summary>The executable <c>skywire</c> in its forms.</summary>
internal static class SkywireProgram
{
    /// <summary>This machine's runtime identifier, of the two the product has.</summary>
    public static string HostRid => RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? "linux-arm64" : "linux-x64";

    /// <summary>Where a published program lies.</summary>
    public static string PublishedPath(string rid) => Path.Combine(Checkout.State, "publish", rid, "skywire");

    /// <summary>Publishes the trimmed self-contained single file and returns its path. A missing pack is named, with where it is normally found.</summary>
    public static async Task<string> PublishAsync(string rid, CancellationToken cancellationToken)
    {
        await PublishAsync(Checkout.At("firmware", "Skywire.Visor"), rid, Path.GetDirectoryName(PublishedPath(rid))!, [], cancellationToken);
        return PublishedPath(rid);
    }

    /// <summary>Publishes the benchmarks for the emulator, as one file, and returns its path.</summary>
    public static async Task<string> PublishBenchAsync(string rid, CancellationToken cancellationToken)
    {
        var folder = Path.Combine(Checkout.State, "publish", "bench-" + rid);
        await PublishAsync(Checkout.At("tools", "Bench"), rid, folder, ["-p:PublishSingleFile=true", "-p:DebugType=none"], cancellationToken);
        return Path.Combine(folder, "Skywire.Bench");
    }

    /// <summary>Publishes the program that makes simulated radios, as one file, and returns its path.</summary>
    public static async Task<string> PublishRadioLabAsync(string rid, CancellationToken cancellationToken)
    {
        var folder = Path.Combine(Checkout.State, "publish", "radiolab-" + rid);
        await PublishAsync(Checkout.At("tools", "RadioLab"), rid, folder, ["-p:PublishSingleFile=true", "-p:PublishTrimmed=true", "-p:DebugType=none"], cancellationToken);
        return Path.Combine(folder, "radiolab");
    }

    private static async Task PublishAsync(string project, string rid, string folder, string[] properties, CancellationToken cancellationToken)
    {
        var result = await Shell.RunAsync(
            Checkout.Dotnet,
            ["publish", project, "-c", "Release", "-r", rid, "--self-contained", "-o", folder, "--nologo", "-v", "q", "-nodeReuse:false", .. properties],
            cancellationToken);
        if (result.Ok)
        {
            return;
        }

        var errors = result.Output.Split('\n').Where(l => l.Contains("error", StringComparison.OrdinalIgnoreCase)).Select(l => l.Trim()).Distinct().ToList();
        var missing = errors.FirstOrDefault(l => l.Contains("NU1101", StringComparison.Ordinal) || l.Contains("NU1102", StringComparison.Ordinal));
        throw missing is null
            ? new WorkbenchException($"publishing for {rid} failed: {string.Join(" | ", errors.Take(3))}", "the text above is the compiler's own")
            : new WorkbenchException($"publishing for {rid} needs a package this machine's source lacks: {missing}", $"the packs Microsoft.NETCore.App.Runtime.{rid}, Microsoft.AspNetCore.App.Runtime.{rid} and Microsoft.NETCore.App.Host.{rid} are on the public NuGet feed");
    }
}
