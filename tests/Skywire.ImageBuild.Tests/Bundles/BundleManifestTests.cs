using Skywire.ImageBuild.Bundles;

namespace Skywire.ImageBuild.Tests.Bundles;

public sealed class BundleManifestTests
{
    [Fact]
    public void Format_AllFacts_AreKeyFileStrings()
    {
        var text = new BundleManifest("skyminer-universal", "0.1.0-7.gab", "0.1.0", " one\r\ntwo\\\tthree", "ab", 2).Format();
        Assert.Equal(
            "[update]\ncompatible=skyminer-universal\nversion=0.1.0-7.gab\n\n[bundle]\nformat=verity\n\n[meta.skyminer]\nmin-version=0.1.0\nchangelog=\\sone\\ntwo\\\\\\tthree\ncommit=ab\ndata-schema=2\n\n[image.rootfs]\nfilename=rootfs.img\nadaptive=block-hash-index\n",
            text);
    }

    [Fact]
    public void Format_NothingOptional_LeavesItOut()
    {
        var text = new BundleManifest("c", "1", null, "", "ab", 1).Format();
        Assert.DoesNotContain("min-version", text, StringComparison.Ordinal);
        Assert.DoesNotContain("changelog", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Format_LongChangelog_IsRefused()
    {
        var longest = new BundleManifest("c", "1", null, new string('x', BundleManifest.LongestChangelog), "ab", 1);
        Assert.NotEmpty(longest.Format());
        Assert.Throws<ImageException>(() => (longest with { Changelog = longest.Changelog + "x" }).Format());
    }
}
