// What the board service knows, for `skywire board status` and for whoever checks a board from outside.
namespace Skywire.Boards.Running;

/// <summary>The board service's last account; rewritten when it changes and every minute as a sign of life.</summary>
public sealed record BoardReport
{
    /// <summary>Which board.</summary>
    public required string Board { get; init; }

    /// <summary>State shown.</summary>
    public required string State { get; init; }

    /// <summary>Why.</summary>
    public required string Reason { get; init; }

    /// <summary>Since when.</summary>
    public required DateTimeOffset Since { get; init; }

    /// <summary>When this was written.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>The air; null where no wifi service runs.</summary>
    public AirStatus? Air { get; init; }

    /// <summary>LEDs with what they shall show.</summary>
    public required IReadOnlyList<LedReport> Leds { get; init; }

    /// <summary>The button; null when the board has none.</summary>
    public required ButtonReport? Button { get; init; }

    /// <summary>What of the board itself does not work.</summary>
    public required IReadOnlyList<string> Faults { get; init; }
}

/// <summary>One LED: what it shall show, and why it cannot ("" when it does).</summary>
public sealed record LedReport(string Name, string Shows, string Fault);

/// <summary>The button: presses so far, and why it is not read ("" when it is).</summary>
public sealed record ButtonReport(int ShortPresses, int ForgetOrders, bool IsDown, string Fault);
