// A bundle that root copies for the visor becomes the visor's: who uses it removes it.
using System.Runtime.InteropServices;

namespace Skywire.Visor.Updates;

internal static partial class ImportOwner
{
    private const uint Same = uint.MaxValue;

    /// <summary>Gives a file to whom the folder belongs. Failure is no harm: the copy is then only not removed.</summary>
    public static void Give(string file, string folder)
    {
        var owner = OwnerOf(folder);
        if (owner != Same)
        {
            _ = ChangeOwner(file, owner, Same);
        }
    }

    // The base library does not tell owners; the name of the visor's user is not known to every system it runs on.
    private static uint OwnerOf(string folder)
    {
        Span<byte> facts = stackalloc byte[256];
        const int currentFolder = -100;
        const uint ownerOnly = 0x8;

        // statx(2): stx_uid is at byte 20, behind mask, blksize, attributes and nlink, the same on all architectures.
        return FileFacts(currentFolder, folder, 0, ownerOnly, ref MemoryMarshal.GetReference(facts)) == 0 ? BitConverter.ToUInt32(facts[20..]) : Same;
    }

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int FileFacts(int folder, string path, int flags, uint mask, ref byte facts);

    [LibraryImport("libc", EntryPoint = "chown", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int ChangeOwner(string path, uint owner, uint group);
}
