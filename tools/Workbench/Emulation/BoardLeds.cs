// What a board's LEDs shall show in each state, from its board.json, to be held against what their lines do.
using System.Text.Json;

namespace Skywire.Workbench.Emulation;

/// <summary>One LED of a board; its place in the list is its line on the simulated chip.</summary>
internal sealed record BoardLed(string Name, IReadOnlyDictionary<string, string> States)
{
    /// <summary>The LEDs of a board of this checkout.</summary>
    public static IReadOnlyList<BoardLed> Load(string machine) => Parse(File.ReadAllText(Checkout.At("board-support", "boards", machine, "board.json")));

    /// <summary>Reads them from a board.json.</summary>
    public static IReadOnlyList<BoardLed> Parse(string json)
    {
        using var board = JsonDocument.Parse(json);
        return [.. board.RootElement.GetProperty("leds").EnumerateArray().Select(led => new BoardLed(
            led.GetProperty("name").GetString()!,
            led.GetProperty("states").EnumerateObject().ToDictionary(s => s.Name, s => s.Value.GetString()!, StringComparer.Ordinal)))];
    }

    /// <summary>True when what the line did is what the LED shall show. Traffic is lit with the link and flickers with packets: anything but dark.</summary>
    public bool Fits(string state, string seen) => States.TryGetValue(state, out var wanted) && (wanted == "traffic" ? seen is not ("off" or "unknown") : wanted == seen);
}
