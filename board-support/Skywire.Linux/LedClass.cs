// The kernel's LED class (Documentation/leds/leds-class.rst): a folder for each LED, its trigger and the trigger's attributes as files.
namespace Skywire.Linux;

/// <summary>The LEDs below one folder, <c>/sys/class/leds</c> on a board. No state of its own: every call reads or writes the kernel.</summary>
public sealed class LedClass(string folder = LedClass.SystemFolder)
{
    /// <summary>Where the kernel shows its LEDs.</summary>
    public const string SystemFolder = "/sys/class/leds";

    /// <summary>Names of the LEDs there are, sorted; empty where the kernel has no LED class.</summary>
    public IReadOnlyList<string> Names => Directory.Exists(folder) ? [.. Directory.EnumerateFileSystemEntries(folder).Select(p => Path.GetFileName(p)).Order(StringComparer.Ordinal)] : [];

    /// <summary>True when there is an LED of this name.</summary>
    public bool Exists(string name) => Directory.Exists(PathOf(name, ""));

    /// <summary>Text of an attribute without its line end; null when there is none, or it cannot be read.</summary>
    public string? Read(string name, string attribute)
    {
        try
        {
            return File.ReadAllText(PathOf(name, attribute)).TrimEnd('\n');
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Gone with its driver, or write-only (the netdev trigger's names are not readable by everyone).
            return null;
        }
    }

    /// <summary>Writes an attribute; null when the kernel took it, else why not, in words.</summary>
    public string? Write(string name, string attribute, string value)
    {
        try
        {
            // Open only what is there: a sysfs file is never created, and in a tree without the attribute nothing may appear.
            using var stream = new FileStream(PathOf(name, attribute), FileMode.Truncate, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
            stream.Write(System.Text.Encoding.ASCII.GetBytes(value));
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return e.Message;
        }
    }

    /// <summary>Triggers the kernel offers for an LED; those of modules not loaded are missing.</summary>
    public IReadOnlyList<string> Triggers(string name) => [.. Words(name).Select(w => w.Trim('[', ']'))];

    /// <summary>The trigger in force, "none" for none; null when there is no such LED.</summary>
    public string? Trigger(string name) => Words(name).FirstOrDefault(w => w.StartsWith('['))?.Trim('[', ']');

    // One line, the trigger in force in brackets: "none [heartbeat] timer".
    private string[] Words(string name) => (Read(name, "trigger") ?? "").Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries);

    // Names come from board files and from the kernel; a path in one must not lead out of the folder.
    private string PathOf(string name, string attribute) => Path.Combine(folder, Path.GetFileName(name), attribute);
}
