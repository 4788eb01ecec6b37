using System.Text.RegularExpressions;

namespace Skywire.ImageBuild.Tests;

/// <summary>tools/version, in repositories made for the purpose.</summary>
public sealed class VersionScriptTests
{
    [Fact]
    public async Task Version_NoHistory_IsTheZerothPrerelease()
    {
        using var scratch = new ScratchFolder();
        Lay(scratch.Path);
        Assert.Equal("0.1.0-0", await VersionAsync(scratch.Path));
    }

    [Fact]
    public async Task Version_ArchiveInsideAnotherCheckout_DoesNotTakeItsHistory()
    {
        using var scratch = new ScratchFolder();
        await CommitAsync(scratch.Path, "outer");
        var inner = Directory.CreateDirectory(scratch.At("inner")).FullName;
        Lay(inner);
        Assert.Equal("0.1.0-0", await VersionAsync(inner));
    }

    [Fact]
    public async Task Version_CommitsChangesTag_AreCountedMarkedAndReleased()
    {
        using var scratch = new ScratchFolder();
        Lay(scratch.Path);
        await CommitAsync(scratch.Path, "one");
        await CommitAsync(scratch.Path, "two");
        var hash = (await GitAsync(scratch.Path, "rev-parse", "HEAD")).Trim()[..10];
        Assert.Equal($"0.1.0-2.g{hash}", await VersionAsync(scratch.Path));
        await File.WriteAllTextAsync(scratch.At("new"), "", TestContext.Current.CancellationToken);
        Assert.Equal($"0.1.0-2.g{hash}.dirty", await VersionAsync(scratch.Path));
        File.Delete(scratch.At("new"));
        await GitAsync(scratch.Path, "tag", "v0.1.01");
        Assert.Equal($"0.1.0-2.g{hash}", await VersionAsync(scratch.Path));
        await GitAsync(scratch.Path, "tag", "v0.1.0");
        Assert.Equal("0.1.0", await VersionAsync(scratch.Path));
        await File.WriteAllTextAsync(scratch.At("new"), "", TestContext.Current.CancellationToken);
        Assert.Equal($"0.1.0-2.g{hash}.dirty", await VersionAsync(scratch.Path));
    }

    [Fact]
    public async Task Version_ShallowClone_CannotCount()
    {
        using var scratch = new ScratchFolder();
        var full = Directory.CreateDirectory(scratch.At("full")).FullName;
        Lay(full);
        await CommitAsync(full, "one");
        await CommitAsync(full, "two");
        await HostTool.RequireAsync("git", ["clone", "-q", "--depth", "1", "file://" + full, scratch.At("shallow")], TestContext.Current.CancellationToken);
        Assert.Matches("^0\\.1\\.0-0\\.g[0-9a-f]{10}$", await VersionAsync(scratch.At("shallow")));
    }

    [Fact]
    public async Task ReadAsync_ThisCheckout_AgreesWithTheScript()
    {
        var version = await SourceVersion.ReadAsync(Checkout.Tree, TestContext.Current.CancellationToken);
        Assert.Matches(new Regex("^[0-9]+\\.[0-9]+\\.[0-9]+(-[0-9]+(\\.g[0-9a-f]{10}(\\.dirty)?)?)?$"), version.Version);
        Assert.True(version.DataSchema >= 1);
    }

    private static void Lay(string folder)
    {
        Directory.CreateDirectory(Path.Combine(folder, "tools"));
        File.Copy(Path.Combine(Checkout.Tree.Checkout, "tools", "version"), Path.Combine(folder, "tools", "version"));
        File.WriteAllText(Path.Combine(folder, "Directory.Build.props"), "<Project><PropertyGroup><Version>0.1.0</Version></PropertyGroup></Project>\n");
    }

    private static async Task<string> VersionAsync(string folder) => (await HostTool.RequireAsync(Path.Combine(folder, "tools", "version"), [], TestContext.Current.CancellationToken)).Trim();

    private static async Task CommitAsync(string folder, string message)
    {
        await GitAsync(folder, "init", "-q");
        await GitAsync(folder, "add", "-A");
        await GitAsync(folder, "-c", "user.name=t", "-c", "user.email=t@t.invalid", "-c", "commit.gpgsign=false", "commit", "-q", "--allow-empty", "-m", message);
    }

    private static Task<string> GitAsync(string folder, params string[] arguments) => HostTool.RequireAsync("git", ["-C", folder, .. arguments], TestContext.Current.CancellationToken);
}
