// manifest.raucm: what RAUC reads of a bundle before it writes anything, and our own facts beside it ([meta.skyminer]).
using System.Globalization;
using System.Text;

namespace Skywire.ImageBuild.Bundles;

/// <summary>Facts of a bundle. <paramref name="MinVersion"/>: the oldest running version that may install it; null: any.</summary>
internal sealed record BundleManifest(string Compatible, string Version, string? MinVersion, string Changelog, string Commit, int DataSchema)
{
    /// <summary>RAUC takes manifests of at most 64 KiB; the rest of it is a few hundred bytes.</summary>
    public const int LongestChangelog = 16 << 10;

    /// <summary>Name of the slot image in the bundle.</summary>
    public const string SlotFile = "rootfs.img";

    /// <summary>What boards of an image's plan call themselves; /etc/rauc/system.conf says the same.</summary>
    public static string CompatibleOf(string plan) => "skyminer-" + plan;

    /// <summary>The file. Values are key-file strings: line ends and backslashes are escaped.</summary>
    public string Format()
    {
        if (Encoding.UTF8.GetByteCount(Changelog) > LongestChangelog)
        {
            throw new ImageException($"the changelog is longer than {LongestChangelog} bytes", "boards show it whole; put the rest behind an address");
        }

        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"[update]\ncompatible={Escape(Compatible)}\nversion={Escape(Version)}\n\n");
        text.Append("[bundle]\nformat=verity\n\n[meta.skyminer]\n");
        if (MinVersion is not null)
        {
            text.Append(CultureInfo.InvariantCulture, $"min-version={Escape(MinVersion)}\n");
        }

        if (Changelog.Length > 0)
        {
            text.Append(CultureInfo.InvariantCulture, $"changelog={Escape(Changelog)}\n");
        }

        text.Append(CultureInfo.InvariantCulture, $"commit={Escape(Commit)}\ndata-schema={DataSchema}\n\n");
        // The adaptive index lets RAUC take blocks from the running slot and leave alone what is on the card already.
        return text.Append(CultureInfo.InvariantCulture, $"[image.rootfs]\nfilename={SlotFile}\nadaptive=block-hash-index\n").ToString();
    }

    private static string Escape(string value)
    {
        var escaped = value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\r", "", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal).Replace("\t", "\\t", StringComparison.Ordinal);
        return escaped.StartsWith(' ') ? "\\s" + escaped[1..] : escaped;
    }
}
