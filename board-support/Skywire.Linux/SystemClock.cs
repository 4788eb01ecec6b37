// The system's wall clock: set it, and ask the kernel whether somebody disciplines it (clock_settime(2), adjtimex(2)).
using System.Runtime.InteropServices;

namespace Skywire.Linux;

/// <summary>The wall clock of this machine.</summary>
public static partial class SystemClock
{
    private const int Realtime = 0;
    private const int Unsynchronized = 0x40;

    // struct timex is 208 bytes on 64-bit machines, its status at 40.
    private const int TimexSize = 208;
    private const int StatusOffset = 40;

    /// <summary>True when a time service keeps the clock right, by the kernel's own account. False when the kernel does not say.</summary>
    public static bool IsSynchronized
    {
        get
        {
            Span<byte> timex = stackalloc byte[TimexSize];
            timex.Clear();
            return Adjust(timex) >= 0 && (MemoryMarshal.Read<int>(timex[StatusOffset..]) & Unsynchronized) == 0;
        }
    }

    /// <summary>Sets the clock. Throws <see cref="IOException"/> when not allowed to.</summary>
    public static void Set(DateTimeOffset now)
    {
        var ticks = now.UtcTicks - DateTimeOffset.UnixEpoch.UtcTicks;
        var time = new TimeSpec { Seconds = ticks / TimeSpan.TicksPerSecond, Nanoseconds = ticks % TimeSpan.TicksPerSecond * 100 };
        if (SetTime(Realtime, ref time) < 0)
        {
            throw new IOException($"the clock cannot be set: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}");
        }
    }

    [LibraryImport("libc", EntryPoint = "clock_settime", SetLastError = true)]
    private static partial int SetTime(int clock, ref TimeSpec time);

    [LibraryImport("libc", EntryPoint = "adjtimex", SetLastError = true)]
    private static partial int Adjust(Span<byte> timex);

    [StructLayout(LayoutKind.Sequential)]
    private struct TimeSpec
    {
        public long Seconds;
        public long Nanoseconds;
    }
}
