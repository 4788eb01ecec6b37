// What the kernel tells of radios in files only: the driver, and switches that keep a radio silent.
using System.Globalization;

namespace Skywire.Wifi.Kernel;

/// <summary>Files below /sys. A file that is not there says nothing.</summary>
internal sealed class RadioFolders(string root)
{
    /// <summary>Where the kernel has them.</summary>
    public const string System = "/sys";

    /// <summary>Name of a radio's driver; "" when not known.</summary>
    public string DriverOf(string radio) => LinkOf(Path.Combine(root, "class", "ieee80211", radio, "device", "driver"));

    /// <summary>Why a radio is kept silent; "" when it is not.</summary>
    public string BlockOf(string radio)
    {
        var folder = Path.Combine(root, "class", "rfkill");
        if (!Directory.Exists(folder))
        {
            return "";
        }

        foreach (var entry in Directory.EnumerateFileSystemEntries(folder).Order(StringComparer.Ordinal))
        {
            // A radio renamed since has its new name in the link alone.
            if (Read(entry, "type") == "wlan" && (Read(entry, "name") == radio || LinkOf(Path.Combine(entry, "device")) == radio))
            {
                if (Read(entry, "hard") == "1")
                {
                    return "a switch of the board keeps the radio off (rfkill, hard)";
                }

                if (Read(entry, "soft") == "1")
                {
                    return string.Create(CultureInfo.InvariantCulture, $"software keeps the radio off (rfkill, soft; remedy: rfkill unblock {Path.GetFileName(entry)["rfkill".Length..]})");
                }
            }
        }

        return "";
    }

    private static string LinkOf(string path)
    {
        try
        {
            return Path.GetFileName(new FileInfo(path).LinkTarget) ?? "";
        }
        catch (IOException)
        {
            // Gone while it was looked at.
            return "";
        }
    }

    private static string Read(string folder, string name)
    {
        try
        {
            var file = Path.Combine(folder, name);
            return File.Exists(file) ? File.ReadAllText(file).Trim() : "";
        }
        catch (IOException)
        {
            // Gone while it was looked at.
            return "";
        }
    }
}
