// An image file as a stream of its plain bytes; zstd and xz do the unpacking in processes of their own.
using System.Diagnostics;

namespace Skywire.Workbench.Flashing;

/// <summary>How an image is packed.</summary>
internal enum ImagePacking
{
    /// <summary>Not at all.</summary>
    None,

    /// <summary>zstd.</summary>
    Zstd,

    /// <summary>xz.</summary>
    Xz,
}

/// <summary>An image file.</summary>
internal sealed class ImageSource
{
    private ImageSource(string path, ImagePacking packing, long fileSize)
    {
        Path = path;
        Packing = packing;
        FileSize = fileSize;
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>How it is packed, by its first bytes and not by its name.</summary>
    public ImagePacking Packing { get; }

    /// <summary>Bytes of the file as it lies.</summary>
    public long FileSize { get; }

    /// <summary>The program that unpacks it; null when it is not packed.</summary>
    public string? Unpacker => Packing switch { ImagePacking.Zstd => "zstd", ImagePacking.Xz => "xz", _ => null };

    /// <summary>Looks at the file.</summary>
    /// <exception cref="WorkbenchException">There is no such file, it is empty, or packed in a way that is not read.</exception>
    public static ImageSource Open(string path)
    {
        if (!File.Exists(path))
        {
            throw new WorkbenchException($"there is no image {path}", Directory.Exists(path) ? "name a file in that folder" : "tools/skyminer image builds one");
        }

        Span<byte> start = stackalloc byte[6];
        using var file = File.OpenRead(path);
        var length = file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
        start = start[..length];
        if (length == 0)
        {
            throw new WorkbenchException($"{path} is empty", "download or build it again");
        }

        ReadOnlySpan<byte> xz = [0xfd, (byte)'7', (byte)'z', (byte)'X', (byte)'Z', 0], zstd = [0x28, 0xb5, 0x2f, 0xfd], gzip = [0x1f, 0x8b], zip = [(byte)'P', (byte)'K', 3, 4];
        if (start.StartsWith(gzip) || start.StartsWith(zip))
        {
            throw new WorkbenchException($"{path} is packed with {(start.StartsWith(zip) ? "zip" : "gzip")}", $"unpack it first ({(start.StartsWith(zip) ? "unzip" : "gunzip")}); .img, .img.zst and .img.xz are read as they are");
        }

        return new ImageSource(path, start.StartsWith(zstd) ? ImagePacking.Zstd : start.StartsWith(xz) ? ImagePacking.Xz : ImagePacking.None, file.Length);
    }

    /// <summary>Starts reading from the beginning.</summary>
    public ImageReader Read() => new(this);
}

/// <summary>One pass over an image. Reads block; after the last byte <see cref="Finish"/> says whether the packing was whole.</summary>
internal sealed class ImageReader : IDisposable
{
    private readonly ImageSource _source;
    private readonly Process? _unpacker;
    private readonly Task<string> _words = Task.FromResult("");

    /// <summary>Starts.</summary>
    public ImageReader(ImageSource source)
    {
        _source = source;
        if (source.Unpacker is null)
        {
            Stream = new FileStream(source.Path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0, FileOptions.SequentialScan);
            return;
        }

        // Large windows are what our own builder may use; -T0 lets xz unpack blocks side by side.
        string[] arguments = source.Packing == ImagePacking.Zstd ? ["-d", "-c", "-q", "--long=31", "--", source.Path] : ["-d", "-c", "-q", "-T0", "--", source.Path];
        try
        {
            _unpacker = Process.Start(new ProcessStartInfo(source.Unpacker, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true })!;
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw new WorkbenchException($"{source.Unpacker} does not start: {e.Message}", $"apt-get install {(source.Packing == ImagePacking.Xz ? "xz-utils" : "zstd")}");
        }

        _unpacker.StandardInput.Close();
        _words = _unpacker.StandardError.ReadToEndAsync();
        Stream = _unpacker.StandardOutput.BaseStream;
    }

    /// <summary>The plain bytes.</summary>
    public Stream Stream { get; }

    /// <summary>To be called at the end of the stream.</summary>
    /// <exception cref="WorkbenchException">The unpacker found the file cut short or damaged.</exception>
    public void Finish()
    {
        if (_unpacker is null)
        {
            return;
        }

        _unpacker.WaitForExit();
        if (_unpacker.ExitCode != 0)
        {
            throw new WorkbenchException($"{_source.Path} is cut short or damaged: {_words.GetAwaiter().GetResult().Trim()}", "download or build it again");
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_unpacker is { HasExited: false })
        {
            _unpacker.Kill();
            _unpacker.WaitForExit();
        }

        Stream.Dispose();
        _unpacker?.Dispose();
    }
}
