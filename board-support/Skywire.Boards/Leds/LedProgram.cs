// Turns an LED's task into the kernel trigger that does it and the attributes that trigger needs: pure, so that every case is tested without an LED.
using System.Globalization;
using System.Text;

namespace Skywire.Boards.Leds;

/// <summary>What to write for one LED, in this order; the first write is always the trigger.</summary>
/// <param name="Trigger">Name of the kernel trigger.</param>
/// <param name="Attributes">Attributes of that trigger; they exist once it is in force.</param>
public sealed record LedProgram(string Trigger, IReadOnlyList<(string Attribute, string Value)> Attributes)
{
    // Longest and shortest blink are a factor of eight apart: told from each other at a glance, and from the heartbeat's double beat.
    private const int SlowMilliseconds = 1000;
    private const int FastMilliseconds = 125;
    private const int FlashMilliseconds = 150;
    private const int FlashGapMilliseconds = 250;
    private const int FlashPauseMilliseconds = 1600;

    /// <summary>
    /// The program of a task with the triggers at hand; a trigger that this kernel lacks is replaced by the nearest one it has, so that an LED is never left as the state
    /// before had it. <paramref name="maximum"/> is the LED's max_brightness, <paramref name="wire"/> the interface whose packets are shown ("" for none).
    /// </summary>
    public static LedProgram For(LedTask task, IReadOnlyCollection<string> triggers, int maximum, string wire)
    {
        if (task.Flashes > 0)
        {
            return triggers.Contains("pattern") ? Flashing(task.Flashes, maximum, FlashPauseMilliseconds) : Blinking(triggers, FastMilliseconds, maximum);
        }

        return task.Pattern switch
        {
            LedPattern.Off => Dark,
            LedPattern.On => Lit(triggers, maximum),
            LedPattern.Heartbeat => triggers.Contains("heartbeat") ? new("heartbeat", []) : Blinking(triggers, SlowMilliseconds, maximum),
            LedPattern.BlinkSlow => Blinking(triggers, SlowMilliseconds, maximum),
            LedPattern.Flash => Blinking(triggers, FlashMilliseconds, (2 * SlowMilliseconds) - FlashMilliseconds, maximum),
            LedPattern.Wink => Blinking(triggers, (2 * SlowMilliseconds) - FlashMilliseconds, FlashMilliseconds, maximum),
            LedPattern.BlinkFast => Blinking(triggers, FastMilliseconds, maximum),
            LedPattern.TripleFlash => triggers.Contains("pattern") ? Flashing(3, maximum, FlashPauseMilliseconds / 2) : Blinking(triggers, FastMilliseconds * 2, maximum),
            LedPattern.Pulse => triggers.Contains("pattern") ? Flashing(2, maximum, FlashPauseMilliseconds / 2) : Blinking(triggers, FastMilliseconds * 3, maximum),
            _ => wire.Length > 0 && triggers.Contains("netdev") ? new("netdev", [("device_name", wire), ("link", "1"), ("tx", "1"), ("rx", "1")]) : Lit(triggers, maximum),
        };
    }

    private static LedProgram Dark => new("none", [("brightness", "0")]);

    private static LedProgram Lit(IReadOnlyCollection<string> triggers, int maximum)
        => triggers.Contains("default-on") ? new("default-on", []) : new("none", [("brightness", maximum.ToString(CultureInfo.InvariantCulture))]);

    private static LedProgram Blinking(IReadOnlyCollection<string> triggers, int milliseconds, int maximum) => Blinking(triggers, milliseconds, milliseconds, maximum);

    private static LedProgram Blinking(IReadOnlyCollection<string> triggers, int lit, int dark, int maximum)
        => triggers.Contains("timer") ? new("timer", [("delay_on", lit.ToString(CultureInfo.InvariantCulture)), ("delay_off", dark.ToString(CultureInfo.InvariantCulture))]) : Lit(triggers, maximum);

    // "brightness milliseconds" pairs; each brightness a second time with no time makes a step of what would be a ramp (leds-trigger-pattern).
    private static LedProgram Flashing(int count, int maximum, int pause)
    {
        var text = new StringBuilder();
        for (var i = 1; i <= count; i++)
        {
            var dark = i < count ? FlashGapMilliseconds : pause;
            text.Append(CultureInfo.InvariantCulture, $"{maximum} {FlashMilliseconds} {maximum} 0 0 {dark} 0 0 ");
        }

        return new("pattern", [("pattern", text.ToString().TrimEnd()), ("repeat", "-1")]);
    }
}
