// The system calls of stepping: ptrace (Linux, x86-64).
using System.Runtime.InteropServices;

namespace Skywire.Crypto.Steps;

internal static partial class Native
{
    internal const int Detach = 17;
    internal const int GetRegisters = 12;
    internal const int Interrupt = 0x4207;
    internal const int PokeData = 5;
    internal const int Seize = 0x4206;
    internal const int SingleStep = 9;

    /// <summary>Waits for threads of other processes too.</summary>
    internal const int WaitAll = 0x40000000;

    /// <summary>PR_SET_PTRACER with PR_SET_PTRACER_ANY: lets a process that is not our parent trace us.</summary>
    internal const int SetTracer = 0x59616d61;

    // x86-64 struct user_regs_struct: 27 words, the instruction pointer is the 17th.
    internal const int RegisterWords = 27;
    internal const int InstructionPointer = 16;

    [LibraryImport("libc", EntryPoint = "ptrace", SetLastError = true)]
    internal static partial nint Trace(nint request, nint thread, nint address, nint data);

    [LibraryImport("libc", EntryPoint = "waitpid", SetLastError = true)]
    internal static partial int Wait(int thread, out int status, int options);

    [LibraryImport("libc", EntryPoint = "prctl", SetLastError = true)]
    internal static partial int Control(int option, nint argument);

    [LibraryImport("libc", EntryPoint = "gettid")]
    internal static partial int ThreadId();

    /// <summary>Does nothing of note; its address marks the ends of a counted region.</summary>
    [LibraryImport("libc", EntryPoint = "getppid")]
    [SuppressGCTransition]
    internal static partial void Marker();

    [LibraryImport("libc", EntryPoint = "sched_yield")]
    internal static partial void Yield();
}
