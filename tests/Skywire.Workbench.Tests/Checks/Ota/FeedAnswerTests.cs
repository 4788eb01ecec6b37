using Skywire.Workbench.Checks.Ota;

namespace Skywire.Workbench.Tests.Checks.Ota;

public sealed class FeedAnswerTests
{
    private const string Tag = "\"1\"";

    [Theory]
    [InlineData(null, null, 200, 0, 1000)]
    [InlineData(0L, 99L, 206, 0, 100)]
    [InlineData(900L, null, 206, 900, 100)]
    [InlineData(900L, 5000L, 206, 900, 100)]
    [InlineData(999L, 999L, 206, 999, 1)]
    [InlineData(1000L, null, 416, 0, 0)]
    public void To_Range_SendsThoseBytesOfTheFile(long? first, long? last, int status, long start, long length)
        => Assert.Equal(new FeedAnswer(status, start, length, 1000, Tag), FeedAnswer.To(new FeedRequest("x", first, last, ""), 1000, Tag, ignoresRange: false));

    [Fact]
    public void To_ServerThatIgnoresRange_SendsAll()
        => Assert.Equal(new FeedAnswer(200, 0, 1000, 1000, Tag), FeedAnswer.To(new FeedRequest("x", 5, 9, ""), 1000, Tag, ignoresRange: true));

    [Fact]
    public void To_OtherEntity_SendsNothing()
        => Assert.Equal(412, FeedAnswer.To(new FeedRequest("x", 5, 9, "\"2\""), 1000, Tag, ignoresRange: false).Status);

    [Fact]
    public void Head_Part_NamesItsPlace()
    {
        var head = FeedAnswer.To(new FeedRequest("x", 10, 19, ""), 1000, Tag, ignoresRange: false).Head();
        Assert.StartsWith("HTTP/1.1 206 Partial Content\r\n", head, StringComparison.Ordinal);
        Assert.Contains("Content-Range: bytes 10-19/1000\r\n", head, StringComparison.Ordinal);
        Assert.Contains("Content-Length: 10\r\n", head, StringComparison.Ordinal);
        Assert.EndsWith("\r\n\r\n", head, StringComparison.Ordinal);
    }
}
