using System.Text.Json;
using Skywire.ImageBuild.Bundles;

namespace Skywire.ImageBuild.Tests.Bundles;

/// <summary>Real bundles by the host's RAUC, of a slot image that is small.</summary>
public sealed class BundleBuilderTests
{
    [Fact]
    public async Task BuildAsync_Image_MakesBundleIndexAndFeed()
    {
        using var fixture = new BundleFixture();
        var result = await BundleFixture.Builder().BuildAsync(fixture.Request(), TestContext.Current.CancellationToken);
        Assert.True(result is { Verified: true, DevelopmentKeys: true });
        var bundle = await File.ReadAllBytesAsync(result.Bundle, TestContext.Current.CancellationToken);
        Assert.Equal(fixture.Slot, bundle.AsSpan((int)result.PayloadOffset, fixture.Slot.Length));
        using var feed = JsonDocument.Parse(await File.ReadAllBytesAsync(fixture.At("out/testing.json"), TestContext.Current.CancellationToken));
        var entry = feed.RootElement.GetProperty("bundles")[0];
        Assert.Equal(("skyminer-universal", "0.1.0-7.g0123456789", "0.1.0-2.gabcdefabcd", "skyminer-universal-0.1.0-7.g0123456789.raucb", (long)bundle.Length, result.Sha256), (entry.GetProperty("compatible").GetString(), entry.GetProperty("version").GetString(), entry.GetProperty("min_version").GetString(), entry.GetProperty("file").GetString(), entry.GetProperty("size").GetInt64(), entry.GetProperty("sha256").GetString()));
        // Nothing but these three is left.
        Assert.Equal(3, Directory.GetFileSystemEntries(fixture.At("out")).Length);
    }

    [Fact]
    public async Task BuildAsync_KeyringOfAnotherAuthority_SaysThatBoardsWouldRefuse()
    {
        using var fixture = new BundleFixture();
        var foreign = new DevelopmentKeys(fixture.At("foreign"), TimeProvider.System);
        foreign.Ensure(_ => { });
        var error = await Assert.ThrowsAsync<ImageException>(() => BundleFixture.Builder().BuildAsync(fixture.Request() with { Keyring = foreign.Authority }, TestContext.Current.CancellationToken));
        Assert.Contains("would refuse", error.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(fixture.At("out")));
    }

    [Fact]
    public async Task BuildAsync_KeyringOfBothAuthorities_IsTakenByEither()
    {
        using var fixture = new BundleFixture();
        var next = new DevelopmentKeys(fixture.At("next"), TimeProvider.System);
        var nextSigner = next.Ensure(_ => { });
        var request = fixture.Request() with { Keyring = fixture.At("both.pem") };
        await File.WriteAllTextAsync(fixture.At("both.pem"), Keyring.Merge([fixture.Keys.Authority, next.Authority]), TestContext.Current.CancellationToken);
        Assert.True((await BundleFixture.Builder().BuildAsync(request, TestContext.Current.CancellationToken)).Verified);
        Assert.True((await BundleFixture.Builder().BuildAsync(request with { Signer = nextSigner }, TestContext.Current.CancellationToken)).Verified);
    }

    [Fact]
    public async Task BuildAsync_SlotOtherThanRecorded_IsRefused()
    {
        using var fixture = new BundleFixture();
        await File.AppendAllTextAsync(fixture.At("x.squashfs"), "x", TestContext.Current.CancellationToken);
        var error = await Assert.ThrowsAsync<ImageException>(() => BundleFixture.Builder().BuildAsync(fixture.Request(), TestContext.Current.CancellationToken));
        Assert.Contains("not what its build recorded", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task BuildAsync_FileThatIsNoFeed_IsLeftAlone()
    {
        using var fixture = new BundleFixture();
        Directory.CreateDirectory(fixture.At("out"));
        await File.WriteAllTextAsync(fixture.At("out/testing.json"), "[]", TestContext.Current.CancellationToken);
        await Assert.ThrowsAsync<ImageException>(() => BundleFixture.Builder().BuildAsync(fixture.Request(), TestContext.Current.CancellationToken));
        Assert.Equal("[]", await File.ReadAllTextAsync(fixture.At("out/testing.json"), TestContext.Current.CancellationToken));
    }
}
