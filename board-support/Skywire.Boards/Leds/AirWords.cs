// States of the air as the wifi service words them. Boards and radios are libraries side by side: what one says of the other is words.
namespace Skywire.Boards.Leds;

/// <summary>The words, as in the wifi service's report and in board.json.</summary>
public static class AirWords
{
    /// <summary>No radio that could link boards.</summary>
    public const string NoRadio = "no_radio";

    /// <summary>Radios are there, none is used.</summary>
    public const string Off = "off";

    /// <summary>No other board on the air yet.</summary>
    public const string Searching = "searching";

    /// <summary>Linked, with so weak a signal that little gets through.</summary>
    public const string Weak = "weak";

    /// <summary>Linked to at least one other board.</summary>
    public const string Joined = "joined";

    /// <summary>The setup access point is open.</summary>
    public const string Setup = "setup";

    /// <summary>Every word.</summary>
    public static IReadOnlyList<string> All { get; } = [NoRadio, Off, Searching, Weak, Joined, Setup];

    /// <summary>A state in words for people.</summary>
    public static string Meaning(string word) => word switch
    {
        NoRadio => "no radio that could link boards",
        Off => "radios are off",
        Searching => "searching for other boards on the air",
        Weak => "linked over the air, the signal is weak",
        Joined => "linked over the air",
        _ => "the setup access point is open: connect to it with a phone",
    };
}
