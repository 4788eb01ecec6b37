// What `skywire board status` shows. Names are these in snake_case and are stable: only added to, never renamed.
using System.Text.Json.Serialization;
using Skywire.Boards.Clock;
using Skywire.Boards.Data;
using Skywire.Boards.Leds;
using Skywire.Boards.Running;
using Skywire.Boards.Settings;
using Skywire.Linux;

namespace Skywire.Visor.Board;

/// <summary>One LED as asked for and as the kernel has it.</summary>
internal sealed record LedView(string Name, string Color, string Shows, string Trigger, string Fault);

/// <summary>One row of the LED chart: patterns by LED.</summary>
internal sealed record LedChartView(string State, string Meaning, int Flashes, IReadOnlyDictionary<string, string> Leds)
{
    /// <summary>State of the air in which the LEDs show this; "" where it makes no difference.</summary>
    public string Air { get; init; } = "";

    /// <summary>All rows of a board: its states, then those of the air that its LEDs tell from each other.</summary>
    public static IReadOnlyList<LedChartView> Of(BoardFile board) =>
    [
        .. BoardStates.All.Select(s => new LedChartView(s.Word(), LedChart.Meaning(s), s.Flashes(), Patterns(board, s, ""))),
        .. AirWords.All.Where(a => board.Leds.Any(l => l.Air.ContainsKey(a))).Select(a => new LedChartView(BoardState.NoLink.Word(), AirWords.Meaning(a), BoardState.NoLink.Flashes(), Patterns(board, BoardState.NoLink, a)) { Air = a }),
    ];

    private static Dictionary<string, string> Patterns(BoardFile board, BoardState state, string air) => board.Leds.ToDictionary(l => l.Name, l => l.Shows(state, air).Word());
}

/// <summary>The outcome of checking a settings file.</summary>
internal sealed record SettingsCheckView(bool Ok, IReadOnlyList<SettingsMistake> Mistakes);

/// <summary>A board at a glance.</summary>
internal sealed record BoardView
{
    // A service that wrote nothing for this long is not running, whatever its last word was.
    private static readonly TimeSpan Stale = TimeSpan.FromMinutes(3);

    public required string Board { get; init; }

    public required string Title { get; init; }

    /// <summary>What is shown; empty when the board service does not run.</summary>
    public required string State { get; init; }

    public required string Reason { get; init; }

    public required DateTimeOffset? Since { get; init; }

    public required string Image { get; init; }

    /// <summary>Whether the clock is right, in words.</summary>
    public required string Clock { get; init; }

    public required bool ClockIsSane { get; init; }

    public required IReadOnlyList<string> Addresses { get; init; }

    /// <summary>The air as its service reports it; null where none runs.</summary>
    public AirStatus? Air { get; init; }

    public required IReadOnlyList<LedView> Leds { get; init; }

    public required ButtonReport? Button { get; init; }

    public required IReadOnlyList<SettingsMistake> Mistakes { get; init; }

    public required IReadOnlyList<string> Faults { get; init; }

    /// <summary>Reads everything anew.</summary>
    public static BoardView Read(BoardMachine machine, string ownFolder, string wifiFolder, TimeProvider time)
    {
        var report = ReportFile.Read(ownFolder);
        var isAlive = report is not null && time.GetUtcNow() - report.At < Stale;
        var sane = File.Exists(ClockState.TimeServiceMark) || SystemClock.IsSynchronized ? "synchronized" : new ClockState(machine.Places.Run).Reason;
        return new BoardView
        {
            Board = machine.Board.Name,
            Title = machine.Model,
            State = isAlive ? report!.State : "",
            Reason = isAlive ? report!.Reason : "",
            Since = isAlive ? report!.Since : null,
            Image = BoardMachine.Release,
            Clock = sane.Length > 0 ? sane : "not synchronized",
            ClockIsSane = sane.Length > 0,
            Addresses = LocalAddressList.Read(),
            Air = new AirSource(wifiFolder, time).Read(),
            Leds = [.. machine.Present.Leds.Select(l => Led(machine, l.Name, l.Color, isAlive ? report!.Leds.FirstOrDefault(r => r.Name == l.Name) : null))],
            Button = isAlive ? report!.Button : null,
            Mistakes = SettingsApplier.LastOutcome(machine.Places)?.Mistakes ?? [],
            Faults = isAlive ? report!.Faults : machine.Faults,
        };
    }

    private static LedView Led(BoardMachine machine, string name, string color, LedReport? report)
        => new(name, color, report?.Shows ?? "-", machine.Leds.Trigger(name) ?? "-", report?.Fault ?? (machine.Leds.Exists(name) ? "" : "the kernel shows no such LED"));
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(BoardView))]
[JsonSerializable(typeof(IReadOnlyList<LedView>))]
[JsonSerializable(typeof(IReadOnlyList<LedChartView>))]
[JsonSerializable(typeof(SettingsCheckView))]
[JsonSerializable(typeof(SettingsOutcome))]
internal sealed partial class BoardViewJson : JsonSerializerContext;
