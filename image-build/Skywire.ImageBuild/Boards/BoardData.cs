// The part of a board's data that the image needs: its name, its device tree, how it starts. The rest of board.json is read on the board.
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Skywire.ImageBuild.Boards;

/// <summary>Who starts U-Boot on a board.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<BoardFirmware>))]
internal enum BoardFirmware
{
    /// <summary>Allwinner's boot ROM loads it from 8 KiB on the card.</summary>
    Sunxi,

    /// <summary>The Raspberry Pi's own firmware loads it from the FAT partition.</summary>
    RaspberryPi,

    /// <summary>QEMU loads it from a file beside the image.</summary>
    Qemu,
}

/// <summary>How U-Boot is built. <paramref name="TrustedFirmware"/> is the platform folder of Debian's arm-trusted-firmware; null where there is none.</summary>
internal sealed record BoardUBoot(string Defconfig, string? TrustedFirmware);

/// <summary>Start of a board. <paramref name="DeviceTrees"/> are names below the kernel's dtb folder; <paramref name="Universal"/>: part of the one image for all.</summary>
internal sealed record BoardBoot(BoardFirmware Firmware, IReadOnlyList<string>? DeviceTrees, BoardUBoot? UBoot, bool Universal);

/// <summary>One board.</summary>
internal sealed record BoardData(int SchemaVersion, string Name, string Title, IReadOnlyList<string> Compatible, BoardBoot Boot)
{
    /// <summary>Reads all boards of the tree, by name.</summary>
    public static IReadOnlyList<BoardData> ReadAll(SourceTree tree) =>
        [.. Directory.GetDirectories(tree.Boards).Select(folder => Path.Combine(folder, "board.json")).Where(File.Exists).Order(StringComparer.Ordinal).Select(Read)];

    /// <summary>Reads one <c>board.json</c>; what cannot be is an error that names the file.</summary>
    public static BoardData Read(string file)
    {
        try
        {
            var board = JsonSerializer.Deserialize(File.ReadAllText(file), BoardJson.Default.BoardData) ?? throw new JsonException("the file is empty");
            var folder = Path.GetFileName(Path.GetDirectoryName(file));
            return board.SchemaVersion != 1 ? throw new JsonException($"schema_version {board.SchemaVersion} is not known here")
                : board.Name != folder ? throw new JsonException($"name is '{board.Name}' but the folder is '{folder}'")
                : board.Boot.Firmware != BoardFirmware.Qemu && board.Boot.UBoot is null ? throw new JsonException("boot.u_boot is missing")
                : board;
        }
        catch (JsonException e)
        {
            throw new ImageException($"{file}: {e.Message}", "docs/boards.md describes the fields");
        }
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, RespectRequiredConstructorParameters = false, RespectNullableAnnotations = true)]
[JsonSerializable(typeof(BoardData))]
internal sealed partial class BoardJson : JsonSerializerContext;
