// Is a cable in? What the kernel says of the board's wired interfaces.
namespace Skywire.Wifi.Setup;

/// <summary>Reads carriers below <c>/sys/class/net</c>. Names in <paramref name="ignored"/> do not count: a check's own way in is no cable of an owner.</summary>
public sealed class WireCarrier(IReadOnlyCollection<string> ignored, string folder = WireCarrier.SystemFolder)
{
    private const string SystemFolder = "/sys/class/net";

    // ARPHRD_ETHER (linux/if_arp.h).
    private const string Ethernet = "1";

    /// <summary>True when a wired interface of the board has carrier. What cannot be read has none: an interface that is down refuses.</summary>
    public bool HasWire() => Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder).Any(HasCarrier);

    private bool HasCarrier(string path)
        // Made by software: no device behind it. Radios have one, and a folder of their own.
        => !ignored.Contains(Path.GetFileName(path)) && Path.Exists(Path.Combine(path, "device")) && !Path.Exists(Path.Combine(path, "phy80211")) && !Path.Exists(Path.Combine(path, "wireless"))
            && Read(path, "type") == Ethernet && Read(path, "carrier") == "1";

    private static string Read(string path, string name)
    {
        try
        {
            return File.ReadAllText(Path.Combine(path, name)).Trim();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
