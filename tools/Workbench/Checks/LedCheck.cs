// Holds what a board's LEDs shall show against what the lines of its simulated GPIO chip did.
using Skywire.Workbench.Emulation;

namespace Skywire.Workbench.Checks;

/// <summary>Looks at the LEDs of one board.</summary>
internal sealed class LedCheck(IReadOnlyList<BoardLed> leds, List<LedObservation> found, List<string> failures)
{
    // Three rounds of the slowest pattern.
    private const int LookSeconds = 7;

    /// <summary>Looks now, while the board is in <paramref name="state"/>.</summary>
    public Task LookAsync(BoardShell shell, string state, string how, CancellationToken cancellationToken) => LookAsync(shell, state, how, LookSeconds, cancellationToken);

    /// <summary>Looks for some seconds.</summary>
    public Task LookAsync(BoardShell shell, string state, string how, int seconds, CancellationToken cancellationToken) => LookAsync(shell, state, how, seconds, static () => Task.FromResult(true), cancellationToken);

    /// <summary>Looks; false, and nothing is said, when the board is no longer in that state afterwards.</summary>
    public Task<bool> LookAsync(BoardShell shell, string state, string how, Func<Task<bool>> isStill, CancellationToken cancellationToken) => LookAsync(shell, state, how, LookSeconds, isStill, cancellationToken);

    private async Task<bool> LookAsync(BoardShell shell, string state, string how, int seconds, Func<Task<bool>> isStill, CancellationToken cancellationToken)
    {
        var output = await shell.RequireAsync("bash -c '" + LedRecorder.Script(leds.Count, seconds) + "'", cancellationToken);
        if (!await isStill())
        {
            return false;
        }

        var lines = LedRecorder.Parse(output, leds.Count, out var end);
        for (var n = 0; n < leds.Count; n++)
        {
            Note(state, how, n, lines[n].Count > 0 ? LedLines.Name(lines[n], lines[n][0].At, end) : "unknown");
        }

        return true;
    }

    private void Note(string state, string how, int n, string seen)
    {
        var led = leds[n];
        var ok = led.Fits(state, seen);
        found.Add(new LedObservation(state, how, led.Name, led.States.GetValueOrDefault(state, "-"), seen, ok));
        if (!ok)
        {
            failures.Add($"LED {led.Name} in state {state} ({how}): its line shows {seen}, board.json asks for {led.States.GetValueOrDefault(state, "nothing")}");
        }
    }
}
