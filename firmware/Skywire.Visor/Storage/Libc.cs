// The few kernel calls that the base library does not offer.
using System.Runtime.InteropServices;

namespace Skywire.Visor.Storage;

internal static partial class Libc
{
    // O_RDONLY | O_CLOEXEC; the same on x64 and arm64 (O_DIRECTORY is not, and is not needed).
    private const int ReadOnlyCloseOnExec = 0x80000;

    /// <summary>Effective user of this process.</summary>
    [LibraryImport("libc", EntryPoint = "geteuid")]
    internal static partial uint EffectiveUser();

    /// <summary>Sets which permission bits new files do not get; returns the mask before.</summary>
    [LibraryImport("libc", EntryPoint = "umask")]
    internal static partial int SetCreationMask(int mask);

    /// <summary>Makes a rename in <paramref name="folder"/> survive a power cut. A file system that cannot sync folders (some network ones) is left as it is.</summary>
    internal static void SyncFolder(string folder)
    {
        var descriptor = Open(folder, ReadOnlyCloseOnExec);
        if (descriptor < 0)
        {
            return;
        }

        _ = Sync(descriptor);
        _ = Close(descriptor);
    }

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Sync(int descriptor);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    private static partial int Close(int descriptor);
}
