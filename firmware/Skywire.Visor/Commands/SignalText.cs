// Signals in a cell of a table: a bar for now, a line of small bars for the minutes before.
using System.Globalization;

namespace Skywire.Visor.Commands;

internal static class SignalText
{
    // Below this nothing gets through, above this nothing gets better (dBm).
    private const int Weakest = -90;
    private const int Strongest = -40;
    private const int Cells = 5;

    // Three minutes at one value in 10 s.
    private const int MaxSpark = 18;
    private const string Sparks = "▁▂▃▄▅▆▇█";

    /// <summary>"▮▮▮▯▯ -61 dBm"; "-" when the signal is not known (0).</summary>
    public static string Bar(int signal)
    {
        var filled = Level(signal, Cells + 1);
        return signal == 0 ? "-" : $"{new string('▮', filled)}{new string('▯', Cells - filled)} {signal.ToString(CultureInfo.InvariantCulture)} dBm";
    }

    /// <summary>The last values as bars of eight heights, newest right; blank where it was not known.</summary>
    public static string Spark(IReadOnlyList<int> history) => string.Concat(history.Skip(Math.Max(0, history.Count - MaxSpark)).Select(s => s == 0 ? ' ' : Sparks[Level(s, Sparks.Length)]));

    // Which of a number of equal steps between weakest and strongest.
    private static int Level(int signal, int steps) => Math.Clamp((signal - Weakest) * steps / (Strongest - Weakest), 0, steps - 1);
}
