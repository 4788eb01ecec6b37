using System.Text;
using Skywire.Boards.Data;
using Skywire.Boards.Leds;

namespace Skywire.Boards.Tests.Data;

public sealed class BoardFileReaderTests
{
    [Fact]
    public void Parse_GoodFile_GivesTheBoard()
    {
        var reading = BoardFileReader.Parse(Encoding.UTF8.GetBytes(Sample.Json));
        Assert.Empty(reading.Faults);
        var board = reading.Board!;
        Assert.Equal(("test-board", "Test Board", "ttyS0"), (board.Name, board.Title, board.SerialConsole));
        Assert.Equal(LedPattern.Heartbeat, board.Leds[0].States[BoardState.Joined]);
        Assert.Equal(new BoardButton(ButtonKind.Gpio, "1f02c00.pinctrl", 3, true), board.Button);
        Assert.Equal(16, board.Watchdog!.MaxSeconds);
        Assert.False(board.Radios[0].MeshPoint);
    }

    [Theory]
    [InlineData("\"name\": \"test-board\"", "\"nmae\": \"x\"", "nmae: unknown key; did you mean \"name\"?|name: is missing")]
    [InlineData("\"pulse\", \"booting\": \"blink_fast\"", "\"pulse\", \"booting\": \"blink_fats\"", "leds[0].states.booting: is \"blink_fats\"; did you mean \"blink_fast\"?")]
    [InlineData("\"linked\": \"on\", ", "", "leds[0].states.linked: is missing")]
    [InlineData("\"line\": 3", "\"line\": -1", "button.line: is not a number from 0 to 1023")]
    [InlineData("\"kind\": \"gpio\"", "\"kind\": \"lever\"", "button.kind: is neither \"gpio\" nor \"input\"")]
    [InlineData("[\"maker,test-board\"]", "[]", "compatible: needs at least 1")]
    [InlineData("[\"end0\"]", "[7]", "ethernet: holds something that is no text")]
    [InlineData("\"schema_version\": 1", "\"schema_version\": 2", "schema_version: is 2, this program knows 1")]
    [InlineData("\"color\": \"red\",", "\"color\": \"red\", \"optional\": 1,", "leds[1].optional: is not true or false")]
    [InlineData("\"soc\": \"sun50i-h5\"", "\"soc\": \"a\", \"soc\": \"b\"", "soc: stands twice")]
    [InlineData("\"watchdog\": {", "\"watchdog\": [], \"x\": {", "x: unknown key|watchdog: is no object|watchdog.driver: is missing|watchdog.max_seconds: is missing")]
    public void Parse_Fault_IsNamedWithItsPlace(string old, string @new, string faults)
    {
        var text = Sample.Json.Replace(old, @new, StringComparison.Ordinal);
        Assert.NotEqual(Sample.Json, text);
        var reading = BoardFileReader.Parse(Encoding.UTF8.GetBytes(text));
        Assert.Null(reading.Board);
        Assert.Equal(faults.Split('|').Order(), reading.Faults.Order());
    }

    [Theory]
    [InlineData("\"setup\": \"wink\"", "\"setup\": \"wnik\"", "leds[0].wifi.setup: is \"wnik\"; did you mean \"wink\"?")]
    [InlineData("\"setup\": \"wink\"", "\"set_up\": \"wink\"", "leds[0].wifi.set_up: unknown key; did you mean \"setup\"?")]
    [InlineData("\"weak\": \"pulse\", ", "", "leds[2].wifi.weak: is missing")]
    [InlineData("\"wifi\": { \"no_radio\"", "\"wlan\": { \"no_radio\"", "leds[2].wlan: unknown key|leds[2].states: is missing")]
    public void Parse_FaultOfTheAir_IsNamedWithItsPlace(string old, string @new, string faults)
    {
        Assert.Empty(BoardFileReader.Parse(Encoding.UTF8.GetBytes(Sample.JsonWithAir)).Faults);
        var text = Sample.JsonWithAir.Replace(old, @new, StringComparison.Ordinal);
        Assert.NotEqual(Sample.JsonWithAir, text);
        Assert.Equal(faults.Split('|').Order(), BoardFileReader.Parse(Encoding.UTF8.GetBytes(text)).Faults.Order());
    }

    [Fact]
    public void Parse_InputButton_IsRead()
    {
        var text = Sample.Json.Replace("""{ "kind": "gpio", "chip": "1f02c00.pinctrl", "line": 3, "active_low": true }""", """{ "kind": "input", "device": "r-gpio-keys", "code": 256 }""", StringComparison.Ordinal);
        Assert.Equal(new BoardButton(ButtonKind.Input, "r-gpio-keys", 256, false), BoardFileReader.Parse(Encoding.UTF8.GetBytes(text)).Board!.Button);
    }

    [Fact]
    public void Parse_CutAtEveryByte_NeverThrowsAndNeverGivesABoard()
    {
        var whole = Encoding.UTF8.GetBytes(Sample.Json);
        for (var length = 0; length < whole.Length; length++)
        {
            var reading = BoardFileReader.Parse(whole.AsMemory(0, length));
            Assert.Null(reading.Board);
            Assert.NotEmpty(reading.Faults);
        }
    }

    [Fact]
    public void Parse_TooLong_IsRefusedUnread() => Assert.Contains("more than", BoardFileReader.Parse(new byte[BoardFileReader.MaxSize + 1]).Faults[0], StringComparison.Ordinal);
}
