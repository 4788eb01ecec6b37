// What is written: a card, or an ordinary file in its place (for an emulator, and for tests). Past the page cache wherever the kernel allows it.
using Microsoft.Win32.SafeHandles;

namespace Skywire.Workbench.Flashing;

/// <summary>A place for an image.</summary>
internal interface IMedium : IDisposable
{
    /// <summary>The device file, or the file.</summary>
    string Path { get; }

    /// <summary>Bytes it holds.</summary>
    long Size { get; }

    /// <summary>True when reading comes from the medium and not from memory.</summary>
    bool IsPastCache { get; }

    /// <summary>Writes. Offset and length are multiples of the sector, but for the end of a file.</summary>
    void Write(long offset, ReadOnlySpan<byte> data);

    /// <summary>Makes a range read as zeros. False when the medium cannot do that faster than being written.</summary>
    bool TryZero(long offset, long length);

    /// <summary>Reads exactly the given number of bytes.</summary>
    void Read(long offset, Span<byte> data);

    /// <summary>Returns when everything written has reached the medium.</summary>
    void Flush();

    /// <summary>Makes sure that the next reads do not come from memory.</summary>
    void DropCache();

    /// <summary>Makes the kernel look at the new partition table.</summary>
    void Reread();
}

/// <summary>A block device or a file.</summary>
internal sealed class Medium : IMedium
{
    private readonly SafeFileHandle _handle;

    private Medium(string path, SafeFileHandle handle, bool pastCache)
    {
        Path = path;
        _handle = handle;
        IsPastCache = pastCache;
        var size = DirectIo.DeviceSize(handle);
        IsDevice = size is not null;
        Size = size ?? RandomAccess.GetLength(handle);
        Sector = IsDevice ? DirectIo.SectorSize(handle) : 512;
    }

    /// <inheritdoc/>
    public string Path { get; }

    /// <summary>True for a block device, wherever its device file lies.</summary>
    public bool IsDevice { get; }

    /// <inheritdoc/>
    public long Size { get; }

    /// <inheritdoc/>
    public bool IsPastCache { get; }

    /// <summary>Bytes of a sector.</summary>
    public int Sector { get; }

    /// <summary>Opens the device or file and, for a device, claims it for this process alone until disposed.</summary>
    /// <exception cref="WorkbenchException">It does not exist, belongs to somebody else, or needs root.</exception>
    public static Medium Open(string path)
    {
        var handle = DirectIo.Open(path, direct: true, out var error);
        var direct = handle is not null;
        if (handle is null && error == DirectIo.Invalid)
        {
            // Some filesystems in memory have no O_DIRECT.
            handle = DirectIo.Open(path, direct: false, out error);
        }

        return handle is not null
            ? new Medium(path, handle, direct)
            : throw error switch
            {
                DirectIo.Busy => new WorkbenchException($"{path} is in use by another program or mounted in another namespace", "unmount it (lsblk, umount) and close what has it open: a partition tool, a file manager, an emulator"),
                DirectIo.AccessDenied => new WorkbenchException($"no permission to write {path}", RootRemedy()),
                _ => new WorkbenchException($"{path} cannot be opened for writing: {DirectIo.Describe(error)}", "lsblk shows the disks; a card with its lock slider on cannot be written"),
            };
    }

    /// <inheritdoc/>
    public void Write(long offset, ReadOnlySpan<byte> data)
    {
        try
        {
            RandomAccess.Write(_handle, data, offset);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Failed("writing", offset, e);
        }
    }

    /// <inheritdoc/>
    public bool TryZero(long offset, long length) => IsDevice ? DirectIo.TryZeroDevice(_handle, offset, length) : DirectIo.TryZeroFile(_handle, offset, length);

    /// <inheritdoc/>
    public void Read(long offset, Span<byte> data)
    {
        try
        {
            for (var done = 0; done < data.Length;)
            {
                var read = RandomAccess.Read(_handle, data[done..], offset + done);
                done += read > 0 ? read : throw new IOException("the medium ends early");
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Failed("reading", offset, e);
        }
    }

    /// <inheritdoc/>
    public void Flush()
    {
        try
        {
            RandomAccess.FlushToDisk(_handle);
        }
        catch (IOException e)
        {
            throw Failed("finishing", Size, e);
        }
    }

    /// <inheritdoc/>
    public void DropCache() => DirectIo.DropCache(_handle);

    /// <inheritdoc/>
    public void Reread()
    {
        if (IsDevice)
        {
            DirectIo.Reread(_handle);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _handle.Dispose();

    private WorkbenchException Failed(string what, long offset, Exception cause) => new(
        $"{what} {Path} failed at {BlockDevice.FormatSize(offset)}: {cause.Message}",
        "the card was pulled out, or it or its reader is worn: try again, then with another reader, then with another card");

    // sudo with the entry script would leave files of root in the checkout, so the built program is named.
    private static string RootRemedy() => $"writing a disk needs root: sudo {Checkout.Dotnet} {System.IO.Path.Combine(AppContext.BaseDirectory, "skyminer.dll")} flash ... (the rest as before)";
}
