using System.Text;
using Skywire.Update.Feed;
using Skywire.Update.Tests.Simulated;

namespace Skywire.Update.Tests.Feed;

public sealed class FeedReaderTests
{
    private const string Entry = """{"compatible":"skyminer-universal","version":"0.1.0-5.gabc","min_version":"0.0.1","file":"a.raucb","size":123,"sha256":"0123456789abcdef0123456789ABCDEF0123456789abcdef0123456789abcdef","blocks":"https://other.example/a.blocks","changelog":"new"}""";
    private static readonly Uri Address = new("https://updates.example/x/stable.json");

    [Fact]
    public void Read_Feed_GivesItsBundles()
    {
        var (feed, fault) = Read($$"""{"schema":1,"channel":"stable","released":"2026-01-02T03:04:05Z","later":{},"bundles":[{{Entry}}]}""");
        Assert.Equal("", fault);
        Assert.Equal(("stable", new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero)), (feed!.Channel, feed.Released));
        var bundle = Assert.Single(feed.Bundles);
        Assert.Equal("https://updates.example/x/a.raucb", bundle.File.ToString());
        Assert.Equal("https://other.example/a.blocks", bundle.Blocks!.ToString());
        Assert.Equal(("0.1.0-5.gabc", "0.0.1", 123, "new"), (bundle.Version.Text, bundle.MinVersion!.Text, bundle.Size, bundle.Changelog));
        Assert.Equal("0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", bundle.Sha256);
    }

    [Theory]
    [InlineData("\"size\":123", "\"size\":0")]
    [InlineData("\"size\":123", "\"size\":99999999999999")]
    [InlineData("\"size\":123", "\"size\":\"123\"")]
    [InlineData("a.raucb", "file:///etc/shadow")]
    [InlineData("0.1.0-5.gabc", "5")]
    [InlineData("\"0.0.1\"", "\"x\"")]
    [InlineData("0123456789ABCDEF", "xyz")]
    [InlineData("skyminer-universal", "")]
    public void Read_BrokenEntry_IsLeftOut(string part, string broken)
    {
        var (feed, _) = Read($$"""{"schema":1,"channel":"stable","bundles":[{{Entry.Replace(part, broken, StringComparison.Ordinal)}},{{Entry}},7]}""");
        Assert.Single(feed!.Bundles);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"schema":2,"channel":"stable","bundles":[]}""")]
    [InlineData("""{"schema":1,"channel":"","bundles":[]}""")]
    [InlineData("""{"schema":1,"channel":"stable","bundles":{}}""")]
    [InlineData("""{"schema":"1","channel":"stable","bundles":[]}""")]
    [InlineData("""{"schema":1,"channel":"stable","bundles":[""")]
    [InlineData("""{"schema":1,"channel":"\ud800","bundles":[]}""")]
    public void Read_NoFeed_SaysSo(string json)
    {
        var (feed, fault) = Read(json);
        Assert.Null(feed);
        Assert.NotEmpty(fault);
    }

    [Fact]
    public void Read_TooLongOrTooMany_IsBounded()
    {
        Assert.Null(FeedReader.Read(new byte[FeedReader.MaxBytes + 1], Address).Feed);
        var (feed, _) = Read($$"""{"schema":1,"channel":"stable","bundles":[{{string.Join(',', Enumerable.Repeat(Entry, FeedReader.MaxBundles + 5))}}]}""");
        Assert.Equal(FeedReader.MaxBundles, feed!.Bundles.Count);
    }

    [Fact]
    public void Write_ThenRead_IsTheSame()
    {
        var bundle = new SampleBundle("0.1.0-7.gabc", 2, minimum: "0.0.1").Feed;
        var json = FeedWriter.Write(new UpdateFeed("testing", DateTimeOffset.UnixEpoch, [bundle]), new Uri(SampleBundle.FeedAddress));
        Assert.Contains("\"file\":\"0.1.0-7.gabc.raucb\"", Encoding.UTF8.GetString(json), StringComparison.Ordinal);
        var (feed, _) = FeedReader.Read(json, new Uri(SampleBundle.FeedAddress));
        Assert.Equal(bundle, Assert.Single(feed!.Bundles));
        Assert.Equal(("testing", DateTimeOffset.UnixEpoch), (feed.Channel, feed.Released));
    }

    private static (UpdateFeed? Feed, string Fault) Read(string json) => FeedReader.Read(Encoding.UTF8.GetBytes(json), Address);
}
