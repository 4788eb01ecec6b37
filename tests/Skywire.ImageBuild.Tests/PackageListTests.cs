using Skywire.ImageBuild.Packages;

namespace Skywire.ImageBuild.Tests;

public sealed class PackageListTests
{
    [Fact]
    public void Parse_RolesAndComments_AreSorted()
    {
        var list = PackageList.Parse("f", ["# top", "root bash # shell", "", "root linux-image-arm64/trixie-backports", "tools busybox-static", "without ucf", "source u-boot"]);
        Assert.Equal(["bash", "linux-image-arm64/trixie-backports"], list.Root);
        Assert.Equal(["busybox-static"], list.Tools);
        Assert.Equal(["u-boot"], list.Sources);
        Assert.Contains("ucf", list.Without);
    }

    [Theory]
    [InlineData("root", "not ROLE NAME")]
    [InlineData("root a b", "not ROLE NAME")]
    [InlineData("roots bash", "unknown role")]
    public void Parse_MalformedLine_NamesFileAndLine(string line, string reason)
    {
        var error = Assert.Throws<ImageException>(() => PackageList.Parse("packages.txt", ["root ok", line]));
        Assert.StartsWith("packages.txt:2:", error.Message, StringComparison.Ordinal);
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Parse_SamePackageTwice_IsRefused() => Assert.Throws<ImageException>(() => PackageList.Parse("f", ["root bash", "without bash"]));

    [Theory]
    [InlineData("bash", true)]
    [InlineData("ucf", false)]
    [InlineData("linux-image-7.3.4+deb13-arm64", false)]
    [InlineData("linux-modules-arm64", false)]
    [InlineData("linux-modules-7.3.4+deb13-arm64", true)]
    [InlineData("linux-binary-7.3.4+deb13-arm64", true)]
    public void IsInRoot_ByName_LeavesOutMetaPackages(string name, bool expected)
    {
        var list = PackageList.Parse("f", ["without ucf"]);
        Assert.Equal(expected, list.IsInRoot(Package(PackageRole.Root, name)));
        Assert.False(list.IsInRoot(Package(PackageRole.Tools, name)));
    }

    [Fact]
    public void CommittedList_Parses_AndNamesKernelAndUpdater()
    {
        var list = PackageList.Parse("packages.txt", File.ReadLines(Checkout.Tree.Input("packages.txt")));
        Assert.Contains("linux-image-arm64/trixie-backports", list.Root);
        Assert.Contains("rauc", list.Root);
    }

    internal static LockedPackage Package(PackageRole role, string name, string version = "1-1", string sha = "00") =>
        new(role, name, version, "arm64", $"{name}={version}", $"pool/main/x/{name}_{version}_arm64.deb", 10, sha.PadLeft(64, '0'));
}
