// The system's programs that this folder leaves work to.
namespace Skywire.Workbench.Flashing;

/// <summary>What to install for what.</summary>
internal static class FlashTools
{
    /// <summary>Unpacks .img.zst.</summary>
    public static Prerequisite Zstd { get; } = new("zstd", "unpacks .zst images", () => Shell.Has("zstd"));

    /// <summary>Unpacks .img.xz.</summary>
    public static Prerequisite Xz { get; } = new("xz-utils", "unpacks .xz images", () => Shell.Has("xz"));

    /// <summary>Puts files on the boot partition.</summary>
    public static Prerequisite Mtools { get; } = new("mtools", "puts the settings on the boot partition", () => Shell.Has("mcopy"));

    /// <summary>Both unpackers.</summary>
    public static IReadOnlyList<Prerequisite> Unpackers { get; } = [Zstd, Xz];

    /// <summary>What one order needs.</summary>
    public static IReadOnlyList<Prerequisite> For(ImagePacking packing, bool settings) =>
        [.. packing switch { ImagePacking.Zstd => [Zstd], ImagePacking.Xz => (Prerequisite[])[Xz], _ => [] }, .. settings ? (Prerequisite[])[Mtools] : []];
}
