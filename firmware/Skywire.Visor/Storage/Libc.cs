// The few kernel calls that the base library does not offer.
using System.Runtime.InteropServices;

namespace Skywire.Visor.Storage;

internal static partial class Libc
{
    /// <summary>Effective user of this process.</summary>
    [LibraryImport("libc", EntryPoint = "geteuid")]
    internal static partial uint EffectiveUser();

    /// <summary>Sets which permission bits new files do not get; returns the mask before.</summary>
    [LibraryImport("libc", EntryPoint = "umask")]
    internal static partial int SetCreationMask(int mask);
}
