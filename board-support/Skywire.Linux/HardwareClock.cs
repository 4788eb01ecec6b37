// The battery-backed clock, where a board has one (/sys/class/rtc).
using System.Globalization;

namespace Skywire.Linux;

/// <summary>Reads real-time clocks.</summary>
public static class HardwareClock
{
    /// <summary>Where the kernel shows them.</summary>
    public const string SystemFolder = "/sys/class/rtc";

    /// <summary>Time of the first clock that can be read; null without one. A clock without a battery starts at 1970 or 2000: the caller judges.</summary>
    public static DateTimeOffset? Read(string folder = SystemFolder)
    {
        if (!Directory.Exists(folder))
        {
            return null;
        }

        foreach (var device in Directory.EnumerateFileSystemEntries(folder).Order(StringComparer.Ordinal))
        {
            try
            {
                if (long.TryParse(File.ReadAllText(Path.Combine(device, "since_epoch")).Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds <= 253402300799)
                {
                    return DateTimeOffset.FromUnixTimeSeconds(seconds);
                }
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // A clock that lost its power gives an error instead of a time: as good as none.
            }
        }

        return null;
    }
}
