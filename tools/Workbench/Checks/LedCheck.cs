// Holds what a board's LEDs shall show against what the lines of its simulated GPIO chip did.
using System.Globalization;
using Skywire.Workbench.Emulation;

namespace Skywire.Workbench.Checks;

/// <summary>Looks at the LEDs of one board.</summary>
internal sealed class LedCheck(IReadOnlyList<BoardLed> leds, List<LedObservation> found, List<string> failures)
{
    // Three rounds of the slowest pattern.
    private const int LookSeconds = 7;

    // A program that changes LEDs asks every other second; what is seen closer to a change may belong to either side.
    private const double Margin = 0.6;
    private const double ShortestStay = 1.6;

    /// <summary>Looks now, while the board is in <paramref name="state"/>.</summary>
    public async Task LookAsync(BoardShell shell, string state, string how, CancellationToken cancellationToken)
    {
        var output = await shell.RequireAsync("bash -c '" + LedRecorder.Script(leds.Count, LookSeconds) + "'", cancellationToken);
        var lines = LedRecorder.Parse(output, leds.Count, out var end);
        for (var n = 0; n < leds.Count; n++)
        {
            Note(state, how, n, lines[n].Count > 0 ? LedLines.Name(lines[n], lines[n][0].At, end) : "unknown", mustFit: true);
        }
    }

    /// <summary>
    /// Judges a recording of the whole start against the states that the board went through. States too short for their pattern to show are noted, not judged.
    /// </summary>
    public void Judge(string recording, IReadOnlyList<StateChange> states, double until)
    {
        var lines = LedRecorder.Parse(recording, leds.Count, out _);
        for (var i = 0; i < states.Count; i++)
        {
            var from = states[i].At + Margin;
            var to = (i + 1 < states.Count ? states[i + 1].At : until) - Margin / 3;
            if (to - from < ShortestStay)
            {
                continue;
            }

            for (var n = 0; n < leds.Count; n++)
            {
                var seen = LedLines.Name(lines[n], from, to);
                // "blink_slow" needs two of its two-second rounds to be told; a shorter stay is shown as it was seen.
                Note(states[i].State, string.Create(CultureInfo.InvariantCulture, $"while starting, {to - from:0.0} s"), n, seen, mustFit: to - from > LookSeconds);
            }
        }
    }

    private void Note(string state, string how, int n, string seen, bool mustFit)
    {
        var led = leds[n];
        var ok = led.Fits(state, seen);
        found.Add(new LedObservation(state, how, led.Name, led.States.GetValueOrDefault(state, "-"), seen, ok));
        if (!ok && mustFit)
        {
            failures.Add($"LED {led.Name} in state {state} ({how}): its line shows {seen}, board.json asks for {led.States.GetValueOrDefault(state, "nothing")}");
        }
    }
}
