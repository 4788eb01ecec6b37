using Skywire.ImageBuild.Packages;

namespace Skywire.ImageBuild.Tests;

public sealed class PackageLockTests
{
    [Fact]
    public void Format_Parse_GivesTheSamePackages()
    {
        var packages = new PackageLock([PackageListTests.Package(PackageRole.Tools, "zz", sha: "ab"), PackageListTests.Package(PackageRole.Root, "bash", "1:5.2-1+b1")]);
        var text = packages.Format();
        var read = PackageLock.Parse("lock", text);
        Assert.Equal(packages.Packages.OrderBy(p => p.Role).ToList(), read.Packages);
        Assert.Equal(text, read.Format());
    }

    [Theory]
    [InlineData("root\ta\t1\tarm64\ta=1\tpool/a.deb\t5\tshort")]
    [InlineData("root\ta\t1\tarm64\ta=1\tpool/../../etc/passwd\t5\t0000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("root\ta\t1\tarm64\ta=1\t/etc/passwd\t5\t0000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("root\ta\t1\tarm64\ta=1\tpool/a.deb\t-5\t0000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("stem\ta\t1\tarm64\ta=1\tpool/a.deb\t5\t0000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("root\ta\t1")]
    public void Parse_MalformedLine_IsRefusedWithItsNumber(string line)
    {
        var error = Assert.Throws<ImageException>(() => PackageLock.Parse("lock", "# head\n" + line + "\n"));
        Assert.StartsWith("lock:2:", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Differences_OneVersionChanged_NamesItAlone()
    {
        var before = new PackageLock([PackageListTests.Package(PackageRole.Root, "bash", "1"), PackageListTests.Package(PackageRole.Root, "dash", "1")]);
        var after = new PackageLock([PackageListTests.Package(PackageRole.Root, "bash", "2", "ff"), PackageListTests.Package(PackageRole.Root, "dash", "1")]);
        Assert.Equal(["bash 1 -> 2"], before.Differences(after));
        Assert.Empty(before.Differences(before));
    }

    [Fact]
    public void Address_SecurityPool_GoesToTheSecurityArchive()
    {
        var mirrors = new Mirrors("http://m/debian/", "http://m/debian-security/");
        var package = PackageListTests.Package(PackageRole.Root, "a", "1+b1");
        Assert.Equal("http://m/debian/pool/main/x/a_1%2bb1_arm64.deb", mirrors.Address(package));
        Assert.Equal("http://m/debian-security/pool/updates/main/a.deb", mirrors.Address(package with { Path = "pool/updates/main/a.deb" }));
    }

    [Fact]
    public void CommittedLock_HoldsEveryWish()
    {
        var list = PackageList.Parse("packages.txt", File.ReadLines(Checkout.Tree.Input("packages.txt")));
        var packages = PackageLock.Parse("lock", File.ReadAllText(Checkout.Tree.Input("packages.lock.tsv")));
        var names = packages.Packages.Select(p => p.Name).ToHashSet();
        Assert.Empty(list.Root.Concat(list.Tools).Concat(list.Sources).Select(w => w.Split('/')[0]).Where(w => !names.Contains(w)));
    }
}
