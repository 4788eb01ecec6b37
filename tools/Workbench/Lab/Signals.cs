// kill(2), for the signals .NET does not send.
using System.Runtime.InteropServices;

namespace Skywire.Workbench.Lab;

/// <summary>Sends signals to processes by their ID.</summary>
internal static partial class Signals
{
    /// <summary>SIGTERM.</summary>
    public const int Terminate = 15;

    /// <summary>SIGKILL.</summary>
    public const int Kill = 9;

    /// <summary>True when the process exists and took the signal; signal 0 only asks.</summary>
    public static bool Send(int pid, int signal) => KillCore(pid, signal) == 0;

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int KillCore(int pid, int signal);
}
