// Which image and which boot loader: what tools/skyminer image made last, or the files that were named.
using System.Text.Json;

namespace Skywire.Workbench.Emulation;

/// <summary>Files to boot from. <paramref name="DeviceTrees"/> is the folder of the kernel's device trees, for machines that QEMU has none of its own for.</summary>
internal sealed record BoardImage(string Image, string Loader, string? DeviceTrees)
{
    private const string MakeOne = "make one: tools/skyminer image universal";

    /// <summary>Where tools/skyminer image puts images when not told otherwise.</summary>
    public static string UsualFolder => Checkout.At("images");

    /// <summary>
    /// Finds the files for a machine. Without <paramref name="image"/>, the universal image made last. Beside a named image its record of the build (.build.json) tells where the
    /// loader is; <paramref name="loader"/> and <paramref name="deviceTrees"/>, when given, win.
    /// </summary>
    public static BoardImage Find(string machine, string? image, string? loader, string? deviceTrees)
    {
        var record = image is null ? Path.Combine(UsualFolder, "latest-universal.json") : RecordOf(image);
        if (image is null && !File.Exists(record))
        {
            throw new WorkbenchException($"there is no image: {record} does not exist", MakeOne + ", or name one with --image FILE");
        }

        if (File.Exists(record))
        {
            using var made = JsonDocument.Parse(File.ReadAllBytes(record));
            var folder = Path.GetDirectoryName(Path.GetFullPath(record))!;
            string? Named(string name) => made.RootElement.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? Resolve(folder, value.GetString()!) : null;
            // A compressed image is the same one: it lies unpacked beside it.
            image = image is null || !image.EndsWith(Unpacked, StringComparison.Ordinal) ? Named("image") : image;
            loader ??= Named(machine == QemuMachine.Raspi3b ? "raspberry_pi_loader" : "virtual_loader");
            deviceTrees ??= Named("device_trees");
        }

        return new BoardImage(
            Require(image, "the image", "--image FILE"),
            Require(loader, $"the boot loader for {machine}", "--loader FILE"),
            machine == QemuMachine.Raspi3b ? Require(deviceTrees, "the folder of device trees", "--device-trees FOLDER") : deviceTrees);
    }

    // A folder of images that was copied as a whole: what the record names lies beside it.
    private static string Resolve(string folder, string path) => Path.Exists(path) ? path : Path.Combine(folder, Path.GetFileName(path.TrimEnd('/')));

    private const string Unpacked = ".img";

    private static string RecordOf(string image) => (image.LastIndexOf(Unpacked, StringComparison.Ordinal) is var at and > 0 ? image[..at] : image) + ".build.json";

    private static string Require(string? path, string what, string option) => path is not null && Path.Exists(path)
        ? Path.GetFullPath(path)
        : throw new WorkbenchException(path is null ? $"{what} is not known" : $"{what} is not there: {path}", $"{MakeOne}, or name it with {option}");
}
