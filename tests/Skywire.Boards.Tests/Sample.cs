// A board with two LEDs and a button, for tests that need any board.
using System.Text;
using Skywire.Boards.Data;

namespace Skywire.Boards.Tests;

internal static class Sample
{
    public const string Json = """
        {
          "schema_version": 1, "name": "test-board", "title": "Test Board", "soc": "sun50i-h5", "compatible": ["maker,test-board"],
          "boot": { "firmware": "sunxi", "anything": [1, 2] },
          "serial_console": "ttyS0",
          "leds": [
            { "name": "test:green", "color": "green", "states": { "failed": "off", "attention": "off", "updating": "pulse", "booting": "blink_fast", "no_link": "blink_slow", "linked": "on", "joined": "heartbeat", "traffic": "traffic" } },
            { "name": "test:red", "color": "red", "states": { "failed": "blink_fast", "attention": "on", "updating": "pulse", "booting": "off", "no_link": "off", "linked": "off", "joined": "off", "traffic": "off" } }
          ],
          "button": { "kind": "gpio", "chip": "1f02c00.pinctrl", "line": 3, "active_low": true },
          "radios": [ { "driver": "r8723bs", "mesh_point": false, "note": "no mesh point" } ],
          "ethernet": ["end0"],
          "watchdog": { "driver": "sunxi_wdt", "max_seconds": 16 }
        }
        """;

    /// <summary>The same board, whose green LED tells the air where there is no link, with a third one for the air alone.</summary>
    public static string JsonWithAir { get; } = Json
        .Replace("\"traffic\": \"traffic\" } },", "\"traffic\": \"traffic\" }, \"wifi\": { \"searching\": \"flash\", \"setup\": \"wink\" } },", StringComparison.Ordinal)
        .Replace("\"traffic\": \"off\" } }", "\"traffic\": \"off\" } }, { \"name\": \"test:blue\", \"color\": \"blue\", \"wifi\": { \"no_radio\": \"off\", \"off\": \"off\", \"searching\": \"flash\", \"weak\": \"pulse\", \"joined\": \"heartbeat\", \"setup\": \"blink_fast\" } }", StringComparison.Ordinal);

    public static BoardFile Board { get; } = BoardFileReader.Parse(Encoding.UTF8.GetBytes(Json)).Board!;
}
