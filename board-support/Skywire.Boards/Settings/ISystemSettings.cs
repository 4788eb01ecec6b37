// The few settings that are calls instead of files.
using System.Diagnostics;
using Skywire.Linux;

namespace Skywire.Boards.Settings;

/// <summary>Settings of the running system.</summary>
public interface ISystemSettings
{
    /// <summary>Sets the host name.</summary>
    void SetHostName(string name);

    /// <summary>True when what is written to this folder is there after the next start.</summary>
    bool IsKept(string folder);

    /// <summary>Tells radios that are up already by which country's rules they work.</summary>
    void SetWifiCountry(string country);
}

/// <summary>The system this runs on.</summary>
public sealed class RunningSystem : ISystemSettings
{
    /// <inheritdoc/>
    public void SetHostName(string name) => HostName.Set(name);

    /// <inheritdoc/>
    public bool IsKept(string folder) => MountTable.Find(folder) is { IsReadOnly: false };

    /// <inheritdoc/>
    public void SetWifiCountry(string country)
    {
        if (!Directory.Exists("/sys/class/ieee80211") || !File.Exists("/usr/sbin/iw"))
        {
            return;
        }

        using var process = Process.Start("/usr/sbin/iw", ["reg", "set", country]);
        process.WaitForExit();
    }
}
