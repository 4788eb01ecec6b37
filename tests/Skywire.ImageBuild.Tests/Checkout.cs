// The checkout the tests run in, and scratch folders.
namespace Skywire.ImageBuild.Tests;

/// <summary>Finds the source tree above the test's binary.</summary>
internal static class Checkout
{
    public static SourceTree Tree { get; } = new(FindRoot(), SourceTree.DefaultCache);

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

/// <summary>A folder that goes away with the test.</summary>
internal sealed class ScratchFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("imagebuild-test-").FullName;

    public string At(string name) => System.IO.Path.Combine(Path, name);

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
