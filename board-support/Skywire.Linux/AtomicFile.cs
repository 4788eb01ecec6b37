// State on disk survives a power cut at any moment: temporary file, fsync, rename, fsync of the folder.
using System.Security.Cryptography;

namespace Skywire.Linux;

/// <summary>Writes whole files so that a reader sees the old content or the new, never a part.</summary>
public static class AtomicFile
{
    /// <summary>Owner reads and writes; nobody else.</summary>
    public const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Owner reads and writes, group reads.</summary>
    public const UnixFileMode GroupReadable = Private | UnixFileMode.GroupRead;

    /// <summary>What is appended to a path to name its last good copy.</summary>
    public const string LastGoodSuffix = ".last-good";

    /// <summary>Replaces (or creates) <paramref name="path"/>. Throws <see cref="IOException"/> or <see cref="UnauthorizedAccessException"/>; the old content is then untouched.</summary>
    public static void Write(string path, ReadOnlySpan<byte> content, UnixFileMode mode) => Put(path, content, mode, overwrite: true);

    /// <summary>Creates <paramref name="path"/>; throws <see cref="IOException"/> when it exists already, whoever won the race.</summary>
    public static void Create(string path, ReadOnlySpan<byte> content, UnixFileMode mode) => Put(path, content, mode, overwrite: false);

    /// <summary>Keeps <paramref name="content"/>, which was just read from <paramref name="path"/> and found good, beside it. Does nothing when that copy is up to date.</summary>
    public static void KeepLastGood(string path, ReadOnlySpan<byte> content, UnixFileMode mode)
    {
        var copy = path + LastGoodSuffix;
        if (File.Exists(copy) && content.SequenceEqual(File.ReadAllBytes(copy)))
        {
            return;
        }

        Write(copy, content, mode);
    }

    private static void Put(string path, ReadOnlySpan<byte> content, UnixFileMode mode, bool overwrite)
    {
        var full = Path.GetFullPath(path);
        var folder = Path.GetDirectoryName(full) ?? "/";
        var temporary = Path.Combine(folder, $".{Path.GetFileName(full)}.{Environment.ProcessId}.{RandomNumberGenerator.GetHexString(16, lowercase: true)}.tmp");
        try
        {
            using (var stream = Open(temporary, mode))
            {
                stream.Write(content);
                stream.Flush(flushToDisk: true);
            }

            File.Move(temporary, full, overwrite);
        }
        catch
        {
            // Best effort: the temporary file is of no use to anybody, and the cause is thrown on.
            File.Delete(temporary);
            throw;
        }

        FolderSync.Sync(folder);
    }

    private static FileStream Open(string path, UnixFileMode mode) => new(path, new FileStreamOptions
    {
        Mode = FileMode.CreateNew,
        Access = FileAccess.Write,
        UnixCreateMode = mode,
        BufferSize = 0,
    });
}
