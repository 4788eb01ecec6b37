// fsync(2) of a folder: what makes a rename in it survive a power cut. The base library syncs files only.
using System.Runtime.InteropServices;

namespace Skywire.Linux;

/// <summary>Flushes folders to the medium.</summary>
public static partial class FolderSync
{
    // O_RDONLY | O_CLOEXEC; the same on x64 and arm64 (O_DIRECTORY is not, and is not needed).
    private const int ReadOnlyCloseOnExec = 0x80000;

    /// <summary>Makes a rename in <paramref name="folder"/> survive a power cut. A file system that cannot sync folders (some network ones) is left as it is.</summary>
    public static void Sync(string folder)
    {
        var descriptor = Open(folder, ReadOnlyCloseOnExec);
        if (descriptor < 0)
        {
            return;
        }

        _ = FileSync(descriptor);
        _ = Close(descriptor);
    }

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int FileSync(int descriptor);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    private static partial int Close(int descriptor);
}
