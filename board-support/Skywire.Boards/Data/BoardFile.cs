// A board as data: what board.json says about it. A new board is a new file, never code.
using Skywire.Boards.Leds;

namespace Skywire.Boards.Data;

/// <summary>One board. Only made by <see cref="BoardFileReader"/>, which has checked every rule.</summary>
public sealed record BoardFile
{
    /// <summary>Version of the format.</summary>
    public const int CurrentSchema = 1;

    /// <summary>Name of its folder, for example "orangepi-prime".</summary>
    public required string Name { get; init; }

    /// <summary>Name for people.</summary>
    public required string Title { get; init; }

    /// <summary>The SoC family; "" where it has no meaning.</summary>
    public string Soc { get; init; } = "";

    /// <summary>Device tree compatibles by which a machine is recognised, most exact first.</summary>
    public required IReadOnlyList<string> Compatible { get; init; }

    /// <summary>The terminal of the serial console, without /dev/; "" for none.</summary>
    public string SerialConsole { get; init; } = "";

    /// <summary>Its LEDs; empty when it has none that may be driven.</summary>
    public IReadOnlyList<BoardLed> Leds { get; init; } = [];

    /// <summary>Its button; null when it has none.</summary>
    public BoardButton? Button { get; init; }

    /// <summary>Its wired interfaces by the kernel's names, in order of preference.</summary>
    public IReadOnlyList<string> Ethernet { get; init; } = [];

    /// <summary>Its radios.</summary>
    public IReadOnlyList<BoardRadio> Radios { get; init; } = [];

    /// <summary>Its hardware watchdog; null when it has none.</summary>
    public BoardWatchdog? Watchdog { get; init; }
}

/// <summary>One LED: the kernel's name, its colour, what it shows in each state (all states are there, or none on an LED of the air), and whether some boards of this kind lack it.</summary>
public sealed record BoardLed(string Name, string Color, IReadOnlyDictionary<BoardState, LedPattern> States, bool IsOptional)
{
    /// <summary>
    /// What it shows of the air, by words of <see cref="AirWords"/>. Beside <see cref="States"/>: instead of no_link's pattern. Without them: always, and every word is there.
    /// </summary>
    public IReadOnlyDictionary<string, LedPattern> Air { get; init; } = new Dictionary<string, LedPattern>();

    /// <summary>It shows the air and nothing else.</summary>
    public bool IsOfAir => States.Count == 0;

    /// <summary>What it shows in a state of the board and of the air; "" for an air of which nothing is known.</summary>
    public LedPattern Shows(BoardState state, string air)
        => IsOfAir ? Air.GetValueOrDefault(air, LedPattern.Off)
            : state == BoardState.NoLink && Air.TryGetValue(air, out var pattern) ? pattern : States[state];
}

/// <summary>How the button is read.</summary>
public enum ButtonKind
{
    /// <summary>A free GPIO line.</summary>
    Gpio,

    /// <summary>A key of an input device, where the kernel's gpio-keys driver holds the line.</summary>
    Input,
}

/// <summary>The button: <paramref name="Device"/> is the GPIO chip's label or the input device's name, <paramref name="Number"/> the line or the key code.</summary>
public sealed record BoardButton(ButtonKind Kind, string Device, int Number, bool ActiveLow);

/// <summary>A radio and what is known of its driver.</summary>
public sealed record BoardRadio(string Driver, bool MeshPoint, string Note);

/// <summary>A hardware watchdog and its longest time-out in seconds.</summary>
public sealed record BoardWatchdog(string Driver, int MaxSeconds);
