using Skywire.Workbench.Emulation;

namespace Skywire.Workbench.Tests.Emulation;

public sealed class BoardLedTests
{
    private static readonly BoardLed Led = BoardLed.Parse("""{ "leds": [ { "name": "x:green", "states": { "joined": "heartbeat", "traffic": "traffic", "failed": "off" } } ] }""").Single();

    [Theory]
    [InlineData("joined", "heartbeat", true)]
    [InlineData("joined", "on", false)]
    [InlineData("failed", "off", true)]
    [InlineData("traffic", "flicker", true)]
    [InlineData("traffic", "on", true)]
    [InlineData("traffic", "off", false)]
    [InlineData("traffic", "unknown", false)]
    [InlineData("nonsense", "off", false)]
    public void Fits_WhatTheLineDid_IsHeldAgainstTheFile(string state, string seen, bool fits) => Assert.Equal(fits, Led.Fits(state, seen));

    [Fact]
    public void Parse_StatesOfTheAir_AreTheLedsOwnOrThoseOfNoLink()
    {
        var leds = BoardLed.Parse("""{ "leds": [ { "name": "x:green", "states": { "no_link": "blink_slow" }, "wifi": { "setup": "wink" } }, { "name": "x:red", "states": { "no_link": "off" } } ] }""");
        Assert.Equal(["wink", "blink_slow", "off", "off"], leds.SelectMany(led => new[] { led.States[BoardLed.Setup], led.States[BoardLed.Searching] }));
    }
}
