// read(2) on descriptors that are no files: the base library's file reads insist on offsets, which event queues do not have.
using System.Runtime.InteropServices;

namespace Skywire.Linux;

internal static partial class Native
{
    /// <summary>Bytes read, 0 at the end, negative for an error (see the last P/Invoke error).</summary>
    public static int Read(SafeHandle handle, Span<byte> buffer) => (int)Read(handle, buffer, (nuint)buffer.Length);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    private static partial nint Read(SafeHandle handle, Span<byte> buffer, nuint length);
}
