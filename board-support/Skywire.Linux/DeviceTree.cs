// What the boot firmware told the kernel about the machine: properties of the device tree's root as files, texts ended by zero bytes.
using System.Text;

namespace Skywire.Linux;

/// <summary>Identity of this machine by its device tree.</summary>
public sealed class DeviceTree(string folder = DeviceTree.SystemFolder)
{
    /// <summary>Where the kernel shows the tree.</summary>
    public const string SystemFolder = "/proc/device-tree";

    // A compatible list has a handful of names; anything longer is not one.
    private const int MaxLength = 4096;

    /// <summary>What this machine is compatible with, most exact first; empty without a device tree (a PC).</summary>
    public IReadOnlyList<string> Compatible => Texts("compatible");

    /// <summary>The machine's name in words; empty when unknown.</summary>
    public string Model => Texts("model").FirstOrDefault("");

    private string[] Texts(string property)
    {
        var path = Path.Combine(folder, property);
        if (!File.Exists(path))
        {
            return [];
        }

        var content = File.ReadAllBytes(path);
        return content.Length > MaxLength ? [] : Encoding.ASCII.GetString(content).Split('\0', StringSplitOptions.RemoveEmptyEntries);
    }
}
