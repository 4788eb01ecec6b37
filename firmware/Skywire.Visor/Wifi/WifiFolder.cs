// Where the wifi service puts its account and takes orders, as everybody in this program finds it who shows or orders something.
using Skywire.Wifi.Running;

namespace Skywire.Visor.Wifi;

internal static class WifiFolder
{
    /// <summary>Names the folder by environment: where several visors and wifi services share a machine, each visor is told its own.</summary>
    public const string Variable = "SKYWIRE_WIFI_RUN";

    /// <summary>An order to listen on all channels now; whoever carries it out takes it away.</summary>
    public const string ScanOrder = "scan-order";

    /// <summary>Where the firmware's service has it.</summary>
    public static string System { get; } = Path.GetDirectoryName(WifiReport.SystemFile)!;

    /// <summary>The folder of the environment, else the system's.</summary>
    public static string Default => Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } named ? named : System;
}
