// Makes the device tree a board is started with: the emulator's own or the kernel's, with what the board's folder adds.
using System.Text.Json;

namespace Skywire.Workbench.Emulation;

/// <summary>Makes device trees with the device tree compiler.</summary>
internal static class BoardTree
{
    // The Raspberry Pi's own tree is the kernel's; its firmware, which hands it over on a real board, is not emulated.
    private const string Raspi3bTree = "bcm2837-rpi-3-b.dtb";

    /// <summary>Writes the board's device tree. The emulator's own is dumped anew each time: it holds the random seed of this start.</summary>
    public static async Task MakeAsync(EmulatedBoard board, string? deviceTrees, CancellationToken cancellationToken)
    {
        var data = Checkout.At("board-support", "boards", board.Machine);
        var extra = Path.Combine(data, "board.dtsi");
        var fragment = File.Exists(extra) ? await File.ReadAllTextAsync(extra, cancellationToken) : null;
        string blob;
        IReadOnlyList<string> compatible = [];
        if (board.Machine == QemuMachine.Virt)
        {
            blob = Path.Combine(board.Folder, "emulator.dtb");
            await Shell.RequireAsync(QemuMachine.Program, QemuArguments.DumpDeviceTree(board, blob), cancellationToken);
        }
        else
        {
            blob = Find(deviceTrees!, Raspi3bTree);
            compatible = await OwnCompatibleAsync(data, cancellationToken);
        }

        var source = await SourceOfAsync(blob, cancellationToken);
        var text = DeviceTreeText.Compose(source, fragment, board.Serial, compatible.Count == 0 ? [] : [.. compatible, .. DeviceTreeText.Compatible(source)]);
        var file = Path.ChangeExtension(board.DeviceTree, ".dts");
        await File.WriteAllTextAsync(file, text, cancellationToken);
        await Shell.RequireAsync("dtc", ["-q", "-I", "dts", "-O", "dtb", "-o", board.DeviceTree, file], cancellationToken, $"see {extra}");
    }

    private static async Task<string> SourceOfAsync(string blob, CancellationToken cancellationToken)
    {
        var file = Path.GetTempFileName();
        try
        {
            await Shell.RequireAsync("dtc", ["-q", "-I", "dtb", "-O", "dts", "-o", file, blob], cancellationToken);
            return await File.ReadAllTextAsync(file, cancellationToken);
        }
        finally
        {
            File.Delete(file);
        }
    }

    // The emulated Pi is told from a real one, whose LEDs it has not, by a name of its own in front.
    private static async Task<IReadOnlyList<string>> OwnCompatibleAsync(string data, CancellationToken cancellationToken)
    {
        await using var file = File.OpenRead(Path.Combine(data, "board.json"));
        using var board = await JsonDocument.ParseAsync(file, cancellationToken: cancellationToken);
        return [.. board.RootElement.GetProperty("compatible").EnumerateArray().Select(c => c.GetString()!)];
    }

    private static string Find(string folder, string name) => Directory.EnumerateFiles(folder, name, SearchOption.AllDirectories).FirstOrDefault()
        ?? throw new WorkbenchException($"no {name} below {folder}", "make the image anew: tools/skyminer image universal");
}
