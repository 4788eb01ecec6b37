// Reads what a board's systemd and kernel say about it. Pure: the output of one script in, facts out.
using System.Globalization;

namespace Skywire.Workbench.Emulation;

/// <summary>A change of the state that the board shows; seconds since the kernel started.</summary>
internal readonly record struct StateChange(double At, string State, string Reason);

/// <summary>Facts of one moment.</summary>
internal sealed record BoardFacts
{
    // Sections are told apart by a line of their own; each is one tool's own output.
    private const string Mark = "-- ";

    /// <summary>The script whose output <see cref="Parse"/> reads.</summary>
    public static string Script { get; } = string.Join("; ",
        $"echo '{Mark}failed'", "systemctl list-units --failed --plain --no-legend | cut -d' ' -f1",
        $"echo '{Mark}system'", "systemctl is-system-running",
        $"echo '{Mark}visor'", "systemctl show skywire.service -p ActiveState,ActiveEnterTimestampMonotonic,MainPID,NRestarts",
        $"echo '{Mark}rss'", "grep VmRSS: /proc/$(systemctl show skywire.service -p MainPID --value)/status",
        $"echo '{Mark}memory'", "grep -E '^(MemTotal|MemAvailable):' /proc/meminfo",
        $"echo '{Mark}disk'", "df -k --output=size,used /data | tail -1",
        $"echo '{Mark}startup'", "systemctl show -p KernelTimestampMonotonic,UserspaceTimestampMonotonic,FinishTimestampMonotonic",
        $"echo '{Mark}states'", "journalctl -b -u skyminer-board -o short-monotonic --no-hostname -g 'the board shows' --no-pager 2>/dev/null",
        $"echo '{Mark}end'");

    /// <summary>Units in state failed.</summary>
    public required IReadOnlyList<string> FailedUnits { get; init; }

    /// <summary>What systemd says of the whole: running, degraded, starting ...</summary>
    public required string System { get; init; }

    /// <summary>State of the visor's unit.</summary>
    public required string VisorState { get; init; }

    /// <summary>Seconds from the kernel's start until the visor reported that it is ready; null when it has not.</summary>
    public required double? VisorUpAt { get; init; }

    /// <summary>Times systemd had to start the visor again.</summary>
    public required int VisorRestarts { get; init; }

    /// <summary>Resident memory of the visor in megabytes (10^6); null when it does not run.</summary>
    public required double? VisorRssMb { get; init; }

    /// <summary>Memory the board has and memory in use, in megabytes.</summary>
    public required double MemoryTotalMb { get; init; }

    /// <summary>What of it is not available to programs.</summary>
    public required double MemoryUsedMb { get; init; }

    /// <summary>Size of the data partition in megabytes: after the first start it fills the card.</summary>
    public required double DataMb { get; init; }

    /// <summary>Seconds from the kernel's start until systemd had started everything; null while it has not.</summary>
    public required double? StartedAt { get; init; }

    /// <summary>What the board has shown since it started, in order.</summary>
    public required IReadOnlyList<StateChange> States { get; init; }

    /// <summary>Reads the output of <see cref="Script"/>. A section that is missing counts as empty; the caller judges.</summary>
    public static BoardFacts Parse(string output)
    {
        var sections = new Dictionary<string, List<string>>(StringComparer.Ordinal);
        var current = new List<string>();
        foreach (var line in output.Split('\n').Select(l => l.TrimEnd('\r')))
        {
            if (line.StartsWith(Mark, StringComparison.Ordinal))
            {
                sections[line[Mark.Length..]] = current = [];
            }
            else if (line.Length > 0)
            {
                current.Add(line);
            }
        }

        List<string> Section(string name) => sections.GetValueOrDefault(name) ?? [];
        var visor = Properties(Section("visor"));
        var startup = Properties(Section("startup"));
        var memory = Section("memory").Select(l => l.Split(':')).Where(p => p.Length == 2).ToDictionary(p => p[0], p => Kilobytes(p[1]));
        var disk = Section("disk").LastOrDefault("").Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return new BoardFacts
        {
            FailedUnits = Section("failed"),
            System = Section("system").LastOrDefault(""),
            VisorState = visor.GetValueOrDefault("ActiveState", ""),
            VisorUpAt = Seconds(visor.GetValueOrDefault("ActiveEnterTimestampMonotonic")),
            VisorRestarts = int.TryParse(visor.GetValueOrDefault("NRestarts"), NumberStyles.None, CultureInfo.InvariantCulture, out var restarts) ? restarts : 0,
            VisorRssMb = Section("rss").FirstOrDefault(l => l.StartsWith("VmRSS:", StringComparison.Ordinal)) is { } rss ? Kilobytes(rss["VmRSS:".Length..]) : null,
            MemoryTotalMb = memory.GetValueOrDefault("MemTotal"),
            MemoryUsedMb = Math.Round(memory.GetValueOrDefault("MemTotal") - memory.GetValueOrDefault("MemAvailable"), 1),
            DataMb = disk.Length == 2 ? Kilobytes(disk[0]) : 0,
            StartedAt = Seconds(startup.GetValueOrDefault("FinishTimestampMonotonic")),
            States = [.. Section("states").Select(State).OfType<StateChange>()],
        };
    }

    private static Dictionary<string, string> Properties(IEnumerable<string> lines) =>
        lines.Select(l => l.Split('=', 2)).Where(p => p.Length == 2).ToDictionary(p => p[0], p => p[1], StringComparer.Ordinal);

    private static double Kilobytes(string text) => Math.Round(double.Parse(text.Replace("kB", "", StringComparison.Ordinal).Trim(), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture) * 1024 / 1e6, 1);

    // systemd writes microseconds, and 0 for what has not happened.
    private static double? Seconds(string? microseconds) => long.TryParse(microseconds, NumberStyles.None, CultureInfo.InvariantCulture, out var us) && us > 0 ? us / 1e6 : null;

    // "[   23.456789] skywire[612]: ... the board shows linked: 1 dmsg session, no transport yet"
    private static StateChange? State(string line)
    {
        const string Words = "the board shows ";
        var close = line.IndexOf(']', StringComparison.Ordinal);
        var at = line.IndexOf(Words, StringComparison.Ordinal);
        if (!line.StartsWith('[') || close < 0 || at < 0 || !double.TryParse(line.AsSpan(1, close - 1), NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingWhite, CultureInfo.InvariantCulture, out var seconds))
        {
            return null;
        }

        var rest = line[(at + Words.Length)..].Split(':', 2);
        return new StateChange(seconds, rest[0].Trim(), rest.Length > 1 ? rest[1].Trim() : "");
    }
}
