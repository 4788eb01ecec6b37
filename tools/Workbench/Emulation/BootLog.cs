// Finds the milestones of a start in what the serial console says. Pure: lines with times in, milestones out.
using System.Globalization;
using System.Text.RegularExpressions;

namespace Skywire.Workbench.Emulation;

/// <summary>Steps of a start, in their order.</summary>
internal enum BootStep
{
    /// <summary>The boot loader's banner.</summary>
    Loader,

    /// <summary>The boot script chose a slot.</summary>
    Slot,

    /// <summary>The loader handed over to the kernel.</summary>
    Kernel,

    /// <summary>The console asks for a login.</summary>
    Login,
}

/// <summary>
/// Reads one start line by line. Times are seconds since power-on. Not thread-safe. A second loader banner is a reboot nobody asked for: it is counted, and the milestones are
/// those of the last start.
/// </summary>
internal sealed partial class BootLog
{
    private readonly Dictionary<BootStep, double> _seconds = [];
    private readonly List<string> _problems = [];
    private readonly List<(string State, double At)> _shown = [];

    /// <summary>When each step was first seen.</summary>
    public IReadOnlyDictionary<BootStep, double> Seconds => _seconds;

    /// <summary>The slot that was started; empty before.</summary>
    public string Slot { get; private set; } = "";

    /// <summary>Where the boot script found the slot state: first, second or none.</summary>
    public string SlotStateFrom { get; private set; } = "";

    /// <summary>Tries left of each slot, the one being taken not yet counted; null before they were read.</summary>
    public (int A, int B)? TriesLeft { get; private set; }

    /// <summary>The board's state as its console page names it, with the time it first did; a state that comes back is there again.</summary>
    public IReadOnlyList<(string State, double At)> Shown => _shown;

    /// <summary>Starts of the loader after the first.</summary>
    public int Restarts { get; private set; }

    /// <summary>Lines that say that something went wrong on the way: a panic, a slot that does not start, a loader that gave up.</summary>
    public IReadOnlyList<string> Problems => _problems;

    /// <summary>Takes a line; <paramref name="seconds"/> since power-on.</summary>
    public void Add(string raw, double seconds)
    {
        var line = Escapes().Replace(raw, "").Trim('\r', '\n', ' ');
        if (line.Length == 0)
        {
            return;
        }

        if (LoaderBanner().IsMatch(line))
        {
            if (_seconds.ContainsKey(BootStep.Loader))
            {
                Restarts++;
                _seconds.Clear();
            }

            _seconds[BootStep.Loader] = seconds;
        }
        else if (SlotState().Match(line) is { Success: true } state)
        {
            SlotStateFrom = state.Groups[1].Value;
            TriesLeft = (int.Parse(state.Groups[2].Value, CultureInfo.InvariantCulture), int.Parse(state.Groups[3].Value, CultureInfo.InvariantCulture));
        }
        else if (SlotChosen().Match(line) is { Success: true } chosen)
        {
            Slot = chosen.Groups[1].Value;
            _seconds[BootStep.Slot] = seconds;
        }
        else if (line.StartsWith("Starting kernel", StringComparison.Ordinal))
        {
            _seconds[BootStep.Kernel] = seconds;
        }
        else if (PageState().Match(line) is { Success: true } page)
        {
            if (_shown.Count == 0 || _shown[^1].State != page.Groups[1].Value)
            {
                _shown.Add((page.Groups[1].Value, seconds));
            }
        }
        else if (Problem().IsMatch(line))
        {
            _problems.Add(line);
        }

        AddOpen(raw, seconds);
    }

    /// <summary>Takes a line that has not ended yet: a prompt waits for its answer.</summary>
    public void AddOpen(string raw, double seconds)
    {
        if (LoginPrompt().IsMatch(Escapes().Replace(raw, "").Trim('\r', ' ')))
        {
            _seconds.TryAdd(BootStep.Login, seconds);
        }
    }

    [GeneratedRegex(@"\e\[[0-9;?]*[ -/]*[@-~]|\e[()][A-Z0-9]|\e[=>]")]
    private static partial Regex Escapes();

    [GeneratedRegex(@"^U-Boot \d{4}\.\d{2}")]
    private static partial Regex LoaderBanner();

    [GeneratedRegex(@"^skyminer: slot state from (first|second|none) copy: order [AB ]+, A (\d+), B (\d+)")]
    private static partial Regex SlotState();

    [GeneratedRegex(@"^skyminer: starting slot ([AB])\b")]
    private static partial Regex SlotChosen();

    [GeneratedRegex(@"^[\w-]+ login:$")]
    private static partial Regex LoginPrompt();

    // The page stands to the right of its QR code.
    [GeneratedRegex(@"(?:^|\s)state {4}([a-z_]+): ")]
    private static partial Regex PageState();

    [GeneratedRegex(@"Kernel panic|skyminer: slot \w does not start|skyminer: no slot has tries left|skyminer: cannot start this slot|Bad Linux ARM64 Image|resetting \.\.\.")]
    private static partial Regex Problem();
}
