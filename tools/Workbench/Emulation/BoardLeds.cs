// What a board's LEDs shall show in each state, from its board.json, to be held against what their lines do.
using System.Text.Json;

namespace Skywire.Workbench.Emulation;

/// <summary>One LED of a board; its place in the list is its line on the simulated chip. What it shows of the air while there is no link stands among the states as "air setup" and so on.</summary>
internal sealed record BoardLed(string Name, IReadOnlyDictionary<string, string> States)
{
    /// <summary>No link, and the radio looks for other boards.</summary>
    public const string Searching = AirPrefix + "searching";

    /// <summary>No link, and the setup access point is open.</summary>
    public const string Setup = AirPrefix + "setup";

    private const string AirPrefix = "air ";

    /// <summary>The LEDs of a board of this checkout.</summary>
    public static IReadOnlyList<BoardLed> Load(string machine) => Parse(File.ReadAllText(Checkout.At("board-support", "boards", machine, "board.json")));

    /// <summary>Reads them from a board.json.</summary>
    public static IReadOnlyList<BoardLed> Parse(string json)
    {
        using var board = JsonDocument.Parse(json);
        return [.. board.RootElement.GetProperty("leds").EnumerateArray().Select(led => new BoardLed(
            led.GetProperty("name").GetString()!,
            StatesOf(led)))];
    }

    /// <summary>True when what the line did is what the LED shall show. Traffic is lit with the link and flickers with packets: anything but dark.</summary>
    public bool Fits(string state, string seen) => States.TryGetValue(state, out var wanted) && (wanted == "traffic" ? seen is not ("off" or "unknown") : wanted == seen);

    // What an LED does not say of the air it shows as it shows no_link.
    private static Dictionary<string, string> StatesOf(JsonElement led)
    {
        var states = led.GetProperty("states").EnumerateObject().ToDictionary(s => s.Name, s => s.Value.GetString()!, StringComparer.Ordinal);
        if (states.TryGetValue("no_link", out var noLink))
        {
            foreach (var state in (string[])[Searching, Setup])
            {
                states[state] = led.TryGetProperty("wifi", out var air) && air.TryGetProperty(state[AirPrefix.Length..], out var pattern) ? pattern.GetString()! : noLink;
            }
        }

        return states;
    }
}
