// Brings LEDs to what they shall show. Attributes of a trigger appear with it and become this user's a moment later (udev): what is refused is tried again.
using System.Globalization;
using Skywire.Linux;

namespace Skywire.Boards.Leds;

/// <summary>Drives the LEDs of one board. Not thread-safe.</summary>
public sealed class LedDriver(LedClass leds)
{
    // udev has given the attributes to us long before; after this many tries of a tick each it never will.
    private const int MaxTries = 20;

    private readonly Dictionary<string, Wanted> _wanted = new(StringComparer.Ordinal);

    /// <summary>Why the last write to an LED was refused, by its name; empty when all went well.</summary>
    public IReadOnlyDictionary<string, string> Faults => _wanted.Where(w => w.Value.Fault.Length > 0).ToDictionary(w => w.Key, w => w.Value.Fault, StringComparer.Ordinal);

    /// <summary>True while something is left to be written: call <see cref="Show"/> again with the same tasks.</summary>
    public bool IsBehind => _wanted.Values.Any(w => w.IsOpen);

    /// <summary>Shows the tasks. Nothing is written for an LED that has its task already: a trigger written again starts its rhythm anew.</summary>
    public void Show(IReadOnlyList<(string Led, LedTask Task)> tasks, string wire)
    {
        foreach (var (led, task) in tasks)
        {
            if (!_wanted.TryGetValue(led, out var wanted) || wanted.Task != task || wanted.Wire != wire)
            {
                _wanted[led] = wanted = new Wanted(task, wire);
            }

            if (wanted.IsOpen)
            {
                Write(led, wanted);
            }
        }
    }

    private void Write(string led, Wanted wanted)
    {
        wanted.Tries++;
        if (!leds.Exists(led))
        {
            wanted.Fault = "the kernel shows no such LED";
            return;
        }

        wanted.Program ??= LedProgram.For(wanted.Task, [.. leds.Triggers(led)], Maximum(led), wanted.Wire);
        if (!wanted.HasTrigger)
        {
            if (leds.Write(led, "trigger", wanted.Program.Trigger) is { } refused)
            {
                wanted.Fault = refused;
                return;
            }

            wanted.HasTrigger = true;
        }

        for (; wanted.Written < wanted.Program.Attributes.Count; wanted.Written++)
        {
            var (attribute, value) = wanted.Program.Attributes[wanted.Written];
            if (leds.Write(led, attribute, value) is { } refused)
            {
                wanted.Fault = $"{attribute}: {refused}";
                return;
            }
        }

        wanted.Fault = "";
        wanted.IsDone = true;
    }

    private int Maximum(string led) => int.TryParse(leds.Read(led, "max_brightness"), NumberStyles.None, CultureInfo.InvariantCulture, out var maximum) && maximum > 0 ? maximum : 1;

    private sealed class Wanted(LedTask task, string wire)
    {
        public LedTask Task => task;

        public string Wire => wire;

        public LedProgram? Program { get; set; }

        public bool HasTrigger { get; set; }

        public int Written { get; set; }

        public int Tries { get; set; }

        public bool IsDone { get; set; }

        public string Fault { get; set; } = "";

        public bool IsOpen => !IsDone && Tries < MaxTries;
    }
}
