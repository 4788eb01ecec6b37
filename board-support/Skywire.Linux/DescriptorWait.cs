// poll(2): waits for input on one file descriptor, so that a thread that reads a device can also be told to stop.
using System.Runtime.InteropServices;

namespace Skywire.Linux;

internal static partial class DescriptorWait
{
    private const short Readable = 1;
    private const int Interrupted = 4;

    /// <summary>True when there is something to read (or the device is gone, which the read then says) within <paramref name="milliseconds"/>.</summary>
    public static bool ForInput(SafeHandle handle, int milliseconds)
    {
        var entry = new Entry { Descriptor = (int)handle.DangerousGetHandle(), Events = Readable };
        var count = Poll(ref entry, 1, milliseconds);
        if (count < 0 && Marshal.GetLastPInvokeError() is not Interrupted and var error)
        {
            throw new IOException($"poll failed: {Marshal.GetPInvokeErrorMessage(error)}");
        }

        return count > 0;
    }

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    private static partial int Poll(ref Entry entries, nuint count, int timeout);

    // struct pollfd
    [StructLayout(LayoutKind.Sequential)]
    private struct Entry
    {
        public int Descriptor;
        public short Events;
        public short Returned;
    }
}
