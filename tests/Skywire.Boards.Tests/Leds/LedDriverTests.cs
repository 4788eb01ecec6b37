using Skywire.Boards.Leds;

namespace Skywire.Boards.Tests.Leds;

public sealed class LedDriverTests : IDisposable
{
    private readonly FakeLeds _leds = new("green", "red");
    private readonly LedDriver _driver;

    public LedDriverTests() => _driver = new LedDriver(_leds.Class);

    public void Dispose() => _leds.Dispose();

    [Fact]
    public void Show_AttributesComeLater_FinishesWhenTheyAreThere()
    {
        (string, LedTask)[] tasks = [("green", new LedTask(LedPattern.BlinkFast))];
        _driver.Show(tasks, "");
        Assert.True(_driver.IsBehind);
        Assert.NotEmpty(_driver.Faults);
        _leds.React();
        _driver.Show(tasks, "");
        Assert.False(_driver.IsBehind);
        Assert.Empty(_driver.Faults);
        Assert.Equal("125", _leds.Read("green", "delay_off"));
        Assert.Equal("timer", _leds.Class.Trigger("green"));
    }

    [Fact]
    public void Show_SameTaskAgain_WritesNothing()
    {
        (string, LedTask)[] tasks = [("green", new LedTask(LedPattern.Heartbeat))];
        _driver.Show(tasks, "");
        _leds.React();
        _leds.Class.Write("green", "trigger", "untouched");
        _driver.Show(tasks, "");
        Assert.Equal("untouched", _leds.Read("green", "trigger"));
    }

    [Fact]
    public void Show_OtherTask_ReplacesTheTrigger()
    {
        _driver.Show([("green", new LedTask(LedPattern.BlinkSlow)), ("red", new LedTask(LedPattern.Off))], "");
        _leds.React();
        _driver.Show([("green", new LedTask(LedPattern.On)), ("red", new LedTask(LedPattern.Off))], "");
        _leds.React();
        Assert.Equal("default-on", _leds.Class.Trigger("green"));
        Assert.Equal("none", _leds.Class.Trigger("red"));
        Assert.False(_driver.IsBehind);
    }

    [Fact]
    public void Show_NeverPermitted_GivesUpAndKeepsTheReason()
    {
        (string, LedTask)[] tasks = [("green", new LedTask(LedPattern.BlinkSlow)), ("blue", new LedTask(LedPattern.On))];
        var tries = 0;
        do
        {
            _driver.Show(tasks, "");
            tries++;
        }
        while (_driver.IsBehind && tries < 100);
        Assert.InRange(tries, 2, 50);
        Assert.StartsWith("delay_on: ", _driver.Faults["green"], StringComparison.Ordinal);
        Assert.Equal("the kernel shows no such LED", _driver.Faults["blue"]);
    }

    [Fact]
    public void Show_OtherWire_IsWrittenAnew()
    {
        (string, LedTask)[] tasks = [("green", new LedTask(LedPattern.Traffic))];
        _driver.Show(tasks, "end0");
        _leds.React();
        _driver.Show(tasks, "end0");
        Assert.Equal("end0", _leds.Read("green", "device_name"));
        _driver.Show(tasks, "eth1");
        Assert.Equal("eth1", _leds.Read("green", "device_name"));
    }
}
