// The running slot for reading. The visor may not open block devices; systemd opens both slots for it and hands them over (sd_listen_fds(3), OpenFile= in systemd.service(5)).
using System.Globalization;
using Microsoft.Win32.SafeHandles;

namespace Skywire.Visor.Updates;

/// <summary>Files that the service manager opened.</summary>
internal static class SlotFile
{
    // SD_LISTEN_FDS_START: after the three standard ones.
    private const int FirstDescriptor = 3;

    /// <summary>Opens a slot, A or B; null when it was not handed over.</summary>
    public static Stream? Open(string slot)
    {
        if (Environment.GetEnvironmentVariable("LISTEN_PID") != Environment.ProcessId.ToString(CultureInfo.InvariantCulture))
        {
            return null;
        }

        var index = Array.IndexOf((Environment.GetEnvironmentVariable("LISTEN_FDNAMES") ?? "").Split(':'), "slot-" + slot.ToLowerInvariant());
        try
        {
            // The descriptor stays the process': it is read again at the next download.
            return index < 0 ? null : new FileStream(new SafeFileHandle(FirstDescriptor + index, ownsHandle: false), FileAccess.Read, bufferSize: 0);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return null;
        }
    }
}
