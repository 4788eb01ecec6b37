using Skywire.Visor.Config;

namespace Skywire.Visor.Tests.Config;

public sealed class DurationTests
{
    [Theory]
    [InlineData("10s", 10_000)]
    [InlineData("1m30s", 90_000)]
    [InlineData("168h0m0s", 604_800_000)]
    [InlineData("1.5s", 1_500)]
    [InlineData("500ms", 500)]
    [InlineData("2000000us", 2_000)]
    [InlineData("0", 0)]
    public void TryParse_GoText_GivesTheTime(string text, long milliseconds)
    {
        Assert.True(Duration.TryParse(text, out var value));
        Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), value);
    }

    [Theory]
    [InlineData("")]
    [InlineData("10")]
    [InlineData("s")]
    [InlineData("-1s")]
    [InlineData("1 s")]
    [InlineData("1..5s")]
    [InlineData("1d")]
    [InlineData("99999999999h")]
    public void TryParse_OtherText_IsRefused(string text) => Assert.False(Duration.TryParse(text, out _));

    [Fact]
    public void Format_AnyTime_ParsesBack()
    {
        foreach (var time in new[] { TimeSpan.Zero, TimeSpan.FromMilliseconds(1), TimeSpan.FromSeconds(61), TimeSpan.FromHours(100), new TimeSpan(0, 1, 2, 3, 4) })
        {
            Assert.True(Duration.TryParse(Duration.Format(time), out var value));
            Assert.Equal(time, value);
        }
    }

    [Theory]
    [InlineData("trasnport", "transport")]
    [InlineData("dmgs", "dmsg")]
    [InlineData("Services", "services")]
    [InlineData("completely_else", null)]
    public void NearestName_MistypedWord_FindsTheKnownOne(string word, string? expected)
        => Assert.Equal(expected, NearestName.Find(word, ["services", "dmsg", "transport", "routing"]));
}
