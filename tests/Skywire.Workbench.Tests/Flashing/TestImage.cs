// A small disk image: partition table, a FAT partition, data, zeros, and an end that is no whole block.
using System.Buffers.Binary;
using System.Diagnostics;

namespace Skywire.Workbench.Tests.Flashing;

internal static class TestImage
{
    public const int Size = (3 * AlignedBlock.Size) + 5120;
    private const int FatOffset = 1 << 20, FatSize = 4 << 20;

    public static byte[] Create(int seed = 1)
    {
        var image = new byte[Size];
        Fill(image.AsSpan(0, AlignedBlock.Size), seed);
        Fill(image.AsSpan(2 * AlignedBlock.Size), seed + 1);
        image.AsSpan(0, 512).Clear();
        image.AsSpan(FatOffset, FatSize).Clear();
        Entry(image, 1, 0x0c, FatOffset, FatSize);
        Entry(image, 2, 0x83, FatOffset + FatSize, Size - FatOffset - FatSize);
        BinaryPrimitives.WriteUInt16LittleEndian(image.AsSpan(510), 0xaa55);
        return image;
    }

    /// <summary>The same with a real filesystem on the first partition.</summary>
    public static string WriteWithFat(TempFolder folder, string name = "card.img")
    {
        var path = folder.Write(name, Create());
        Run("mformat", "-i", $"{path}@@{FatOffset}", "-T", $"{FatSize / 512}", "-h", "16", "-s", "32", "::");
        return path;
    }

    public static string Read(string path, string name) => Run("mtype", "-i", $"{path}@@{FatOffset}", "::" + name);

    public static string Pack(string image, string program)
    {
        Run(program, program == "xz" ? "-0" : "-1", "-q", "-k", "-f", image);
        return image + (program == "xz" ? ".xz" : ".zst");
    }

    public static string Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? output : throw new InvalidOperationException($"{program}: {errors.Result}{output}");
    }

    public static void RequirePrograms(params string[] programs)
    {
        if (programs.FirstOrDefault(p => !Shell.Has(p)) is { } missing)
        {
            Assert.Skip($"{missing} is not installed");
        }
    }

    // Repeats every 64 KiB, so that packing it takes no time.
    private static void Fill(Span<byte> data, int seed)
    {
        var pattern = new byte[64 << 10];
        new Random(seed).NextBytes(pattern);
        for (; data.Length > 0; data = data[Math.Min(pattern.Length, data.Length)..])
        {
            pattern.AsSpan(0, Math.Min(pattern.Length, data.Length)).CopyTo(data);
        }
    }

    private static void Entry(byte[] image, int number, byte type, int offset, int size)
    {
        var entry = image.AsSpan(446 + ((number - 1) * 16), 16);
        entry[4] = type;
        BinaryPrimitives.WriteInt32LittleEndian(entry[8..], offset / 512);
        BinaryPrimitives.WriteInt32LittleEndian(entry[12..], size / 512);
    }
}
