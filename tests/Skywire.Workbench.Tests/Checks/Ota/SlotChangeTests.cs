using Skywire.Workbench.Checks.Ota;

namespace Skywire.Workbench.Tests.Checks.Ota;

public sealed class SlotChangeTests
{
    [Fact]
    public void VersionFrom_EachChange_IsNewerAndAnother()
    {
        const string Running = "0.1.0-284.g56efb98fdf";
        var versions = SlotChange.All.Select(c => c.VersionFrom(Running)).ToList();
        Assert.Equal("0.1.0-285.good", versions[0]);
        Assert.Equal(versions.Count, versions.Distinct().Count());
    }

    [Theory]
    [InlineData("0.1.0")]
    [InlineData("0.1.0-gabc")]
    public void VersionFrom_NoNumber_SaysWhatToDo(string running) => Assert.Throws<WorkbenchException>(() => SlotChange.Good.VersionFrom(running));

    [Fact]
    public void SetVersion_HardLinkedTree_LeavesTheOriginal()
    {
        using var folder = new TempFolder();
        var (first, second) = (Tree(folder, "a"), Tree(folder, "b"));
        File.WriteAllText(Path.Combine(first, SlotChange.ReleaseFile), """{"version":"1","image":"universal"}""");
        System.Diagnostics.Process.Start("ln", [Path.Combine(first, SlotChange.ReleaseFile), Path.Combine(second, SlotChange.ReleaseFile)]).WaitForExit();
        SlotChange.SetVersion(second, "2");
        Assert.Equal("""{"version":"2","image":"universal"}""", File.ReadAllText(Path.Combine(second, SlotChange.ReleaseFile)));
        Assert.Contains("\"1\"", File.ReadAllText(Path.Combine(first, SlotChange.ReleaseFile)), StringComparison.Ordinal);
    }

    private static string Tree(TempFolder folder, string name)
    {
        var root = folder.File(name);
        Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(root, SlotChange.ReleaseFile))!);
        return root;
    }
}
