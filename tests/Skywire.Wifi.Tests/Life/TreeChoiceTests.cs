using Skywire.Wifi.Life;
using Skywire.Wifi.Radios;

namespace Skywire.Wifi.Tests.Life;

public sealed class TreeChoiceTests
{
    [Fact]
    public void Best_LowestRootThenFewestHopsThenSignal()
    {
        Assert.Equal("c", Best(Heard("a", "02:bb", 0, -40), Heard("b", "02:aa", 2, -40), Heard("c", "02:AA", 1, -70), Heard("d", "02:aa", 1, -80)));
        Assert.Equal("d", Best(Heard("c", "02:aa", 1, -70), Heard("d", "02:aa", 1, -60)));
    }

    [Fact]
    public void Best_FullDepthStaleStrangersAndUnmarked_AreLeftOut()
    {
        Assert.Null(Best(Heard("a", "02:aa", 8, -40)));
        Assert.Equal(8, TreeChoice.Best([Heard("a", "02:aa", 7, -40)], "home", _ => false, null)!.Depth);
        Assert.Null(Best(Heard("a", "02:aa", -1, -40)));
        Assert.Null(Best(Heard("a", "02:aa", 0, -40) with { Age = TimeSpan.FromSeconds(20) }));
        Assert.Null(Best(Heard("a", "02:aa", 0, -40) with { Name = "other" }));
        Assert.Null(Best(Heard("a", "02:aa", 0, -40) with { IsSecured = false }));
        Assert.Null(Best(Heard("a", "02:aa", 0, -40) with { Tree = null }));
        Assert.Null(TreeChoice.Best([Heard("a", "02:aa", 0, -40)], "home", _ => true, null));
    }

    [Fact]
    public void Best_Barred_TakesNothingAsDeepAsTheLostPlace()
    {
        var bar = new TreeBar("02:aa", 2, TimeSpan.Zero);
        Assert.Null(TreeChoice.Best([Heard("a", "02:AA", 2, -40), Heard("b", "02:aa", 3, -40)], "home", _ => false, bar));
        Assert.Equal("c", TreeChoice.Best([Heard("c", "02:aa", 1, -40), Heard("d", "02:bb", 0, -40)], "home", _ => false, bar)!.MacAddress);
        Assert.Equal("d", TreeChoice.Best([Heard("a", "02:aa", 2, -40), Heard("d", "02:bb", 5, -40)], "home", _ => false, bar)!.MacAddress);
    }

    [Fact]
    public void IsBetter_OnlyALowerRootOrFewerHops()
    {
        var now = new TreePlace("p", "02:bb", 3, 2437, -60);
        Assert.True(TreeChoice.IsBetter(now with { Root = "02:aa", Depth = 8 }, now));
        Assert.True(TreeChoice.IsBetter(now with { Depth = 2 }, now));
        Assert.False(TreeChoice.IsBetter(now with { Signal = -20 }, now));
        Assert.False(TreeChoice.IsBetter(now with { Root = "02:cc", Depth = 1 }, now));
    }

    private static string? Best(params HeardNetwork[] heard) => TreeChoice.Best(heard, "home", _ => false, null)?.MacAddress;

    private static HeardNetwork Heard(string address, string root, int depth, int signal)
        => new() { MacAddress = address, Type = InterfaceType.AccessPoint, Name = "home", Frequency = 2437, Signal = signal, IsSecured = true, Tree = new TreeMark(root, depth, 0) };
}
