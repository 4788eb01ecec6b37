// A board's SD card: a sparse copy of the image, made larger, and the files on its FAT partition.
using System.Globalization;

namespace Skywire.Workbench.Emulation;

/// <summary>Makes and reads cards. The FAT partition is changed only while the board is off; reading it shows what the board has written through.</summary>
internal sealed class Card(string file)
{
    /// <summary>Size of a card. A power of two, as QEMU's SD controller asks for; larger than any image, so that the data partition has to grow.</summary>
    public const long Size = 4L << 30;

    // Offset of the first partition in the image's fixed layout.
    private const int BootOffset = 4 << 20;

    private string Fat => string.Create(CultureInfo.InvariantCulture, $"{file}@@{BootOffset}");

    /// <summary>Copies an image, holes staying holes, and makes it as large as a card.</summary>
    public async Task MakeAsync(string image, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.Delete(file);
        if (image.EndsWith(".zst", StringComparison.Ordinal) || image.EndsWith(".xz", StringComparison.Ordinal))
        {
            var tool = image.EndsWith(".zst", StringComparison.Ordinal) ? "zstd" : "xz";
            throw new WorkbenchException($"{image} is compressed", $"unpack it first: {tool} -dk {image}");
        }

        await Shell.RequireAsync("cp", ["--sparse=always", "--reflink=auto", image, file], cancellationToken, "is the disk full?");
        using var card = new FileStream(file, FileMode.Open, FileAccess.Write);
        if (card.Length > Size)
        {
            throw new WorkbenchException($"{image} is larger than a card of {Size >> 30} GiB", "boot an image of tools/skyminer image");
        }

        card.SetLength(Size);
    }

    /// <summary>Writes a file on the FAT partition, replacing one of that name.</summary>
    public async Task WriteAsync(string name, string text, CancellationToken cancellationToken)
    {
        var from = file + ".put";
        await File.WriteAllTextAsync(from, text, cancellationToken);
        try
        {
            await Shell.RequireAsync("mcopy", ["-o", "-i", Fat, from, "::" + name], cancellationToken, "is this an image of tools/skyminer image?");
        }
        finally
        {
            File.Delete(from);
        }
    }

    /// <summary>The text of a file on the FAT partition; null when there is none of that name.</summary>
    public async Task<string?> ReadAsync(string name, CancellationToken cancellationToken)
    {
        var to = file + ".get";
        File.Delete(to);
        try
        {
            var result = await Shell.RunAsync("mcopy", ["-n", "-i", Fat, "::" + name, to], cancellationToken);
            return result.Ok ? await File.ReadAllTextAsync(to, cancellationToken) : null;
        }
        finally
        {
            File.Delete(to);
        }
    }
}
