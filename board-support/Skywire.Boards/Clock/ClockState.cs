// What is known about the clock, kept for this boot as empty files, so that units can ask with ConditionPathExists= without starting a program.
namespace Skywire.Boards.Clock;

/// <summary>Marks of this boot.</summary>
public sealed class ClockState(string run)
{
    /// <summary>Set by systemd-timesyncd once it has set the clock.</summary>
    public const string TimeServiceMark = "/run/systemd/timesync/synchronized";

    private string Sane => Path.Combine(run, "clock-sane");

    /// <summary>Why the clock is taken for right; "" when it is not.</summary>
    public string Reason => File.Exists(Sane) ? File.ReadAllText(Sane).Trim() : "";

    /// <summary>Marks the clock as right for this boot.</summary>
    public void MarkSane(string reason)
    {
        Directory.CreateDirectory(run);
        File.WriteAllText(Sane, reason + "\n");
    }
}
