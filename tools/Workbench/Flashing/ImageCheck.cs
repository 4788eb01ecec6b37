// Reads an image to its end before any card is touched: a download cut short, a wrong file or a card too small is found while the card is still whole.
using System.Numerics;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Skywire.Workbench.Flashing;

/// <summary>What is known of an image after one pass over it.</summary>
/// <param name="Size">Bytes, unpacked.</param>
/// <param name="Sha256">Of the unpacked bytes, lower-case hexadecimal.</param>
/// <param name="FileSha256">Of the file as it lies.</param>
/// <param name="BlockMarks">One mark per block of <see cref="AlignedBlock.Size"/>, to say where a card differs; whether it does, the SHA-256 decides.</param>
/// <param name="Partitions">The partition table.</param>
/// <param name="SumsFile">The file of sums it was compared with, null when there was none.</param>
internal sealed record ImageFacts(long Size, string Sha256, string FileSha256, IReadOnlyList<ulong> BlockMarks, PartitionTable Partitions, string? SumsFile);

/// <summary>Checks images.</summary>
internal static class ImageCheck
{
    private const int Sector = 512;

    /// <summary>Reads all of it.</summary>
    /// <param name="source">The image.</param>
    /// <param name="onProgress">Bytes done and, for packed images only roughly, all of them.</param>
    /// <param name="cancellationToken">Stops between blocks.</param>
    /// <exception cref="WorkbenchException">It is not a whole disk image; the text says how that was seen.</exception>
    public static ImageFacts Run(ImageSource source, Action<long, long> onProgress, CancellationToken cancellationToken)
    {
        var expected = ChecksumFile.Find(source.Path);

        // Two passes when packed: first the file as it lies, as nothing of a wrong download should reach the unpacker.
        var packed = source.Packing != ImagePacking.None;
        var fileSum = packed ? FileSum(source, onProgress, cancellationToken) : null;
        if (fileSum is not null)
        {
            Compare(source.Path, fileSum, expected?.File, expected);
        }

        using var whole = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using var block = new AlignedBlock();
        using var reader = source.Read();
        var marks = new List<ulong>();
        PartitionTable? table = null;
        long size = 0;
        while (block.FillFrom(reader.Stream) > 0)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (size == 0)
            {
                table = PartitionTable.Parse(block.Filled) ?? throw new WorkbenchException($"{source.Path} is not a disk image: it does not begin with a partition table", "give the .img file (or .img.zst, .img.xz); a slot (.squashfs) or an update bundle (.raucb) is not written to cards");
            }

            whole.AppendData(block.Filled);
            marks.Add(BlockMark(block.Filled));
            size += block.Length;
            onProgress(size, packed ? Math.Max(size, table!.End) : source.FileSize);
        }

        reader.Finish();
        if (table is null)
        {
            throw new WorkbenchException($"{source.Path} unpacks to nothing", "download or build it again");
        }

        if (table.End > size || size % Sector != 0)
        {
            throw new WorkbenchException($"{source.Path} is cut short: it has {size:N0} bytes, and its partitions end at {table.End:N0}", "download or build it again");
        }

        var sum = Convert.ToHexStringLower(whole.GetCurrentHash());
        Compare(source.Path, sum, packed ? expected?.Plain : expected?.File, expected);
        return new ImageFacts(size, sum, fileSum ?? sum, marks, table, expected?.Path);
    }

    /// <summary>A quick mark of a block; a second SHA-256 would cost as much as the first.</summary>
    public static ulong BlockMark(ReadOnlySpan<byte> block)
    {
        const ulong Odd = 0x9e3779b97f4a7c15;
        var mark = (ulong)block.Length;
        foreach (var word in MemoryMarshal.Cast<byte, ulong>(block))
        {
            mark = BitOperations.RotateLeft((mark ^ word) * Odd, 29);
        }

        foreach (var rest in block[(block.Length & ~7)..])
        {
            mark = BitOperations.RotateLeft((mark ^ rest) * Odd, 29);
        }

        return mark;
    }

    private static void Compare(string image, string sum, string? expected, ExpectedSums? sums)
    {
        if (expected is not null && sum != expected)
        {
            throw new WorkbenchException($"{image} does not match {Path.GetFileName(sums!.Path)}: SHA-256 is {sum[..16]}…, should be {expected[..16]}…", "download it again; or the sums belong to another version");
        }
    }

    private static string FileSum(ImageSource source, Action<long, long> onProgress, CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using var block = new AlignedBlock();
        using var file = new FileStream(source.Path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0, FileOptions.SequentialScan);
        long done = 0;
        while (block.FillFrom(file) > 0)
        {
            cancellationToken.ThrowIfCancellationRequested();
            hash.AppendData(block.Filled);
            done += block.Length;
            onProgress(done, source.FileSize);
        }

        return Convert.ToHexStringLower(hash.GetCurrentHash());
    }
}
