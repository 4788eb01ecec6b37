// The catalogue file the Raspberry Pi Imager takes as a custom repository: one image with its sizes and hashes, before and after unpacking.
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Skywire.ImageBuild.Boards;

namespace Skywire.ImageBuild.Records;

/// <summary>Writes the catalogue.</summary>
internal static class ImagerCatalogue
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <summary>A catalogue with one entry; the address is the bare file name, to be served from where the catalogue lies.</summary>
    public static string Create(ImagePlan plan, SourceVersion version, string file, long downloadSize, string downloadSha256, long extractSize, string extractSha256)
    {
        var devices = new JsonArray();
        if (plan.RaspberryPi is not null)
        {
            foreach (var tag in new[] { "pi3-64bit", "pi4-64bit", "pi5-64bit" })
            {
                devices.Add(tag);
            }
        }

        return new JsonObject
        {
            ["os_list"] = new JsonArray(new JsonObject
            {
                ["name"] = $"Skyminer {version.Version}",
                ["description"] = $"Skywire board firmware ({string.Join(", ", plan.Boards.Where(b => b.Boot.Firmware != BoardFirmware.Qemu).Select(b => b.Title))})",
                ["url"] = file,
                ["release_date"] = version.Time.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
                ["extract_size"] = extractSize,
                ["extract_sha256"] = extractSha256,
                ["image_download_size"] = downloadSize,
                ["image_download_sha256"] = downloadSha256,
                ["devices"] = devices,
                // Settings go into skyminer.conf on the card; the Imager's own dialogue would write files this system does not read.
                ["init_format"] = "none",
            }),
        }.ToJsonString(Indented) + "\n";
    }
}
