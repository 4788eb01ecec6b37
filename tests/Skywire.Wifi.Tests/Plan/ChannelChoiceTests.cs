using Skywire.Wifi.Plan;
using Skywire.Wifi.Radios;
using Skywire.Wifi.Tests.Air;

namespace Skywire.Wifi.Tests.Plan;

public sealed class ChannelChoiceTests
{
    private static readonly RadioFacts Radio = SampleRadio.Mesh();

    [Fact]
    public void ForLinks_NothingHeard_MeetsOnSix() => Assert.Equal(6, Choose().Channel!.Number);

    [Fact]
    public void ForLinks_OwnMeshHeard_GoesToTheStrongest()
    {
        var choice = Choose(0, Heard(2412, -70), Heard(2462, -50), Heard(5180, -40) with { Name = "other" }, Heard(5200, -30) with { IsSecured = false }, Heard(5220, -20) with { Type = InterfaceType.AccessPoint });
        Assert.Equal(11, choice.Channel!.Number);
        Assert.Contains("-50 dBm", choice.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void ForLinks_HeardOnAChannelThatIsClosedHere_IsNotFollowed() => Assert.Equal(6, Choose(0, Heard(5260, -30)).Channel!.Number);

    [Fact]
    public void ForLinks_OwnersChannel_IsKeptThoughTheMeshIsElsewhere()
    {
        var choice = Choose(1, Heard(2462, -50));
        Assert.Equal(1, choice.Channel!.Number);
        Assert.Contains("though the mesh is heard on channel 11", choice.Reason, StringComparison.Ordinal);
        Assert.Equal("channel 1, set by the owner", Choose(1).Reason);
    }

    [Theory]
    [InlineData(52, "weather radar")]
    [InlineData(99, "none of this radio's (2.4 GHz and 5 GHz)")]
    public void ForLinks_OwnersChannelThatCannotBe_IsRefused(int number, string words)
    {
        var choice = Choose(number);
        Assert.Null(choice.Channel);
        Assert.Contains(words, choice.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void ForLinks_ChannelForbiddenByTheCountry_NamesTheCountry()
    {
        var us = Radio.Under("US", c => c with { IsDisabled = c.Number is 12 or 13 });
        Assert.Equal("channel 13 may not be used under the rules of US; remedy: another wifi_channel or wifi_country", Choose(us, 13).Reason);
        var world = Radio.Under("00", c => c with { IsNoInitiate = c.Number >= 12 });
        var choice = Choose(world, 13);
        Assert.Null(choice.Channel);
        Assert.Contains("set wifi_country", choice.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void ForLinks_SixClosed_TakesTheFirstOpenOne()
    {
        Assert.Equal(1, Choose(Radio.Under("XX", c => c with { IsDisabled = c.Number == 6 }), 0).Channel!.Number);
        Assert.Equal(36, Choose(Radio.Under("XX", c => c with { IsDisabled = c.Number <= 14 }), 0).Channel!.Number);
    }

    [Fact]
    public void ForLinks_AllForListenersOnly_IsRefusedWithTheRemedy()
        => Assert.Equal("no channel on which it may send first under the rules of the world's common ground (no country set); remedy: set wifi_country", Choose(Radio.Under("00", c => c with { IsNoInitiate = true }), 0).Reason);

    [Fact]
    public void ForLinks_Radar_IsNeverChosen()
    {
        var radarOnly = Radio.Under("XX", c => c with { IsDisabled = c.Number < 52, IsNoInitiate = false });
        Assert.Null(Choose(radarOnly, 0, Heard(5260, -30)).Channel);
    }

    [Fact]
    public void ForLinks_ChannelInUse_IsKeptUntilItIsClosed()
    {
        Assert.Equal(11, ChannelChoice.ForLinks(Radio, SimAir.Wishes, LinkMode.Mesh, [Heard(2412, -30)], 2462).Channel!.Number);
        Assert.Equal(1, ChannelChoice.ForLinks(Radio.Under("XX", c => c with { IsDisabled = c.Number == 11 }), SimAir.Wishes, LinkMode.Mesh, [Heard(2412, -30)], 2462).Channel!.Number);
    }

    [Fact]
    public void ForPeople_LinksOnSix_KeepsAway()
    {
        Assert.Equal(2412, ChannelChoice.ForPeople(Radio, 2437).Channel!.Frequency);
        Assert.Equal(2462, ChannelChoice.ForPeople(Radio, 2412).Channel!.Frequency);
    }

    private static HeardNetwork Heard(int frequency, int signal) => new() { MacAddress = $"02:00:00:00:01:{frequency % 100:x2}", Type = InterfaceType.MeshPoint, Name = "home", Frequency = frequency, Signal = signal, IsSecured = true };

    private static ChannelChoice Choose(int owners = 0, params HeardNetwork[] heard) => Choose(Radio, owners, heard);

    private static ChannelChoice Choose(RadioFacts radio, int owners, params HeardNetwork[] heard) => ChannelChoice.ForLinks(radio, SimAir.Wishes with { Channel = owners }, LinkMode.Mesh, heard, 0);
}
