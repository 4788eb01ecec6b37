// Which slot the kernel was started from, and in which start of the machine this is.
namespace Skywire.Update.Slots;

/// <summary>The running slot.</summary>
/// <param name="Name">A or B.</param>
/// <param name="BootId">The kernel's random name of this start: tells a restart of the program from one of the board.</param>
public sealed record RunningSlot(string Name, string BootId)
{
    private const string Parameter = "rauc.slot=";

    /// <summary>Reads it; null when this system runs from no slot.</summary>
    public static RunningSlot? Load(string proc = "/proc")
    {
        var commandLine = Path.Combine(proc, "cmdline");
        var bootId = Path.Combine(proc, "sys/kernel/random/boot_id");
        return File.Exists(commandLine) && Parse(File.ReadAllText(commandLine)) is { } name ? new RunningSlot(name, File.Exists(bootId) ? File.ReadAllText(bootId).Trim() : "") : null;
    }

    /// <summary>The slot a kernel command line names; null for none. The last one counts, as in the kernel.</summary>
    internal static string? Parse(string commandLine)
        => commandLine.Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries).LastOrDefault(w => w.StartsWith(Parameter, StringComparison.Ordinal))?[Parameter.Length..] is { Length: > 0 } name ? name : null;
}
