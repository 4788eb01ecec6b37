// Where the update client keeps its files. An interface, so that tests can end the process at any write and fill the disk at any byte.
namespace Skywire.Update.Storage;

/// <summary>A folder of files, named by relative paths. Methods throw <see cref="IOException"/>; see <see cref="UpdateFolder.IsFull"/>.</summary>
public interface IUpdateStorage
{
    /// <summary>Bytes that can still be written.</summary>
    long FreeBytes { get; }

    /// <summary>Where a file lies, for RAUC.</summary>
    string PathOf(string name);

    /// <summary>A file's bytes; null when it is not there or longer than <paramref name="limit"/>.</summary>
    byte[]? Read(string name, int limit);

    /// <summary>Replaces a file: after a power cut it has the old content or the new.</summary>
    void Write(string name, ReadOnlySpan<byte> content);

    /// <summary>Adds to the end of a file; a power cut may leave a part of it.</summary>
    void Append(string name, ReadOnlySpan<byte> content);

    /// <summary>Removes a file; one that is not there is fine.</summary>
    void Delete(string name);

    /// <summary>Opens a file of this size for reading and writing anywhere, and makes it when it is not there. What was never written reads as zeros.</summary>
    Stream Open(string name, long size);

    /// <summary>Removes all files of a folder but these.</summary>
    void Keep(string folder, IReadOnlyCollection<string> names);
}
