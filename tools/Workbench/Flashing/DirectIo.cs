// The few calls of the kernel that .NET does not make: O_DIRECT with O_EXCL, and what block devices answer to ioctl.
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Skywire.Workbench.Flashing;

/// <summary>open(2), ioctl(2), fallocate(2), posix_fadvise(2). Numbers are those of linux/fs.h, the same on x64 and arm64 but for O_DIRECT.</summary>
internal static partial class DirectIo
{
    /// <summary>EACCES.</summary>
    public const int AccessDenied = 13;

    /// <summary>EBUSY: somebody else holds the disk.</summary>
    public const int Busy = 16;

    /// <summary>EINVAL: for O_DIRECT, the filesystem has none.</summary>
    public const int Invalid = 22;

    private const int ReadWrite = 2, Exclusive = 0x80, CloseOnExec = 0x80000;
    private const nuint GetSize64 = 0x80081272, GetSectorSize = 0x1268, ZeroOut = 0x127f, RereadPartitions = 0x125f, FlushBuffers = 0x1261;
    private const int KeepSize = 1, PunchHole = 2, DontNeed = 4;

    private static int Direct => RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 0x10000 : 0x4000;

    /// <summary>Opens for reading and writing. On a block device O_EXCL is the kernel's own claim: it fails while anything is mounted from the disk, in any
    /// namespace, and keeps others from mounting it meanwhile; files ignore it. Returns null and the error number when it does not open.</summary>
    public static SafeFileHandle? Open(string path, bool direct, out int error)
    {
        var handle = OpenCore(path, ReadWrite | CloseOnExec | Exclusive | (direct ? Direct : 0));
        error = handle < 0 ? Marshal.GetLastPInvokeError() : 0;
        return handle < 0 ? null : new SafeFileHandle(handle, ownsHandle: true);
    }

    /// <summary>Size of a block device in bytes; null for anything else.</summary>
    public static long? DeviceSize(SafeFileHandle handle)
    {
        ulong size = 0;
        return Control(handle, GetSize64, ref size) == 0 ? (long)size : null;
    }

    /// <summary>Logical sector of a block device: what O_DIRECT aligns to.</summary>
    public static int SectorSize(SafeFileHandle handle)
    {
        ulong size = 0;
        return Control(handle, GetSectorSize, ref size) == 0 ? (int)(uint)size : 512;
    }

    /// <summary>Lets the kernel write zeros, which disks that can do so themselves do at once. It reads back as zeros by contract, unlike discard.</summary>
    public static bool TryZeroDevice(SafeFileHandle handle, long offset, long length)
    {
        Span<ulong> range = [(ulong)offset, (ulong)length];
        return Control(handle, ZeroOut, ref range[0]) == 0;
    }

    /// <summary>Makes a hole in a file, which reads as zeros.</summary>
    public static bool TryZeroFile(SafeFileHandle handle, long offset, long length) => Allocate(handle, KeepSize | PunchHole, offset, length) == 0;

    /// <summary>Makes the kernel forget what it has cached of this device or file, as far as it can.</summary>
    public static void DropCache(SafeFileHandle handle)
    {
        ulong none = 0;
        _ = Control(handle, FlushBuffers, ref none);
        _ = Advise(handle, 0, 0, DontNeed);
    }

    /// <summary>Makes the kernel see the new partitions. Fails, harmlessly, for files and when it has looked by itself.</summary>
    public static void Reread(SafeFileHandle handle)
    {
        ulong none = 0;
        _ = Control(handle, RereadPartitions, ref none);
    }

    /// <summary>The system's words for an error number.</summary>
    public static string Describe(int error) => Marshal.GetPInvokeErrorMessage(error);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int OpenCore(string path, int flags);

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    private static partial int Control(SafeFileHandle handle, nuint request, ref ulong argument);

    [LibraryImport("libc", EntryPoint = "fallocate", SetLastError = true)]
    private static partial int Allocate(SafeFileHandle handle, int mode, long offset, long length);

    [LibraryImport("libc", EntryPoint = "posix_fadvise")]
    private static partial int Advise(SafeFileHandle handle, long offset, long length, int advice);
}
