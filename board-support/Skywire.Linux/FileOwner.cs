// Owners of files by number (statx(2), chown(2)): what a service as root writes for another user's program.
using System.Runtime.InteropServices;

namespace Skywire.Linux;

/// <summary>User and group of a file.</summary>
public readonly partial record struct FileOwner(uint User, uint Group)
{
    private const int CurrentFolder = -100;
    private const uint UserAndGroup = 0x08 | 0x10;

    // struct statx: 256 bytes; owner at 20, group at 24.
    private const int StatxSize = 256;
    private const int OwnerOffset = 20;

    /// <summary>Owner of a file or folder. Throws <see cref="IOException"/>.</summary>
    public static FileOwner Of(string path)
    {
        Span<byte> answer = stackalloc byte[StatxSize];
        return Statx(CurrentFolder, path, 0, UserAndGroup, answer) < 0
            ? throw new IOException($"the owner of {path} cannot be read: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}")
            : new FileOwner(MemoryMarshal.Read<uint>(answer[OwnerOffset..]), MemoryMarshal.Read<uint>(answer[(OwnerOffset + 4)..]));
    }

    /// <summary>Makes this the owner of <paramref name="path"/>; does nothing when it is already. Throws <see cref="IOException"/>.</summary>
    public void Take(string path)
    {
        if (Of(path) != this && ChangeOwner(path, User, Group) < 0)
        {
            throw new IOException($"{path} cannot be given to its user: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}");
        }
    }

    /// <summary>Number of a group by its name in a file like /etc/group; null when there is none.</summary>
    public static uint? FindGroup(string name, string file = "/etc/group")
    {
        if (!File.Exists(file))
        {
            return null;
        }

        foreach (var line in File.ReadLines(file))
        {
            // name:password:number:members
            var fields = line.Split(':');
            if (fields.Length >= 3 && fields[0] == name && uint.TryParse(fields[2], out var number))
            {
                return number;
            }
        }

        return null;
    }

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int Statx(int folder, string path, int flags, uint mask, Span<byte> answer);

    [LibraryImport("libc", EntryPoint = "chown", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int ChangeOwner(string path, uint user, uint group);
}
