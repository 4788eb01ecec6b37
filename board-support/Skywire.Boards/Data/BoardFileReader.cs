// Reads board.json: every fault named with where it stands, nothing thrown for what a file holds.
using System.Text.Json;
using Skywire.Boards.Leds;
using Skywire.Visor.Config;

namespace Skywire.Boards.Data;

/// <summary>A board read from its file, or the faults that stopped it.</summary>
/// <param name="Board">Null when there are faults.</param>
/// <param name="Faults">"where: what is wrong", one a line.</param>
public sealed record BoardReading(BoardFile? Board, IReadOnlyList<string> Faults);

/// <summary>Parses board files.</summary>
public static class BoardFileReader
{
    /// <summary>Largest file read; a board with a dozen LEDs is below 4 KB.</summary>
    public const int MaxSize = 64 * 1024;

    private static readonly JsonDocumentOptions Options = new() { MaxDepth = 8, CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    // "boot" belongs to the image builder, which reads it by itself.
    private static readonly string[] Known = ["schema_version", "name", "title", "soc", "compatible", "boot", "serial_console", "leds", "button", "radios", "ethernet", "watchdog"];

    /// <summary>Parses the text of a board file.</summary>
    public static BoardReading Parse(ReadOnlyMemory<byte> content)
    {
        if (content.Length > MaxSize)
        {
            return new BoardReading(null, [$"the file has {content.Length} bytes, more than {MaxSize}"]);
        }

        try
        {
            using var document = JsonDocument.Parse(content, Options);
            var faults = new List<string>();
            var board = Read(new JsonPlace(document.RootElement, "", faults));
            return new BoardReading(faults.Count == 0 ? board : null, faults);
        }
        catch (JsonException e)
        {
            return new BoardReading(null, [$"line {e.LineNumber + 1}: no JSON: {e.Message.Split(". LineNumber")[0]}"]);
        }
        catch (InvalidOperationException)
        {
            // Half of a surrogate pair, found by the reader only when the text is asked for.
            return new BoardReading(null, ["a text holds characters that are none"]);
        }
    }

    private static BoardFile Read(JsonPlace root)
    {
        root.OnlyKeys(Known);
        var schema = root.Number("schema_version", 1, int.MaxValue);
        if (schema > BoardFile.CurrentSchema)
        {
            root.Fault("schema_version", $"is {schema}, this program knows {BoardFile.CurrentSchema}");
        }

        return new BoardFile
        {
            Name = root.Text("name"),
            Title = root.Text("title"),
            Soc = root.Text("soc", ""),
            Compatible = root.Texts("compatible", atLeast: 1),
            SerialConsole = root.Text("serial_console", ""),
            Leds = [.. root.Items("leds").Select(Led)],
            Button = root.Section("button") is { } button ? ReadButton(button) : null,
            Ethernet = root.Texts("ethernet", atLeast: 0),
            Radios = [.. root.Items("radios").Select(Radio)],
            Watchdog = root.Section("watchdog") is { } watchdog ? ReadWatchdog(watchdog) : null,
        };
    }

    private static BoardLed Led(JsonPlace led)
    {
        led.OnlyKeys("name", "color", "states", "wifi", "optional");
        var states = new Dictionary<BoardState, LedPattern>();
        var air = new Dictionary<string, LedPattern>(StringComparer.Ordinal);
        var (hasStates, hasAir) = (false, false);
        if (led.Section("states") is { } section)
        {
            hasStates = true;
            section.OnlyKeys([.. BoardStates.All.Select(s => s.Word())]);
            foreach (var state in BoardStates.All)
            {
                if (Pattern(section, state.Word(), section.Text(state.Word())) is { } pattern)
                {
                    states[state] = pattern;
                }
            }
        }

        if (led.Section("wifi") is { } wifi)
        {
            hasAir = true;
            wifi.OnlyKeys([.. AirWords.All]);
            foreach (var word in AirWords.All)
            {
                // Beside states only what differs from no_link is named; an LED of its own needs all.
                if (Pattern(wifi, word, hasStates ? wifi.Text(word, "") : wifi.Text(word)) is { } pattern)
                {
                    air[word] = pattern;
                }
            }
        }

        if (!hasStates && !hasAir)
        {
            led.Fault("states", "is missing");
        }

        return new BoardLed(led.Text("name"), led.Text("color"), states, led.Flag("optional")) { Air = air };
    }

    private static LedPattern? Pattern(JsonPlace section, string member, string word)
    {
        var pattern = LedPatterns.Find(word);
        if (pattern is null && word.Length > 0)
        {
            var near = NearestName.Find(word, LedPatterns.All.Select(p => p.Word()));
            section.Fault(member, $"is \"{word}\"; {(near is null ? "known: " + string.Join(", ", LedPatterns.All.Select(p => p.Word())) : $"did you mean \"{near}\"?")}");
        }

        return pattern;
    }

    private static BoardButton? ReadButton(JsonPlace button)
    {
        var kind = button.Text("kind");
        switch (kind)
        {
            case "gpio":
                button.OnlyKeys("kind", "chip", "line", "active_low");
                return new BoardButton(ButtonKind.Gpio, button.Text("chip"), button.Number("line", 0, 1023), button.Flag("active_low"));
            case "input":
                button.OnlyKeys("kind", "device", "code");
                return new BoardButton(ButtonKind.Input, button.Text("device"), button.Number("code", 1, 0x2FF), false);
            default:
                button.Fault("kind", "is neither \"gpio\" nor \"input\"");
                return null;
        }
    }

    private static BoardRadio Radio(JsonPlace radio)
    {
        radio.OnlyKeys("driver", "mesh_point", "note");
        return new BoardRadio(radio.Text("driver"), radio.Flag("mesh_point"), radio.Text("note", ""));
    }

    private static BoardWatchdog ReadWatchdog(JsonPlace watchdog)
    {
        watchdog.OnlyKeys("driver", "max_seconds");
        return new BoardWatchdog(watchdog.Text("driver"), watchdog.Number("max_seconds", 1, 86400));
    }
}
