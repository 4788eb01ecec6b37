using Skywire.Workbench.Checks.Ota;

namespace Skywire.Workbench.Tests.Checks.Ota;

public sealed class FeedRequestTests
{
    [Theory]
    [InlineData("bytes=0-99", 0L, 99L)]
    [InlineData("bytes=4096-", 4096L, null)]
    [InlineData("bytes=-5", null, null)]
    [InlineData("bytes=9-3", null, null)]
    [InlineData("bytes=0-1,5-6", null, null)]
    [InlineData("lines=0-1", null, null)]
    public void TryParse_Range_IsOneRangeOrNone(string range, long? first, long? last)
    {
        var request = FeedRequest.TryParse($"GET /x.raucb HTTP/1.1\r\nHost: feed\r\nrange: {range}");
        Assert.Equal(new FeedRequest("x.raucb", first, last, ""), request);
    }

    [Fact]
    public void TryParse_IfMatch_IsKeptWithItsQuotes()
        => Assert.Equal("\"a-1\"", FeedRequest.TryParse("GET /stable.json HTTP/1.1\r\nIf-Match: \"a-1\"")?.IfMatch);

    [Theory]
    [InlineData("POST /x HTTP/1.1")]
    [InlineData("GET ../x HTTP/1.1")]
    [InlineData("GET /../x HTTP/1.1")]
    [InlineData("GET /x")]
    [InlineData("")]
    public void TryParse_NoGetOfAPlainPath_IsNone(string head) => Assert.Null(FeedRequest.TryParse(head));
}
