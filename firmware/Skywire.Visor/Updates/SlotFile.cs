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
        try
        {
            // The descriptor stays the process': it is read again at the next download.
            return Descriptor(slot) is { } descriptor ? new FileStream(new SafeFileHandle(descriptor, ownsHandle: false), FileAccess.Read, bufferSize: 0) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return null;
        }
    }

    /// <summary>Bytes of a slot; null when it was not handed over or is no partition.</summary>
    public static ulong? BytesOf(string slot)
    {
        try
        {
            return Descriptor(slot) is { } descriptor && File.ResolveLinkTarget($"/proc/self/fd/{descriptor}", returnFinalTarget: false) is { } device ? PartitionBytes(device.Name, "/sys/class/block") : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Bytes of a partition, which the kernel gives in sectors of 512. Throws <see cref="IOException"/>.</summary>
    internal static ulong? PartitionBytes(string name, string folder)
        => ulong.TryParse(File.ReadAllText(Path.Combine(folder, name, "size")).Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var sectors) ? sectors * 512 : null;

    private static int? Descriptor(string slot)
    {
        if (Environment.GetEnvironmentVariable("LISTEN_PID") != Environment.ProcessId.ToString(CultureInfo.InvariantCulture))
        {
            return null;
        }

        var index = Array.IndexOf((Environment.GetEnvironmentVariable("LISTEN_FDNAMES") ?? "").Split(':'), "slot-" + slot.ToLowerInvariant());
        return index < 0 ? null : FirstDescriptor + index;
    }
}
