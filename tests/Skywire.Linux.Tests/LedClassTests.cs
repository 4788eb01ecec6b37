using Skywire.Testing;

namespace Skywire.Linux.Tests;

public sealed class LedClassTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly LedClass _leds;

    public LedClassTests()
    {
        _folder.Write("status:green/trigger", "none timer [heartbeat] netdev\n");
        _folder.Write("status:green/brightness", "0\n");
        _folder.Write("act/trigger", "[none] timer\n");
        _leds = new LedClass(_folder.Path);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Names_TwoLeds_AreSorted() => Assert.Equal(["act", "status:green"], _leds.Names);

    [Fact]
    public void Names_NoLedClass_IsEmpty() => Assert.Empty(new LedClass(_folder.File("none")).Names);

    [Theory]
    [InlineData("status:green", "heartbeat")]
    [InlineData("act", "none")]
    [InlineData("other", null)]
    public void Trigger_Led_IsTheOneInBrackets(string name, string? trigger) => Assert.Equal(trigger, _leds.Trigger(name));

    [Fact]
    public void Triggers_Led_AreAllWithoutBrackets() => Assert.Equal(["none", "timer", "heartbeat", "netdev"], _leds.Triggers("status:green"));

    [Fact]
    public void Write_Attribute_ReachesTheFile()
    {
        Assert.Null(_leds.Write("status:green", "brightness", "1"));
        Assert.Equal("1", _leds.Read("status:green", "brightness"));
    }

    [Fact]
    public void Write_MissingAttribute_IsRefusedAndCreatesNothing()
    {
        Assert.NotNull(_leds.Write("act", "delay_on", "5"));
        Assert.False(File.Exists(_folder.File("act/delay_on")));
    }

    [Fact]
    public void Write_NameThatLeadsOut_StaysInside()
    {
        var outside = _folder.Write("../skywire-led-outside", "old");
        try
        {
            Assert.NotNull(_leds.Write("../", "skywire-led-outside", "new"));
            Assert.Equal("old", File.ReadAllText(outside));
        }
        finally
        {
            File.Delete(outside);
        }
    }
}
