using Skywire.ImageBuild.Bundles;
using Skywire.Update.Feed;
using Skywire.Update.Versions;

namespace Skywire.ImageBuild.Tests.Bundles;

public sealed class ChannelFeedTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 4, 5, 6, 7, TimeSpan.Zero);

    [Fact]
    public void Add_SameVersionAgain_IsReplacedAndOthersStay()
    {
        var feed = ChannelFeed.Add(null, "stable", Entry("a", "1"), Now);
        feed = ChannelFeed.Add(feed, "stable", Entry("b", "1"), Now);
        feed = ChannelFeed.Add(feed, "stable", Entry("a", "2"), Now);
        feed = ChannelFeed.Add(feed, "stable", Entry("a", "1") with { Size = 9 }, Now);
        Assert.Equal([("a", "1.0.0", 9L), ("a", "2.0.0", 5L), ("b", "1.0.0", 5L)], feed.Bundles.Select(b => (b.Compatible, b.Version.Text, b.Size)));
        Assert.Equal(("stable", Now), (feed.Channel, feed.Released));
    }

    [Fact]
    public void Add_ManyVersions_KeepsTheLastOfEachKindOfBoard()
    {
        var feed = ChannelFeed.Add(null, "stable", Entry("b", "0"), Now);
        for (var i = 0; i < 20; i++)
        {
            feed = ChannelFeed.Add(feed, "stable", Entry("a", $"{i}"), Now);
        }

        Assert.Equal(["19.0.0", "18.0.0", "17.0.0", "16.0.0", "15.0.0", "0.0.0"], feed.Bundles.Select(b => b.Version.Text));
    }

    [Fact]
    public async Task WriteAsync_LoadAsync_GivesTheSame()
    {
        using var scratch = new ScratchFolder();
        var feed = ChannelFeed.Add(null, "testing", Entry("a", "1") with { MinVersion = null, Changelog = "ä\n\"" }, Now);
        await ChannelFeed.WriteAsync(feed, scratch.At("testing.json"), TestContext.Current.CancellationToken);
        var read = await ChannelFeed.LoadAsync(scratch.At("testing.json"), "testing", TestContext.Current.CancellationToken);
        Assert.Equal(feed.Bundles.Select(Show), read!.Bundles.Select(Show));
        Assert.Contains("\"file\":\"f.raucb\"", await File.ReadAllTextAsync(scratch.At("testing.json"), TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.Equal(["testing.json"], Directory.GetFiles(scratch.Path).Select(Path.GetFileName));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("""{"schema":2,"channel":"stable","released":"","bundles":[]}""")]
    [InlineData("""{"schema":1,"channel":"testing","released":"","bundles":[]}""")]
    [InlineData("""{"schema":1,"channel":"stable","released":"","bundles":[{"compatible":"from another tool"}]}""")]
    public async Task LoadAsync_NoFeedOfThisChannel_IsRefused(string text)
    {
        using var scratch = new ScratchFolder();
        await File.WriteAllTextAsync(scratch.At("stable.json"), text, TestContext.Current.CancellationToken);
        await Assert.ThrowsAsync<ImageException>(() => ChannelFeed.LoadAsync(scratch.At("stable.json"), "stable", TestContext.Current.CancellationToken));
        Assert.Null(await ChannelFeed.LoadAsync(scratch.At("none.json"), "stable", TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task WriteAsync_LargerThanBoardsRead_IsRefused()
    {
        using var scratch = new ScratchFolder();
        var feed = ChannelFeed.Add(null, "stable", Entry("a", "1") with { Changelog = new string('x', FeedReader.MaxBytes) }, Now);
        await Assert.ThrowsAsync<ImageException>(() => ChannelFeed.WriteAsync(feed, scratch.At("stable.json"), TestContext.Current.CancellationToken));
        Assert.Empty(Directory.GetFiles(scratch.Path));
    }

    private static FeedBundle Entry(string compatible, string version) => new()
    {
        Compatible = compatible,
        Version = SemanticVersion.Parse(version + ".0.0")!,
        MinVersion = SemanticVersion.Parse("0.1.0"),
        File = new Uri(ChannelFeed.Folder, "f.raucb"),
        Size = 5,
        Sha256 = new string('a', 64),
        Blocks = new Uri(ChannelFeed.Folder, "f.raucb.blocks"),
    };

    private static string Show(FeedBundle bundle) => $"{bundle with { Changelog = "" }} {bundle.Changelog}";
}
