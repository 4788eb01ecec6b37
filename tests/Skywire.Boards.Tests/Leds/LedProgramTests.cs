using Skywire.Boards.Leds;

namespace Skywire.Boards.Tests.Leds;

public sealed class LedProgramTests
{
    private static readonly string[] All = ["none", "timer", "heartbeat", "pattern", "netdev", "default-on"];

    [Theory]
    [InlineData(LedPattern.Off, "none brightness=0")]
    [InlineData(LedPattern.On, "default-on")]
    [InlineData(LedPattern.Heartbeat, "heartbeat")]
    [InlineData(LedPattern.BlinkSlow, "timer delay_on=1000 delay_off=1000")]
    [InlineData(LedPattern.BlinkFast, "timer delay_on=125 delay_off=125")]
    [InlineData(LedPattern.Pulse, "pattern pattern=255 150 255 0 0 250 0 0 255 150 255 0 0 800 0 0 repeat=-1")]
    [InlineData(LedPattern.TripleFlash, "pattern pattern=255 150 255 0 0 250 0 0 255 150 255 0 0 250 0 0 255 150 255 0 0 800 0 0 repeat=-1")]
    [InlineData(LedPattern.Flash, "timer delay_on=150 delay_off=1850")]
    [InlineData(LedPattern.Wink, "timer delay_on=1850 delay_off=150")]
    [InlineData(LedPattern.Traffic, "netdev device_name=end0 link=1 tx=1 rx=1")]
    public void For_EveryPattern_HasItsTrigger(LedPattern pattern, string program) => Assert.Equal(program, Text(LedProgram.For(new LedTask(pattern), All, 255, "end0")));

    // A kernel that lacks a trigger must never leave the LED as the state before had it, nor dark where it should be lit.
    [Fact]
    public void For_KernelWithoutTriggers_LightsWhatShallNotBeOff()
    {
        foreach (var pattern in LedPatterns.All)
        {
            Assert.Equal(pattern == LedPattern.Off ? "none brightness=0" : "none brightness=1", Text(LedProgram.For(new LedTask(pattern), ["none"], 1, "end0")));
        }
    }

    [Fact]
    public void For_TrafficWithoutAWire_IsLit() => Assert.Equal("default-on", Text(LedProgram.For(new LedTask(LedPattern.Traffic), All, 1, "")));

    [Fact]
    public void For_Flashes_HaveAsManySteps()
    {
        for (var count = 1; count <= 8; count++)
        {
            var pattern = LedProgram.For(new LedTask(LedPattern.Off, count), All, 1, "").Attributes[0].Value.Split(' ');
            Assert.Equal(count * 8, pattern.Length);
            Assert.Equal("1600", pattern[^3]);
        }
    }

    [Fact]
    public void For_FlashesWithoutThePatternTrigger_Blinks() => Assert.Equal("timer", LedProgram.For(new LedTask(LedPattern.Off, 3), ["none", "timer"], 1, "").Trigger);

    private static string Text(LedProgram program) => string.Join(' ', (string[])[program.Trigger, .. program.Attributes.Select(a => $"{a.Attribute}={a.Value}")]);
}
