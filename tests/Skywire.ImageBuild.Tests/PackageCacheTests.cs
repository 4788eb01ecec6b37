using System.Security.Cryptography;
using Skywire.ImageBuild.Packages;

namespace Skywire.ImageBuild.Tests;

public sealed class PackageCacheTests
{
    [Fact]
    public async Task MissingAsync_WrongBytesOrSize_CountAsMissing()
    {
        using var scratch = new ScratchFolder();
        byte[] content = [.. Enumerable.Range(0, 10).Select(i => (byte)i)];
        var good = PackageListTests.Package(PackageRole.Root, "good", sha: Convert.ToHexStringLower(SHA256.HashData(content)));
        var damaged = good with { Name = "damaged", Path = "pool/damaged.deb" };
        var cut = good with { Name = "cut", Path = "pool/cut.deb" };
        var absent = good with { Name = "absent", Path = "pool/absent.deb" };
        var cache = new PackageCache(scratch.Path);
        await File.WriteAllBytesAsync(cache.PathOf(good), content, TestContext.Current.CancellationToken);
        await File.WriteAllBytesAsync(cache.PathOf(damaged), [.. content[..9], 0], TestContext.Current.CancellationToken);
        await File.WriteAllBytesAsync(cache.PathOf(cut), content[..9], TestContext.Current.CancellationToken);
        var missing = await cache.MissingAsync(new PackageLock([good, damaged, cut, absent]), TestContext.Current.CancellationToken);
        Assert.Equal(["absent", "cut", "damaged"], missing.Select(p => p.Name));
    }
}
