// The update client's files on a board: /data/update.
using Skywire.Linux;

namespace Skywire.Update.Storage;

/// <summary>Files below a folder; folders are made as they are needed.</summary>
public sealed class UpdateFolder(string root) : IUpdateStorage
{
    /// <summary>Where it is on a board.</summary>
    public const string SystemFolder = "/data/update";

    // ENOSPC, EDQUOT and EFBIG: what the base library hands through as the number of an IOException.
    private const int NoSpace = 28;
    private const int OverQuota = 122;
    private const int FileTooLarge = 27;

    /// <inheritdoc/>
    public long FreeBytes
    {
        get
        {
            Directory.CreateDirectory(root);
            return new DriveInfo(root).AvailableFreeSpace;
        }
    }

    /// <summary>True when there was no room.</summary>
    public static bool IsFull(IOException e) => e.HResult is NoSpace or OverQuota or FileTooLarge;

    /// <inheritdoc/>
    public string PathOf(string name) => Path.Combine(root, name);

    /// <inheritdoc/>
    public byte[]? Read(string name, int limit)
    {
        try
        {
            using var stream = File.OpenRead(PathOf(name));
            if (stream.Length > limit)
            {
                return null;
            }

            var bytes = new byte[stream.Length];
            stream.ReadExactly(bytes);
            return bytes;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public void Write(string name, ReadOnlySpan<byte> content) => AtomicFile.Write(Made(name), content, AtomicFile.GroupReadable);

    /// <inheritdoc/>
    public void Append(string name, ReadOnlySpan<byte> content)
    {
        using var stream = new FileStream(Made(name), new FileStreamOptions { Mode = FileMode.Append, Access = FileAccess.Write, UnixCreateMode = AtomicFile.GroupReadable, BufferSize = 0 });
        stream.Write(content);
        stream.Flush(flushToDisk: true);
    }

    /// <inheritdoc/>
    public void Delete(string name)
    {
        var path = PathOf(name);
        if (File.Exists(path))
        {
            File.Delete(path);
            FolderSync.Sync(Path.GetDirectoryName(path)!);
        }
    }

    /// <inheritdoc/>
    public Stream Open(string name, long size)
    {
        var stream = new FileStream(Made(name), new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, UnixCreateMode = AtomicFile.GroupReadable, BufferSize = 0 });
        if (stream.Length != size)
        {
            stream.SetLength(size);
        }

        return stream;
    }

    /// <inheritdoc/>
    public void Keep(string folder, IReadOnlyCollection<string> names)
    {
        var path = PathOf(folder);
        if (!Directory.Exists(path))
        {
            return;
        }

        foreach (var file in Directory.GetFiles(path).Where(f => !names.Contains(Path.GetFileName(f))))
        {
            File.Delete(file);
        }
    }

    private string Made(string name)
    {
        var path = PathOf(name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        return path;
    }
}
