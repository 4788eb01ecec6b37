// Where things lie in this checkout, and how the tools in it are started.
namespace Skywire.Workbench;

/// <summary>Paths of the checkout the workbench runs from.</summary>
internal static class Checkout
{
    /// <summary>The top folder.</summary>
    public static string Root { get; } = Environment.GetEnvironmentVariable("SKYMINER_ROOT") ?? FindRoot();

    /// <summary>The dotnet host the entry script found.</summary>
    public static string Dotnet { get; } = Environment.GetEnvironmentVariable("SKYMINER_DOTNET") ?? "dotnet";

    /// <summary>Run-time state of the lab and artefacts; ignored by git.</summary>
    public static string State { get; } = Environment.GetEnvironmentVariable("SKYMINER_STATE") ?? Path.Combine(Root, ".skyminer");

    /// <summary>A path below the top folder.</summary>
    public static string At(params string[] parts) => Path.Combine([Root, .. parts]);

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Skywire.Firmware.sln")))
            {
                return folder.FullName;
            }
        }

        throw new DirectoryNotFoundException("the workbench runs from a checkout; no Skywire.Firmware.sln above " + AppContext.BaseDirectory);
    }
}
