// The kernel's host name.
using System.Runtime.InteropServices;

namespace Skywire.Linux;

/// <summary>Sets the name this machine gives itself.</summary>
public static partial class HostName
{
    /// <summary>Sets it until the next boot. Throws <see cref="IOException"/> when not allowed to.</summary>
    public static void Set(string name)
    {
        if (SetHostName(name, (nuint)name.Length) < 0)
        {
            throw new IOException($"the host name cannot be set: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}");
        }
    }

    [LibraryImport("libc", EntryPoint = "sethostname", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int SetHostName(string name, nuint length);
}
