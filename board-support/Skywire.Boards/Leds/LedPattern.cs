// What an LED can do. Each is done by a kernel trigger, so that it goes on without this program; what stops it is said in docs/boards.md.
namespace Skywire.Boards.Leds;

/// <summary>Patterns of board.json.</summary>
public enum LedPattern
{
    /// <summary>Dark.</summary>
    Off,

    /// <summary>Lit.</summary>
    On,

    /// <summary>The kernel's double beat, faster under load.</summary>
    Heartbeat,

    /// <summary>Once in two seconds.</summary>
    BlinkSlow,

    /// <summary>Four times a second.</summary>
    BlinkFast,

    /// <summary>Two short flashes, then a pause.</summary>
    Pulse,

    /// <summary>Three short flashes, then a pause: for boards with one LED, whose eight states need eight patterns.</summary>
    TripleFlash,

    /// <summary>Lit with the wire's link, flickering with its packets.</summary>
    Traffic,

    /// <summary>One short flash every two seconds: free on every board, for what the radio does.</summary>
    Flash,

    /// <summary>Lit but for one short gap every two seconds: free on every board, for what the radio does.</summary>
    Wink,
}

/// <summary>Words of patterns.</summary>
public static class LedPatterns
{
    /// <summary>Every pattern.</summary>
    public static IReadOnlyList<LedPattern> All { get; } = Enum.GetValues<LedPattern>();

    /// <summary>The word in board.json.</summary>
    public static string Word(this LedPattern pattern) => pattern switch
    {
        LedPattern.Off => "off",
        LedPattern.On => "on",
        LedPattern.Heartbeat => "heartbeat",
        LedPattern.BlinkSlow => "blink_slow",
        LedPattern.BlinkFast => "blink_fast",
        LedPattern.Pulse => "pulse",
        LedPattern.TripleFlash => "triple_flash",
        LedPattern.Flash => "flash",
        LedPattern.Wink => "wink",
        _ => "traffic",
    };

    /// <summary>In words for people.</summary>
    public static string Meaning(this LedPattern pattern) => pattern switch
    {
        LedPattern.Off => "off",
        LedPattern.On => "on",
        LedPattern.Heartbeat => "double beat",
        LedPattern.BlinkSlow => "slow blink",
        LedPattern.BlinkFast => "fast blink",
        LedPattern.Pulse => "double flash",
        LedPattern.TripleFlash => "triple flash",
        LedPattern.Flash => "short flash every 2 s",
        LedPattern.Wink => "on, short gap every 2 s",
        _ => "flicker with packets",
    };

    /// <summary>The pattern of a word; null when there is none of it.</summary>
    public static LedPattern? Find(string word)
    {
        foreach (var pattern in All)
        {
            if (pattern.Word() == word)
            {
                return pattern;
            }
        }

        return null;
    }
}
